#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The sam2overlay developers
"""Prints how recordings of half an hour play: a seek right after opening, the scan and the memory that it takes over time, 50 seeks
at random, and a run backwards.

    long_files.py DIRECTORY PLAYING [FRAMES]

DIRECTORY keeps the files that are generated: 54,000 frames unless FRAMES says else, of which 1080p masks are deflated, stored (in a
sparse file) and in an array for each frame; and as many of 50 objects.
"""
import os
import subprocess
import sys

KINDS = [("deflated", 3), ("stored", 1), ("keyed", 3), ("deflated", 50)]


def generate(directory, kind, frames, objects):
    target = os.path.join(directory, f"long-{kind}-{frames}-{objects}.npz")
    if not os.path.exists(target):
        script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "make_long_masks.py")
        subprocess.run([sys.executable, script, kind, str(frames), str(objects), target], check=True)
    return target


def main():
    directory, playing, *rest = sys.argv[1:]
    frames = int(rest[0]) if rest else 54_000
    for kind, objects in KINDS:
        path = generate(directory, kind, frames, objects)
        print(f"\n{kind}, {objects} objects: {os.path.getsize(path) / 1e6:.0f} MB for "
              f"{frames * objects * 1080 * 1920 / 1e9:.0f} GB", flush=True)
        subprocess.run([playing, path, "NHW" if kind == "keyed" else "TNHW"], check=True)


if __name__ == "__main__":
    main()
