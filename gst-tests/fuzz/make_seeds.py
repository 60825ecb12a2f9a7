#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes the files that fuzzing starts from into corpus/, with NumPy. Inputs that once crashed a target stay there beside
them as regress-*. Run it in this folder:
    python3 make_seeds.py
"""
import io
import json
import os
import struct
import zipfile

import numpy as np

NAMES = ("masks object_ids frame_indices timestamps fps centroids scores labels shape metadata arr_0 mask "
         "frame_2 frame_10 2_1 10_2 object_1").split()  # as in arrays_fuzzer.cpp


def npy(array, version=None):
    stream = io.BytesIO()
    np.lib.format.write_array(stream, np.asanyarray(array), version)
    header_end = stream.getvalue().index(b"\n") + 1
    # Without padding: short inputs are mutated sooner.
    data = stream.getvalue()
    text = data[10:header_end].rstrip() + b"\n"
    return data[:8] + struct.pack("<H", len(text)) + text + data[header_end:] if version is None else data


def write(folder, name, data):
    os.makedirs(f"corpus/{folder}", exist_ok=True)
    with open(f"corpus/{folder}/{name}", "wb") as file:
        file.write(data)


def archive(arrays, method):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as file:
        for name, array in arrays.items():
            file.writestr(zipfile.ZipInfo(name + ".npy"), npy(array), method)
    return stream.getvalue()


def listed(arrays):
    return b"".join(bytes([NAMES.index(n)]) + struct.pack("<H", len(npy(a))) + npy(a) for n, a in arrays.items())


def main():
    masks = np.zeros((2, 2, 3, 4), np.uint8)
    masks[:, 0, :2, 1:3] = 1
    masks[1, 1, 2] = 1
    labels = np.array([[[0, 1, 2], [0, 1, 2]], [[3, 3, 0], [255, 0, 0]]])

    write("npy_header", "v1", npy(masks[:0]))
    write("npy_header", "v2", npy(masks[:0], (2, 0)))
    write("npy_header", "v3", npy(masks[:0], (3, 0)))
    write("npy_header", "record", npy(np.zeros(0, [("a", "O"), (("title", "b"), "<f4", (2,))])))

    files = {
        "tnhw": dict(masks=masks, object_ids=np.array([3, 1]), fps=np.array(29.97)),
        "labels": dict(masks=labels.astype(">i2"), frame_indices=np.array([4, 2]), scores=np.array([0.5, 1])),
        "khw": dict(masks=masks.reshape(4, 3, 4), frame_indices=np.array([0, 0, 1, 1]), object_ids=np.array([1, 2, 1, 2]),
                    timestamps=np.array([0, 0, 0.5, 0.5])),
        "packed": dict(masks=np.packbits(masks), shape=np.array(masks.shape)),
        "half": dict(masks=(masks[:, 0] - 0.5).astype("f2"), centroids=np.ones((2, 2), "f4")),
        "texts": dict(masks=masks[0].astype(bool), labels=np.array(["a", "b"]),
                      metadata=np.array(json.dumps({"fps": 5, "labels": {"1": "x"}}))),
        "fortran": dict(mask=np.asfortranarray(masks[0].astype("<f8"))),
        "frames": dict(frame_2=masks[0], frame_10=masks[1]),
        "pairs": {"2_1": masks[0, 0], "10_2": masks[1, 1]},
        "object": dict(object_1=masks[:, 0]),
    }
    for name, arrays in files.items():
        write("arrays", name, listed(arrays))
        write("masks", name + ".npy", npy(next(iter(arrays.values()))))
    write("masks", "stored.npz", archive(files["tnhw"], zipfile.ZIP_STORED))
    write("masks", "deflated.npz", archive(files["khw"], zipfile.ZIP_DEFLATED))
    write("zip_directory", "stored", archive(dict(a=masks[0], b=masks[1]), zipfile.ZIP_STORED))
    write("zip_directory", "deflated", archive(dict(a=masks), zipfile.ZIP_DEFLATED))
    write("zip_directory", "empty", archive({}, zipfile.ZIP_STORED))
    write("zip_directory", "prefixed", b"#!" + archive(dict(a=masks[0, 0]), zipfile.ZIP_STORED))


if __name__ == "__main__":
    main()
