#!/usr/bin/env python3
"""Trees of 100,000 and 1,000,000 small files: growth of time and memory. One file in 100 is an installed npm module."""
import os
import shutil
import tempfile
from lib.measure import HOSHIMORI, figures, line, mib, pair


def make(top, n):
    content = b"x" * 200
    for d in range(n // 100):
        folder = os.path.join(top, f"d{d % 100}", f"e{d}")
        os.makedirs(folder)
        for i in range(99):
            fd = os.open(os.path.join(folder, f"f{i}.txt"), os.O_CREAT | os.O_WRONLY, 0o644)
            os.write(fd, content)
            os.close(fd)
        module = os.path.join(folder, "node_modules", f"m{d % 2000}")
        os.makedirs(module)
        with open(os.path.join(module, "package.json"), "w", encoding="utf-8") as f:
            f.write('{"name": "m%d", "version": "1.%d.0", "license": "MIT"}' % (d % 2000, d % 2000))


base = os.environ.get("BENCH_TMP") or tempfile.gettempdir()
result = {}
for n in (100_000, 1_000_000):
    top = tempfile.mkdtemp(prefix="hoshimori-bench-", dir=base)
    try:
        make(top, n)
        scan = [HOSHIMORI, "scan", top, "-q", "-o", "cyclonedx"]
        a, b, ratio = pair(scan, ["find", top, "-xdev", "-type", "f"], runs=3)
        peak = figures(scan, runs=1)[3]
        result[n] = (a, peak)
        line(f"tree of {n:,} files: time (find: {b:.2f} s)", f"{a:.2f} s", f"{ratio:.1f} times find")
        line(f"tree of {n:,} files: peak memory, all processes", mib(peak))
    finally:
        shutil.rmtree(top)
line("growth of time, 10 times the files", f"{result[1_000_000][0] / result[100_000][0]:.1f} times")
