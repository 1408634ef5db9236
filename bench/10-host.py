#!/usr/bin/env python3
"""The root of this machine against `find / -xdev -type f` on the same warm cache, in turn; peak memory."""
from lib.measure import HOSHIMORI, figures, line, mib, pair

scan = [HOSHIMORI, "scan", "/", "--one-file-system", "-q", "-o", "cyclonedx"]
find = ["find", "/", "-xdev", "-type", "f"]
a, b, ratio = pair(scan, find)
line("host root: hoshimori scan / -o cyclonedx", f"{a:.2f} s")
line("host root: find / -xdev -type f", f"{b:.2f} s")
line("host root: ratio of pairs", f"{ratio:.2f}", "at most 3", ratio <= 3)
_, _, _, peak = figures(scan, runs=1)
line("host root: peak memory, all processes", mib(peak), "under 100 MiB", peak < 100 << 20)
