"""make - inputs of realistic shape for bench/, the same on every machine (seeded)."""
import gzip
import hashlib
import io
import json
import os
import random
import tarfile
import zipfile


def npm_lock(path, n):
    rnd = random.Random(1)
    names = [f"package-{i}" if i % 5 else f"@scope-{i % 40}/package-{i}" for i in range(n)]
    packages = {"": {"name": "bench", "version": "1.0.0", "dependencies": {names[i]: "^1.0.0" for i in range(40)}}}
    for i, name in enumerate(names):
        entry = {"version": f"{i % 9}.{i % 23}.{i % 7}",
                 "resolved": f"https://registry.example/{name}/-/{name.split('/')[-1]}-{i}.tgz",
                 "integrity": "sha512-" + "A" * 86 + "==", "license": rnd.choice(["MIT", "ISC", "Apache-2.0"]),
                 "engines": {"node": ">=18"}}
        if i % 7 == 0:
            entry["dev"] = True
        entry["dependencies"] = {names[rnd.randrange(n)]: "^1.0.0" for _ in range(rnd.randrange(6))}
        packages["node_modules/" + name] = entry
    with open(path, "w", encoding="utf-8") as f:
        json.dump({"name": "bench", "version": "1.0.0", "lockfileVersion": 3, "requires": True,
                   "packages": packages}, f, indent=2)


def dpkg_status(path, n):
    rnd = random.Random(2)
    os.makedirs(os.path.dirname(path))
    with open(path, "w", encoding="utf-8") as f:
        for i in range(n):
            deps = ", ".join(f"libpackage{rnd.randrange(n)} (>= 1.{rnd.randrange(9)})" for _ in range(rnd.randrange(8)))
            f.write(f"Package: libpackage{i}\nStatus: install ok installed\nPriority: optional\nSection: libs\n"
                    f"Installed-Size: {rnd.randrange(9999)}\nMaintainer: Some Maintainer <m@example.org>\n"
                    f"Architecture: amd64\nMulti-Arch: same\nSource: package{i // 3} ({i % 9}.{i % 11}-1)\n"
                    f"Version: {i % 9}.{i % 11}-1+b{i % 3}\n" + (f"Depends: {deps}\n" if deps else "") +
                    "Description: a package of the bench\n" + " A long description line that says little.\n" * 12 +
                    f"Homepage: https://example.org/{i}\n\n")


def nested_jars(path, n):
    """A jar of n jars, each with a manifest, pom.properties and 100 classes."""
    rnd = random.Random(3)
    with zipfile.ZipFile(path, "w") as outer:
        for i in range(n):
            b = io.BytesIO()
            with zipfile.ZipFile(b, "w", zipfile.ZIP_DEFLATED) as z:
                z.writestr("META-INF/MANIFEST.MF", f"Manifest-Version: 1.0\nImplementation-Title: lib{i}\n")
                z.writestr(f"META-INF/maven/org.example/lib{i}/pom.properties",
                           f"groupId=org.example\nartifactId=lib{i}\nversion=1.{i}\n")
                for k in range(100):
                    z.writestr(f"org/example/lib{i}/Class{k}.class", rnd.randbytes(2000))
            outer.writestr(f"BOOT-INF/lib/lib{i}-1.{i}.jar", b.getvalue())


def image_archive(path, size):
    """docker-archive: a Debian-like base, an application of npm modules, large data, and a gzip layer that removes some."""
    rnd = random.Random(4)

    def add(t, name, content):
        i = tarfile.TarInfo(name)
        i.size = len(content)
        i.mode = 0o644
        t.addfile(i, io.BytesIO(content))

    def layer(fill):
        b = io.BytesIO()
        with tarfile.open(fileobj=b, mode="w", format=tarfile.PAX_FORMAT) as t:
            fill(t)
        return b.getvalue()

    def base(t):
        add(t, "etc/os-release", b'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian 12"\n')
        add(t, "var/lib/dpkg/status", b"".join(
            f"Package: lib{i}\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1.{i}-1\n"
            f"Description: a package\n\n".encode() for i in range(400)))

    def modules(t):
        for i in range(3000):
            add(t, f"app/node_modules/m{i}/package.json", json.dumps({"name": f"m{i}", "version": f"1.{i}.0"}).encode())
            add(t, f"app/node_modules/m{i}/index.js", rnd.randbytes(3000))

    def data(t):
        block = rnd.randbytes(1 << 20)
        for i in range((size >> 20) - 64):
            add(t, f"data/{i}.bin", block)

    def late(t):
        add(t, "app/node_modules/.wh.m0", b"")
        add(t, "app/package-lock.json", json.dumps({"name": "a", "lockfileVersion": 3, "packages": {}}).encode())
        for i in range(20):
            add(t, f"opt/{i}.bin", rnd.randbytes(1 << 20))

    names, ids = [], []
    with tarfile.open(path, "w") as t:
        for n, fill in enumerate((base, modules, data, late)):
            raw = layer(fill)
            ids.append("sha256:" + hashlib.sha256(raw).hexdigest())
            if n == 3:
                raw = gzip.compress(raw, 1)
            names.append(f"{hashlib.sha256(raw).hexdigest()}/layer.tar")
            add(t, names[-1], raw)
        config = json.dumps({"architecture": "amd64", "os": "linux", "config": {},
                             "rootfs": {"type": "layers", "diff_ids": ids}}).encode()
        config_name = hashlib.sha256(config).hexdigest() + ".json"
        add(t, config_name, config)
        add(t, "manifest.json",
            json.dumps([{"Config": config_name, "RepoTags": ["bench:1"], "Layers": names}]).encode())
    return os.path.getsize(path)
