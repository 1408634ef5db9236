"""whole - what the tests of the finished program share: running it, making trees, comparing, a runner of cases."""
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time

HOSHIMORI = os.path.abspath(sys.argv[1])
SLOW = 8 if os.environ.get("HM_SANITIZED") else 1
faults, skipped = [], []


def run(*args, env=None, user=None, want=None, stdin=None, timeout=120):
    e = dict(os.environ, LC_ALL="C.UTF-8", SOURCE_DATE_EPOCH="1700000000", **(env or {}))
    for k in list(e):
        if k.startswith("HOSHIMORI_"):
            del e[k]
    e.update(env or {})
    r = subprocess.run([HOSHIMORI, *args], capture_output=True, env=e, stdin=stdin, timeout=timeout * SLOW,
                       user=user, group=user)
    if want is not None and r.returncode != want:
        raise AssertionError(f"exit {r.returncode}, wanted {want}\n{r.stdout.decode(errors='replace')[-2000:]}\n"
                             f"{r.stderr.decode(errors='replace')[-2000:]}")
    return r


def scan(target, *args, want=0, **kw):
    r = run("scan", target, "-q", "-o", "json", *args, want=want, **kw)
    return json.loads(r.stdout)


def purls(doc):
    return sorted(c["purl"] for c in doc["components"] if c.get("purl"))


def same(got, want, what):
    if got != want:
        raise AssertionError(f"{what}:\n got  {got!r}\n want {want!r}")


def write(path, content):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as f:
        f.write(content if isinstance(content, bytes) else content.encode())


def module(top, name, version="1.0.0", **more):
    write(os.path.join(top, "node_modules", name, "package.json"), json.dumps({"name": name, "version": version, **more}))


def lock(n, version=3):
    packages = {"": {"name": "app", "version": "1.0.0"}}
    for i in range(n):
        packages[f"node_modules/p{i}"] = {"version": f"1.0.{i}", "license": "MIT"}
    return json.dumps({"name": "app", "version": "1.0.0", "lockfileVersion": version, "packages": packages})


def at_work(pid):
    """Has this worker computed for so long that it must be inside a job? One that is killed while it starts ends the scan."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as f:
            fields = f.read().rpartition(b")")[2].split()
    except OSError:
        return False
    return fields[0] != b"Z" and int(fields[11]) + int(fields[12]) >= (5 if SLOW == 1 else 80)


def killing(target, *args):
    """Scans, and kills the first worker that is seen at work; returns (document, exit status, killed)."""
    p = subprocess.Popen([HOSHIMORI, "scan", target, "-q", "-o", "json", *args], stdout=subprocess.PIPE,
                         stderr=subprocess.DEVNULL)
    killed, seen = 0, time.monotonic() + 30
    while not killed and time.monotonic() < seen and p.poll() is None:
        children = []
        for task in os.listdir(f"/proc/{p.pid}/task"):  # the pool's thread starts them
            try:
                with open(f"/proc/{p.pid}/task/{task}/children", encoding="ascii") as f:
                    children += f.read().split()
            except OSError:
                pass
        for child in children:
            if not killed and at_work(child):
                os.kill(int(child), signal.SIGKILL)
                killed += 1
        time.sleep(0.005)
    out = p.communicate(timeout=120 * SLOW)[0]
    same(killed >= 1, True, "a worker was killed in mid-work")
    return json.loads(out), p.returncode, killed


def main(names):
    """Runs every function of one argument (a fresh folder) among `names`, or those named on the command line."""
    passed = 0
    cases = [v for v in names.values() if callable(v) and getattr(v, "__module__", "") == "__main__"
             and v.__code__.co_argcount == 1]
    only = sys.argv[2:]
    for case in cases:
        if only and case.__name__ not in only:
            continue
        t = tempfile.mkdtemp(prefix="hoshimori-test-")
        try:
            case(t)
            passed += 1
        except Exception as e:  # every fault is a failed case, whatever it is
            faults.append(case.__name__)
            print(f"{case.__name__}: {type(e).__name__}: {e}", file=sys.stderr)
        finally:
            subprocess.run(["chmod", "-R", "u+rwx", t], stderr=subprocess.DEVNULL)
            shutil.rmtree(os.fsencode(t), ignore_errors=True)
    for s in skipped:
        print("skipped:", s)
    print(f"{passed} cases passed, {len(faults)} failed: {' '.join(faults)}")
    return 1 if faults else 0
