#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The sam2overlay developers
"""Writes a long mask file in seconds: discs that move, (FRAMES, OBJECTS, 1080, 1920) bool.

    make_long_masks.py deflated|stored|keyed FRAMES OBJECTS FILE

deflated: one array, as np.savez_compressed writes it. 60 frames are deflated, and their blocks repeated.
stored: one array, as np.savez writes it, in a sparse file: only every 100th frame has masks.
keyed: an array for each frame, deflated.
"""
import os
import struct
import sys
import zlib

import numpy as np

HEIGHT, WIDTH = 1080, 1920
PERIOD = 60
STORED_PERIOD = 100


def frame(t, objects):
    y, x = np.ogrid[:HEIGHT, :WIDTH]
    planes = np.zeros((objects, HEIGHT, WIDTH), bool)
    t = min(t, PERIOD - t)  # the last frame is like the first one
    for n in range(objects):
        cx = 200 + 1520 * ((n * 0.618) % 1) + 6 * t
        cy = 200 + 680 * ((n * 0.382) % 1) + 3 * t
        angle = np.arctan2(y - cy, x - cx)
        radius = 300 / objects**0.5 * (1 + 0.2 * np.sin(5 * angle + n) + 0.03 * np.sin(37 * angle + 0.3 * t))
        planes[n] = (x - cx) ** 2 + (y - cy) ** 2 < radius**2
    return planes.tobytes()


def times(matrix, vector):
    result = 0
    for row in matrix:
        if vector & 1:
            result ^= row
        vector >>= 1
    return result


def zeros_operator(size):
    """What `size` bytes of zeros do to a CRC-32, as a matrix over GF(2)."""
    matrix = [0xEDB88320] + [1 << i for i in range(31)]  # one bit
    for _ in range(3):
        matrix = [times(matrix, row) for row in matrix]
    result = None
    while size:
        if size & 1:
            result = matrix if result is None else [times(matrix, row) for row in result]
        matrix = [times(matrix, row) for row in matrix]
        size >>= 1
    return result


def npy_header(shape):
    text = "{'descr': '|b1', 'fortran_order': False, 'shape': %s, }" % (shape,)
    text += " " * (-(len(text) + 11) % 64) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text.encode()


def deflate(data):
    """Ends at a byte, and nothing that follows refers to it."""
    compressor = zlib.compressobj(6, zlib.DEFLATED, -15)
    return compressor.compress(data) + compressor.flush(zlib.Z_FULL_FLUSH)


END_OF_DEFLATE = zlib.compressobj(6, zlib.DEFLATED, -15).flush()


class Archive:
    """A zip archive with 64-bit sizes, whose members are written as they lie in the file."""

    def __init__(self, path):
        self.file = open(path, "wb")
        self.directory = []

    def begin(self, name):
        self.name, self.header = name.encode(), self.file.tell()
        self.file.write(bytes(30 + len(name) + 20))
        self.data = self.file.tell()

    def end(self, method, crc, size):
        end = self.file.tell()
        extra = struct.pack("<HHQQ", 1, 16, size, end - self.data)
        common = struct.pack("<HHHHHIIIHH", 45, 0, method, 0, 33, crc, 0xFFFFFFFF, 0xFFFFFFFF, len(self.name), len(extra))
        self.file.seek(self.header)
        self.file.write(b"PK\3\4" + common + self.name + extra)
        self.file.seek(end)
        extra = struct.pack("<HHQQQ", 1, 24, size, end - self.data, self.header)
        common = common[:-2] + struct.pack("<H", len(extra))
        self.directory.append(b"PK\1\2" + struct.pack("<H", 45) + common + struct.pack("<HHHII", 0, 0, 0, 0, 0xFFFFFFFF)
                              + self.name + extra)

    def close(self):
        begin, count = self.file.tell(), len(self.directory)
        self.file.write(b"".join(self.directory))
        end = self.file.tell()
        self.file.write(b"PK\6\6" + struct.pack("<QHHIIQQQQ", 44, 45, 45, 0, 0, count, count, end - begin, begin))
        self.file.write(b"PK\6\7" + struct.pack("<IQI", 0, end, 1))
        self.file.write(b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0))
        self.file.close()


def write_array(archive, frames, objects, is_stored):
    size = objects * HEIGHT * WIDTH
    operator = zeros_operator(size)
    header = npy_header((frames, objects, HEIGHT, WIDTH))
    crc = zlib.crc32(header)
    archive.begin("masks.npy")
    archive.file.write(header if is_stored else deflate(header))
    if is_stored:
        data = frame(0, objects)
        crcs = [zlib.crc32(data)] + [zlib.crc32(bytes(size))] * (STORED_PERIOD - 1)
    else:
        plain = [frame(t, objects) for t in range(PERIOD)]
        crcs, blocks = [zlib.crc32(data) for data in plain], [deflate(data) for data in plain]
    for t in range(frames):
        if not is_stored:
            archive.file.write(blocks[t % PERIOD])
        elif t % STORED_PERIOD == 0:
            archive.file.write(data)
        else:
            archive.file.seek(size, os.SEEK_CUR)
        crc = times(operator, crc) ^ crcs[t % len(crcs)]
    archive.file.write(b"" if is_stored else END_OF_DEFLATE)
    archive.end(0 if is_stored else 8, crc, len(header) + frames * size)


def write_keys(archive, frames, objects):
    header = npy_header((objects, HEIGHT, WIDTH))
    plain = [header + frame(t, objects) for t in range(PERIOD)]
    crcs, blocks = [zlib.crc32(data) for data in plain], [deflate(data) + END_OF_DEFLATE for data in plain]
    for t in range(frames):
        archive.begin(f"frame_{t}.npy")
        archive.file.write(blocks[t % PERIOD])
        archive.end(8, crcs[t % PERIOD], len(plain[0]))


def main():
    kind, frames, objects, target = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
    archive = Archive(target + ".part")
    if kind == "keyed":
        write_keys(archive, frames, objects)
    else:
        write_array(archive, frames, objects, kind == "stored")
    archive.close()
    os.replace(target + ".part", target)


if __name__ == "__main__":
    main()
