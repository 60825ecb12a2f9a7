#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The sam2overlay developers
"""Prints how fast mask files load, and how much memory that takes, beside np.load and libzip's zlib; then how soon and how fast
they play. Each number is the best of several processes or turns, which alternate.

    loading.py DIRECTORY WITH_ISAL WITHOUT_ISAL PLAYING FILE...

DIRECTORY keeps the files that are generated: 300 frames of three masks, 1080 x 1920, stored and deflated, and 3000 deflated.
"""
import os
import subprocess
import sys
import zipfile

ROUNDS = 5
NUMPY = """
import sys, time
import numpy as np
def bytes_of(key):
    with open("/proc/self/status") as status:
        return int(next(line for line in status if line.startswith(key)).split()[1]) * 1024
memory = bytes_of("VmRSS")
begin = time.perf_counter()
with np.load(sys.argv[1]) as file:
    arrays = [file[name] for name in file.files]
print(time.perf_counter() - begin, bytes_of("VmHWM") - memory)
"""


def run(command, path):
    seconds, memory = subprocess.run([*command, path], check=True, capture_output=True, text=True).stdout.split()
    return float(seconds), int(memory)


def generate(directory, kind, frames):
    target = os.path.join(directory, f"masks-{frames}-{kind}.npz")
    if not os.path.exists(target):
        script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "make_masks.py")
        subprocess.run([sys.executable, script, kind, str(frames), target], check=True)
    return target


def compare_loading(with_isal, without_isal, files):
    loaders = {"sam2overlay": [with_isal], "with libzip's zlib": [without_isal], "np.load": [sys.executable, "-c", NUMPY]}
    print(f"{'file':24} {'file MB':>8} {'inflated':>9}  {'loader':20} {'s':>7} {'GB/s':>6} {'speed':>7} {'MB taken':>9} "
          f"{'/ file':>7}")
    for path in files:
        size = os.path.getsize(path)
        with zipfile.ZipFile(path) as archive:
            inflated = sum(member.file_size for member in archive.infolist())
        results = {name: [] for name in loaders}
        for number in range(ROUNDS):
            for name, command in loaders.items():
                if name != "np.load" or number < 2 or inflated < 1e9:
                    results[name].append(run(command, path))
        slowest = min(seconds for seconds, _ in results["np.load"])
        for name, runs in results.items():
            seconds, memory = min(seconds for seconds, _ in runs), min(memory for _, memory in runs)
            print(f"{os.path.basename(path):24} {size / 1e6:8.2f} {inflated / 1e6:9.1f}  {name:20} {seconds:7.3f} "
                  f"{inflated / seconds / 1e9:6.2f} {slowest / seconds:6.1f}x {memory / 1e6:9.1f} {memory / size:6.1f}x",
                  flush=True)


def compare_playing(playing, files):
    """A whole pipeline up to its first frame, and frames of a harness with the default look."""
    print(f"\n{'file':24} {'file MB':>8}  {'identity':>9} {'first frame':>12} {'beyond':>8}  {'all loaded':>10}  "
          f"{'a frame at the begin':>20} {'at the end':>10}")
    for path in files:
        result = subprocess.run([playing, path], check=True, capture_output=True, text=True).stdout
        without, first, seconds, begin, end = map(float, result.split())
        print(f"{os.path.basename(path):24} {os.path.getsize(path) / 1e6:8.2f}  {without:6.1f} ms {first:9.1f} ms "
              f"{first - without:5.1f} ms  {seconds:8.2f} s  {begin:17.1f} us {end:7.1f} us", flush=True)


def main():
    directory, with_isal, without_isal, playing, *files = sys.argv[1:]
    files = [generate(directory, "deflated", 300), generate(directory, "stored", 300), *filter(os.path.exists, files)]
    compare_loading(with_isal, without_isal, files)
    compare_playing(playing, [*files[:2], generate(directory, "deflated", 3000)])


if __name__ == "__main__":
    main()
