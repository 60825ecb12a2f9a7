#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The sam2overlay developers
"""Writes the mask file that loading is measured with: three discs that move, 14 % of the pixels, (T,3,1080,1920) uint8,
as np.savez or np.savez_compressed would write it, but frame by frame. After 300 frames, they come again.

    make_masks.py stored|deflated FRAMES FILE
"""
import functools
import os
import sys
import zipfile

import numpy as np

HEIGHT, WIDTH, OBJECTS = 1080, 1920, 3
PERIOD = 300
RADIUS = 175  # three discs of this radius cover 14 % of the frame


def frame(t):
    y, x = np.ogrid[:HEIGHT, :WIDTH]
    planes = np.zeros((OBJECTS, HEIGHT, WIDTH), np.uint8)
    for n in range(OBJECTS):
        cx = 320 + 640 * n + 120 * np.sin(0.05 * t + n)
        cy = 540 + 300 * np.cos(0.03 * t + 2 * n)
        radius = RADIUS * (1 + 0.1 * np.sin(12 * np.arctan2(y - cy, x - cx) + 0.2 * t))  # an outline like a segmented one
        planes[n] = (x - cx) ** 2 + (y - cy) ** 2 <= radius**2
    return planes


@functools.cache
def packed_frame(t):
    return np.packbits(frame(t))


def main():
    kind, frames, target = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    header = {"descr": "|u1", "fortran_order": False, "shape": (frames, OBJECTS, HEIGHT, WIDTH)}
    method = zipfile.ZIP_STORED if kind == "stored" else zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(target + ".part", "w", method) as archive:
        with archive.open(zipfile.ZipInfo("masks.npy") if kind == "stored" else "masks.npy", "w", force_zip64=True) as member:
            np.lib.format.write_array_header_1_0(member, header)
            for t in range(frames):
                member.write(np.unpackbits(packed_frame(t % PERIOD)).tobytes())
    os.replace(target + ".part", target)


if __name__ == "__main__":
    main()
