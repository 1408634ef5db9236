"""make - inputs of realistic shape for bench/, the same on every machine (seeded)."""
import json
import os
import random


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
