"""measure - whole-process figures for bench/: wall time, and peak memory as the sum over all processes of the program.

Memory is each process's own high-water mark (VmHWM), read every few milliseconds while it lives and added up: pages
that two processes share count twice, so the figure errs upwards.
"""
import os
import statistics
import subprocess
import threading
import time

HOSHIMORI = os.environ.get("HOSHIMORI") or os.path.join(os.path.dirname(__file__), "../../build/hoshimori")
RUNS = int(os.environ.get("BENCH_RUNS", "5"))


def _tree(pid):
    todo, seen = [pid], []
    while todo:
        p = todo.pop()
        seen.append(p)
        try:
            for t in os.listdir(f"/proc/{p}/task"):
                with open(f"/proc/{p}/task/{t}/children", encoding="ascii") as f:
                    todo.extend(int(c) for c in f.read().split())
        except OSError:
            pass
    return seen


def _peak(pid, peaks):
    for p in _tree(pid):
        try:
            with open(f"/proc/{p}/status", encoding="ascii", errors="replace") as f:
                for line in f:
                    if line.startswith("VmHWM:"):
                        peaks[p] = max(peaks.get(p, 0), int(line.split()[1]) * 1024)
        except (OSError, ValueError):
            pass


def run(argv, ok=(0, 3), memory=True, stdin=None):
    """One run: (seconds, bytes of peak memory). Output is thrown away; another exit status than `ok` is an error."""
    peaks = {}
    start = time.perf_counter()
    p = subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=stdin)
    stop = threading.Event()

    def watch():
        while not stop.is_set():
            _peak(p.pid, peaks)
            stop.wait(0.002)

    watcher = threading.Thread(target=watch)
    if memory:
        watcher.start()
    p.wait()
    seconds = time.perf_counter() - start
    stop.set()
    if memory:
        watcher.join()
    if p.returncode not in ok:
        raise SystemExit(f"{' '.join(argv)}: exit status {p.returncode}")
    return seconds, sum(peaks.values())


def figures(argv, runs=RUNS, **kw):
    """Median seconds of `runs` runs without watching, after one to warm up; peak memory of further watched runs."""
    run(argv, memory=False, **kw)
    seconds = [run(argv, memory=False, **kw)[0] for _ in range(runs)]
    peak = max(run(argv, **kw)[1] for _ in range(3))
    return statistics.median(seconds), min(seconds), max(seconds), peak


def pair(a, b, runs=RUNS):
    """Two commands in turn, A B A B ..., after one run of each to warm the cache: medians and the ratio A/B of pairs."""
    run(a, memory=False)
    run(b, ok=(0, 1), memory=False)
    ta, tb = [], []
    for _ in range(runs):
        ta.append(run(a, memory=False)[0])
        tb.append(run(b, ok=(0, 1), memory=False)[0])
    return statistics.median(ta), statistics.median(tb), statistics.median(x / y for x, y in zip(ta, tb))


def mib(n):
    return f"{n / (1 << 20):.1f} MiB"


def line(name, value, promise="", kept=True):
    print(f"{name:<58} {value:>18}  {promise}{'' if kept else '  NOT KEPT'}", flush=True)
