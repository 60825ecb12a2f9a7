#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The sam2overlay developers
"""Writes the files that fuzzing starts from into corpus/, with NumPy. Inputs that once crashed a target stay there beside
them as regress-*. Run it in this folder:
    python3 make_seeds.py
"""
import io
import json
import os
import struct
import zipfile
import zlib

import numpy as np

NAMES = ("masks object_ids frame_indices timestamps fps centroids scores labels shape metadata arr_0 mask frame_2 frame_10 "
         "2_1 10_2 object_1 arr_1 person dog predicted_iou names class_id obj_ids_2 obj_ids_10 masks_2 masks_10 scores_2 "
         "scores_10 0.0333 0.5 low_res_masks segmentation 2/object_ids 2/masks 10/masks 1_obj_2 2_obj_2 __MACOSX/._a "
         "segment_1 segment_2 image7").split()  # as in arrays_fuzzer.cpp


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


def deflated(data, level=6, strategy=zlib.Z_DEFAULT_STRATEGY):
    stream = zlib.compressobj(level, zlib.DEFLATED, -15, 8, strategy)
    return stream.compress(data) + stream.flush()


def listed(arrays):
    return b"".join(bytes([NAMES.index(n)]) + struct.pack("<H", len(npy(a))) + npy(a) for n, a in arrays.items())


def main():
    masks = np.zeros((2, 2, 3, 4), np.uint8)
    masks[:, 0, :2, 1:3] = 1
    masks[1, 1, 2] = 1
    labels = np.array([[[0, 1, 2], [0, 1, 2]], [[3, 3, 0], [255, 0, 0]]])

    rows, columns = np.mgrid[:90, :160]
    disc = ((rows - 40) ** 2 + (columns - 60) ** 2 < 900).tobytes()
    write("deflate", "dynamic", deflated(disc + disc[1:]))
    write("deflate", "fixed", deflated(disc, strategy=zlib.Z_FIXED))
    write("deflate", "stored", deflated(disc[4000:4200], 0))
    write("deflate", "huffman", deflated(bytes(i * i % 251 for i in range(600)), strategy=zlib.Z_HUFFMAN_ONLY))
    write("deflate", "zeros", deflated(bytes(70000)))
    write("deflate", "dither", deflated(bytes(i * i >> 4 & 1 for i in range(4000))))

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
    nested = np.zeros((2, 3, 6, 6), bool)
    for i in range(3):
        nested[:, i, i:6 - i, i:6 - i] = True
    files |= {
        "alternatives": dict(masks=nested, scores=np.array([[0.5, 1, 0.25], [0.5, 0.25, 1]])),
        "one_prompt": dict(masks=nested[0], scores=np.array([0.5, 1, 0.25])),
        "plane_ids": dict(masks=masks, object_ids=np.array([[3, 1], [1, -1]]), labels=np.array([["a", "b"], ["b", ""]])),
        "plane_ids_in_keys": dict(masks_2=masks[0], masks_10=masks[1], obj_ids_2=np.array([3, 1]), obj_ids_10=np.array([1, 3]),
                                  scores_2=np.array([0.5, 1])),
        "nested_keys": {"2/masks": masks[0], "10/masks": masks[1], "2/object_ids": np.array([3, 1])},
        "seconds": {"0.0333": masks[0, 0], "0.5": masks[1, 0]},
        "classes": dict(person=masks[:, 0], dog=masks[:, 1]),
        "class_names": dict(masks=masks[0], names=np.array(["a", "b", "c"]), class_id=np.array([2, 0])),
        "list": dict(arr_0=masks[0, 0], arr_1=masks[1, 0]),
        "videos": dict(segment_1=nested[:, 0], segment_2=nested[:, 1]),
        "object_first": {"1_obj_2": masks[0, 0], "2_obj_2": masks[1, 0]},
        "generated": dict(segmentation=nested[0], predicted_iou=np.ones(3)),
        "background": dict(masks=np.where(labels == 0, -1, labels)),
        "text": dict(masks=masks, object_ids=np.array(["4", "x"]), fps=np.array("30/1"), frame_indices=np.array(["1.jpg", "2"])),
        "channels": dict(masks=np.repeat(np.repeat(np.repeat(masks[:, 0], 8, 1), 8, 2)[..., None] * np.uint8(255), 3, -1)),
        "last": dict(masks=np.asfortranarray(np.eye(16, dtype=bool)[:, :, None] & np.eye(16, 3, dtype=bool)[None])),
        "low": dict(low_res_masks=(nested[0] - 0.5).astype("f4")),
    }
    for name, arrays in files.items():
        write("arrays", name, listed(arrays))
        write("masks", name + ".npy", npy(next(iter(arrays.values()))))
    write("masks", "stored.npz", archive(files["tnhw"], zipfile.ZIP_STORED))
    write("masks", "deflated.npz", archive(files["khw"], zipfile.ZIP_DEFLATED))
    values = {"grey": np.clip(40 * np.arange(36) - 300, 0, 255).astype("u1"), "labels": np.arange(36).astype("u2") // 9,
              "from_0": (np.arange(36) // 12 - 1).astype("i4"), "void": np.where(np.arange(36) > 30, 255, 1).astype("u1"),
              "soft": np.clip(np.arange(36) / 20 - 0.3, -0.1, 1.1).astype("f4"), "float_labels": np.arange(36) / 9,
              "half": (np.arange(36) - 18).astype("f2"), "double": 254.5 * (np.arange(36) % 2)}
    kinds = {"u1": 5, "u2": 6, "i4": 3, "f4": 11, "f8": 12, "f2": 10}
    for name, array in values.items():
        write("values", name, bytes([kinds[array.dtype.str[1:]], 5, 1]) + array.tobytes())
    for name, head in {"html": b"\xef\xbb\xbf <!DOCTYPE html>", "tar": b"a" + bytes(256) + b"ustar", "pickle": b"\x80\x04\x95",
                       "text": "gr\u00f6\u00dfe\n".encode(), "safetensors": b"\x40" + bytes(7) + b'{"a":1}', "ts": (b"G" + bytes(187)) * 3,
                       "bmp": b"BM1234" + bytes(9)}.items():
        write("foreign_files", name, head)
    write("zip_directory", "stored", archive(dict(a=masks[0], b=masks[1]), zipfile.ZIP_STORED))
    write("zip_directory", "deflated", archive(dict(a=masks), zipfile.ZIP_DEFLATED))
    write("zip_directory", "empty", archive({}, zipfile.ZIP_STORED))
    write("zip_directory", "prefixed", b"#!" + archive(dict(a=masks[0, 0]), zipfile.ZIP_STORED))


if __name__ == "__main__":
    main()
