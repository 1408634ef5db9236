#!/usr/bin/env python3
"""One npm lock of 1,500 packages and one dpkg status of 800 packages, program start included."""
import os
import tempfile
from lib.make import dpkg_status, npm_lock
from lib.measure import HOSHIMORI, figures, line, mib

with tempfile.TemporaryDirectory() as t:
    lock, root = os.path.join(t, "npm"), os.path.join(t, "root")
    os.makedirs(lock)
    npm_lock(os.path.join(lock, "package-lock.json"), 1500)
    dpkg_status(os.path.join(root, "var/lib/dpkg/status"), 800)
    for name, folder in (("npm lock, 1,500 packages", lock), ("dpkg status, 800 packages", root)):
        s, lo, hi, peak = figures([HOSHIMORI, "scan", folder, "-q", "-o", "cyclonedx"], runs=15)
        line(f"{name}: time", f"{s * 1000:.1f} ms ({lo * 1000:.0f}-{hi * 1000:.0f})", "under 50 ms", s < 0.05)
        line(f"{name}: peak memory, all processes", mib(peak), "under 20 MiB", peak < 20 << 20)
