#!/usr/bin/env python3
"""Beside Syft on the same inputs, in turn, in the same run; nothing is said where no syft is (PATH, or SYFT=FILE).

Inputs: the lock and the status of 20-one-file, and a copy of this machine's package database with its copyright files
and installed Python and Node modules. Peak memory is the sum over all processes of each program."""
import os
import shutil
import subprocess
import tempfile
from lib.make import dpkg_status, npm_lock
from lib.measure import HOSHIMORI, line, mib, pair, run

SYFT = os.environ.get("SYFT") or shutil.which("syft")
os.environ["SYFT_CHECK_FOR_APP_UPDATE"] = "false"
KEEP = ("usr/lib/os-release", "etc/os-release", "var/lib/dpkg/status", "var/lib/dpkg/info", "usr/share/doc",
        "usr/lib/python3", "usr/lib/node_modules")


def copy_machine(top):
    for rel in KEEP:
        source, to = os.path.join("/", rel), os.path.join(top, rel)
        os.makedirs(os.path.dirname(to), exist_ok=True)
        if os.path.isdir(source):
            shutil.copytree(source, to, symlinks=True, ignore_dangling_symlinks=True)
        elif os.path.exists(source):
            shutil.copy(source, to)


if not SYFT:
    line("beside Syft", "no syft here")
else:
    said = subprocess.run([SYFT, "--version"], capture_output=True, text=True).stdout.split()
    if "provided]" in said and shutil.which("go"):  # built by `go install`: the module's version is in the program
        mod = subprocess.run(["go", "version", "-m", SYFT], capture_output=True, text=True).stdout
        said = [l.split()[2] for l in mod.splitlines() if l.startswith("\tmod\t")]
    version = "Syft " + (said[-1] if said else "of unknown version")
    with tempfile.TemporaryDirectory() as t:
        npm_lock_dir, root, machine = (os.path.join(t, n) for n in ("npm", "root", "machine"))
        os.makedirs(npm_lock_dir)
        npm_lock(os.path.join(npm_lock_dir, "package-lock.json"), 1500)
        dpkg_status(os.path.join(root, "var/lib/dpkg/status"), 800)
        copy_machine(machine)
        for name, folder in (("npm lock, 1,500 packages", npm_lock_dir), ("dpkg status, 800 packages", root),
                             ("this machine's package data", machine)):
            ours = [HOSHIMORI, "scan", folder, "-q", "-o", "cyclonedx"]
            theirs = [SYFT, "scan", "dir:" + folder, "-q", "-o", "cyclonedx-json"]
            a, b, ratio = pair(theirs, ours, runs=3)
            line(f"{name}: {version}", f"{a:.2f} s", mib(run(theirs)[1]))
            line(f"{name}: hoshimori", f"{b * 1000:.0f} ms", f"{mib(run(ours)[1])}, {ratio:.0f} times faster")
