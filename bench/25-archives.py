#!/usr/bin/env python3
"""An image archive of 1 GiB (docker-archive, four layers, one of them gzip) and a Java application of 500 nested jars."""
import os
import tempfile
from lib.make import image_archive, nested_jars
from lib.measure import HOSHIMORI, figures, line, mib

with tempfile.TemporaryDirectory() as t:
    image, jars = os.path.join(t, "image.tar"), os.path.join(t, "app.jar")
    size = image_archive(image, 1 << 30)
    nested_jars(jars, 500)
    for name, target in ((f"image archive, {size / (1 << 30):.2f} GiB", image), ("500 nested jars", jars)):
        s, lo, hi, peak = figures([HOSHIMORI, "scan", target, "-q", "-o", "cyclonedx"], runs=5)
        line(f"{name}: time", f"{s:.2f} s ({lo:.2f}-{hi:.2f})")
        line(f"{name}: peak memory, all processes", mib(peak), "under 150 MiB", peak < 150 << 20)
