#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The sam2overlay developers
"""Writes the mask files of this folder, and what must be read from them, with NumPy alone.

Every file starts from a truth, a list of (frame number, {object id: boolean mask}), which is then laid out as some program
lays it out. expected.csv has a row for each mask, expected_files.csv one for each file. Run it in this folder:
    python3 make_fixtures.py
"""
import csv
import glob
import io
import json
import os
import struct
import time
import zipfile
import warnings as python_warnings
import zlib
from unittest import mock

import numpy as np

HEIGHT, WIDTH = 9, 11
FIXED_TIME = 1_000_000_000  # Archives hold the time; the same input must make the same file.

mask_rows = []
file_rows = []


def disc(cx, cy, radius, height=HEIGHT, width=WIDTH):
    y, x = np.mgrid[:height, :width]
    return (x - cx) ** 2 + (y - cy) ** 2 <= radius**2


def video(frames=4, objects=2):
    """Objects that move slowly; object 1 has a hole and is absent from frame 2; the last frame touches the edges."""
    masks = np.zeros((frames, objects, HEIGHT, WIDTH), bool)
    for t in range(frames):
        for n in range(objects):
            if n == 1 and t == 2:
                continue
            masks[t, n] = disc(2 + 4 * n + 0.6 * t, 4, 2.3 + 0.2 * t)
            if n == 1:
                masks[t, n, 4, 6] = False
    masks[-1, 0, 0, 0] = masks[-1, 0, -1, -1] = masks[-1, 0, 0, -1] = True
    return masks


def image(objects=3, height=HEIGHT, width=WIDTH):
    """Objects of one image, which do not cover each other."""
    step = width // objects
    return np.stack([disc(step * n + step // 2, height // 2, step / 2.5, height, width) for n in range(objects)])


def truth_of(masks, ids=None, frames=None):
    """(T,N,H,W) booleans as a truth."""
    ids = range(1, masks.shape[1] + 1) if ids is None else ids
    frames = range(masks.shape[0]) if frames is None else frames
    return [(frame, dict(zip(ids, planes))) for frame, planes in zip(frames, masks)]


def expect(name, truth, axes, options="", still=False, objects=None, fps="", timestamps=(), warnings=0, scores={},
           labels={}, centroids={}):
    ids = {i for _, masks in truth for i in masks}
    size = next((m.shape for _, masks in truth for m in masks.values()), (HEIGHT, WIDTH))
    file_rows.append([name, options, axes, int(still), size[1], size[0], len(truth),
                      len(ids) if objects is None else objects, fps, " ".join(map(str, timestamps)), warnings])
    for entry, (frame, masks) in enumerate(truth):
        for identity, m in masks.items():
            if not m.any():
                continue
            y, x = np.nonzero(m)
            cx, cy = centroids.get((frame, identity), (x.mean(), y.mean()))
            mask_rows.append([name, options, axes, entry, frame, identity, m.sum(), f"{cx:.9f}", f"{cy:.9f}", x.min(),
                              y.min(), np.ptp(x) + 1, np.ptp(y) + 1, zlib.crc32(m.astype(np.uint8).tobytes()),
                              scores.get((frame, identity), "nan"), labels.get(identity, "")])


def npz(name, save=np.savez_compressed, **arrays):
    with mock.patch("time.time", return_value=FIXED_TIME):
        save(name, **arrays)


def npy_bytes(array, version=None):
    stream = io.BytesIO()
    np.lib.format.write_array(stream, np.asanyarray(array), version)
    return stream.getvalue()


def zip_of(target, members, comment=b"", method=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, data in members:
            archive.writestr(zipfile.ZipInfo(name), data, method)
        archive.comment = comment


def write(name, data):
    with open(name, "wb") as file:
        file.write(data)


class Pipe(io.RawIOBase):
    """A stream that cannot seek, as zipfile sees standard output."""

    def __init__(self, file):
        self.file = file

    def writable(self):
        return True

    def write(self, data):
        return self.file.write(data)


def containers():
    masks = video()
    truth = truth_of(masks)
    plain = npy_bytes(masks)

    npz("stored.npz", np.savez, masks=masks)
    npz("deflated.npz", masks=masks)
    write("bare.npy", plain)
    write("npy_named.npz", plain)
    for version in (1, 2, 3):
        zip_of(f"npy_version_{version}.npz", [("masks.npy", npy_bytes(masks, (version, 0)))])
    zip_of("plain_local_headers.npz", [("masks.npy", plain)])
    zip_of("comment.npz", [("masks.npy", plain)], b"made by hand; PK\x05\x06 is only text here" * 3)
    zip_of("no_suffix.npz", [("notes", b"no array"), ("masks", plain)])
    with python_warnings.catch_warnings():
        python_warnings.simplefilter("ignore")  # that a name occurs twice
        zip_of("repeated_name.npz", [("masks.npy", npy_bytes(np.zeros_like(masks))), ("masks.npy", plain)])
    with open("piped.npz", "wb") as file, zipfile.ZipFile(Pipe(file), "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open(zipfile.ZipInfo("masks.npy"), "w", force_zip64=True) as member:
            member.write(plain)
    with mock.patch("zipfile.ZIP_FILECOUNT_LIMIT", 0):
        zip_of("zip64_end_record.npz", [("masks.npy", plain)])
    write("prefixed.npz", b"#!/bin/sh\necho not an archive\n" + open("stored.npz", "rb").read())

    # Python 3.11.4 and later write local sizes of 0xffffffff beside the true ones in the extra field.
    data = bytearray(open("deflated.npz", "rb").read())
    struct.pack_into("<H", data, 4, 45)
    struct.pack_into("<II", data, 18, 0xFFFFFFFF, 0xFFFFFFFF)
    write("new_local_headers.npz", bytes(data))

    for name in ["stored.npz", "deflated.npz", "bare.npy", "npy_named.npz", "npy_version_1.npz", "npy_version_2.npz",
                 "npy_version_3.npz", "plain_local_headers.npz", "comment.npz", "no_suffix.npz", "repeated_name.npz",
                 "piped.npz", "zip64_end_record.npz", "prefixed.npz", "new_local_headers.npz"]:
        expect(name, truth, "TNHW")


def element_types():
    masks = video()
    truth = truth_of(masks)
    for kind in ["b1", "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f2", "f4", "f8"]:
        for order in "<>":
            if kind[1] == "1" and order == ">":
                continue
            name = f"type_{kind}_{'little' if order == '<' else 'big'}.npz"
            if kind[0] == "f":
                values = np.where(masks, 2.5, -1024)  # what SAM 2 says of an absent object
            else:
                values = np.where(masks, 1 if kind == "b1" else 100, 0)
            npz(name, masks=values.astype(order + kind))
            expect(name, truth, "TNHW")
    # Truth values are bytes, and not every writer keeps to 0 and 1.
    data = bytearray(npy_bytes(masks))
    data[-masks.size:] = (masks * np.uint8(0x80)).tobytes()
    write("type_b1_odd_truth.npy", bytes(data))
    expect("type_b1_odd_truth.npy", truth, "TNHW")


def values():
    masks = video(4, 1)[:, 0]
    truth = truth_of(masks[:, None])
    rng = np.random.default_rng(1)

    logits = np.where(masks, rng.uniform(0.01, 9, masks.shape), rng.uniform(-9, 0, masks.shape)).astype("f4")
    logits[0, 0, 0] = np.nan
    logits[0, 0, 1] = -np.inf
    npz("logits.npz", masks=logits, fps=25.0)
    expect("logits.npz", truth, "THW", fps="25/1")
    expect("logits.npz", truth, "THW", "values=logits", fps="25/1")
    expect("logits.npz", truth_of((logits > 4.5)[:, None]), "THW", "threshold=4.5", fps="25/1")
    expect("logits.npz", truth_of(((logits != 0) & (logits == logits))[:, None]), "THW", "values=binary", fps="25/1")

    probabilities = np.where(masks, rng.uniform(0.51, 1, masks.shape), rng.uniform(0, 0.5, masks.shape)).astype("f2")
    probabilities[1] = 0
    late = np.concatenate([np.zeros_like(probabilities[:1]), probabilities])
    npz("probabilities.npz", masks=late, fps=np.float32(29.97))
    expect("probabilities.npz", truth_of((late > 0.5)[:, None]), "THW", fps="30000/1001")
    expect("probabilities.npz", truth_of((late > 0.75)[:, None]), "THW", "values=probabilities;threshold=0.75",
           fps="30000/1001")

    # SAM2ImagePredictor returns float32 of 0 and 1.
    npz("zero_one_floats.npz", masks=image().astype("f4"))
    # Nothing but the masks tells objects from frames, so a warning says what was guessed.
    expect("zero_one_floats.npz", truth_of(image()[None]), "NHW", still=True, warnings=1)

    labels = np.zeros((5, HEIGHT, WIDTH), "u1")
    for t in range(1, 5):
        labels[t][disc(3 + t * 0.5, 4, 2.5)] = 1
        labels[t][disc(7, 3, 2)] = 4
    by_id = [(t, {i: labels[t] == v for i, v in ((1, 1), (4, 4))}) for t in range(5)]
    npz("label_maps.npz", masks=labels)
    expect("label_maps.npz", by_id, "THW")
    expect("label_maps.npz", truth_of((labels > 1)[:, None]), "THW", "threshold=1.5;axes=THW")
    expect("label_maps.npz", truth_of((labels > 0)[:, None]), "THW", "values=binary;axes=THW")
    wide = labels.astype(">i8")
    wide[wide == 4] = 70000
    wide[1, 0, 0] = -3
    npz("label_maps_i8_big.npz", masks=wide)
    expect("label_maps_i8_big.npz", [(t, {1: wide[t] == 1, 70000: wide[t] == 70000}) for t in range(5)], "THW")
    npz("label_maps_ids.npz", segs=labels[:, None], object_ids=np.array([11, 12, 13, 14], "u1"), fps=12.5,
        labels=np.array(["dog", "", "", "K\u00e4tzchen"]))
    expect("label_maps_ids.npz", [(t, {11: labels[t] == 1, 14: labels[t] == 4}) for t in range(5)], "THW", fps="25/2",
           labels={11: "dog", 14: "K\u00e4tzchen"})
    npz("label_maps_float.npz", masks=labels.astype("f4"))
    expect("label_maps_float.npz", by_id, "THW", "values=labels")
    npz("label_map_still.npz", mask=labels[4])
    expect("label_map_still.npz", [(0, by_id[4][1])], "HW", still=True)
    npz("only_255.npz", masks=np.where(masks, 255, 0).astype("u1"), fps=30)
    expect("only_255.npz", truth, "THW", fps="30/1")
    expect("only_255.npz", [(t, {255: m}) for t, m in enumerate(masks)], "THW", "values=labels", fps="30/1")


def layouts():
    masks = video()
    truth = truth_of(masks)
    frames = np.array([40, 0, 8, 100])
    ids = [7, -2]

    npz("hw.npz", segmentation=masks[0, 0])
    expect("hw.npz", truth_of(masks[:1, :1]), "HW", still=True)
    npz("fortran_hw.npz", mask=np.asfortranarray(masks[0, 0]))
    expect("fortran_hw.npz", truth_of(masks[:1, :1]), "HW", still=True)
    npz("fortran_1hw.npz", masks=np.asfortranarray(masks[0, :1]))
    expect("fortran_1hw.npz", truth_of(masks[:1, :1]), "HW", still=True)
    npz("one_frame.npz", masks=masks[0, :1], frame_indices=[12])
    expect("one_frame.npz", truth_of(masks[:1, :1], frames=[12]), "THW")

    npz("nhw.npz", masks=image())
    expect("nhw.npz", truth_of(image()[None]), "NHW", still=True, warnings=1)
    npz("n1hw_ids.npz", masks=image()[:, None], obj_ids=[5, 3, 9], scores=np.array([0.5, 0.25, 0.75], "f4"))
    expect("n1hw_ids.npz", truth_of(image()[None], [5, 3, 9]), "NHW", still=True,
           scores={(0, 5): 0.5, (0, 3): 0.25, (0, 9): 0.75})
    npz("fortran_nhw.npz", arr_0=np.asfortranarray(image()))
    expect("fortran_nhw.npz", truth_of(image()[None]), "NHW", still=True, warnings=1)
    large = image(3, 64, 66)
    npz("hwn.npz", masks=np.moveaxis(large, 0, -1))
    expect("hwn.npz", truth_of(large[None]), "HWN", still=True)
    npz("hw1.npz", masks=large[0][..., None])
    expect("hw1.npz", truth_of(large[None, :1]), "HW", still=True)

    npz("thw.npz", masks=masks[:, 0])
    expect("thw.npz", truth_of(masks[:, :1]), "THW")
    expect("thw.npz", truth_of(masks[None, :, 0]), "NHW", "axes=NHW", still=True)
    npz("thw_255.npz", masks=np.where(masks[:, 0], 255, 0).astype("u1"))
    expect("thw_255.npz", truth_of(masks[:, :1]), "THW")
    npz("thw_timestamps.npz", masks=masks[:, 0], timestamps=np.array([0, 0.04, 0.0804, 1.5]))
    expect("thw_timestamps.npz", truth_of(masks[:, :1]), "THW", timestamps=[0, 40000000, 80400000, 1500000000])
    npz("t1hw_frames_ids.npz", masks=masks[:, :1].astype("u1"), object_ids=[6], frame_indices=frames, fps=24,
        centroids=np.arange(8.0).reshape(4, 1, 2))
    expect("t1hw_frames_ids.npz", truth_of(masks[:, :1], [6], frames), "THW", fps="24/1",
           centroids={(f, 6): (2 * i, 2 * i + 1) for i, f in enumerate(frames)})
    npz("1thw.npz", masks=masks[None, :, 0], pts=np.array([5, 10, 15, 10**12], "u8"))
    expect("1thw.npz", truth_of(masks[:, :1]), "THW", timestamps=[5, 10, 15, 10**12])

    npz("tnhw.npz", masks=masks, ids=ids, frame_idx=frames.astype("f4"), fps=23.98)
    expect("tnhw.npz", truth_of(masks, ids, frames), "TNHW", fps="24000/1001")
    npz("tn1hw.npz", masks=masks[:, :, None])
    expect("tn1hw.npz", truth, "TNHW")
    npz("fortran_tnhw.npz", masks=np.asfortranarray(masks.astype(">i4")))
    expect("fortran_tnhw.npz", truth, "TNHW")
    npz("nthw.npz", masks=np.swapaxes(masks, 0, 1), object_ids=ids, centroids=np.arange(16).reshape(2, 4, 2))
    expect("nthw.npz", truth_of(masks, ids), "NTHW",
           centroids={(t, i): (8 * n + 2 * t, 8 * n + 2 * t + 1) for t in range(4) for n, i in enumerate(ids)})

    for axes in ["HWTN", "THWN", "WNHT", "NTWH"]:
        turned = np.ascontiguousarray(np.transpose(masks, ["TNHW".index(a) for a in axes]))
        for order, array in (("c", turned), ("fortran", np.asfortranarray(turned))):
            name = f"axes_{axes.lower()}_{order}.npz"
            npz(name, masks=array)
            expect(name, truth, axes, f"axes={axes}")
    npz("axes_1wht.npz", data=masks[None, :, 0].transpose(0, 3, 2, 1))
    expect("axes_1wht.npz", truth_of(masks[:, :1]), "WHT", "axes=1WHT;array=data")

    # (frame, object) pairs, in the order in which SAM 2 went backwards through them.
    pairs = [(3, 7), (3, -2), (1, 7), (0, -2), (0, 7), (1, -2)]
    pair_truth = [(f, {i: masks[f, ids.index(i)] for i in (7, -2)}) for f in (3, 1, 0)]
    npz("khw.npz", masks=np.stack([masks[f, ids.index(i)] for f, i in pairs]), frame_indices=[p[0] for p in pairs],
        object_ids=[p[1] for p in pairs], scores=np.arange(6) / 8, labels=np.array(["a", "b", "a", "b", "a", "b"], "S"))
    expect("khw.npz", pair_truth, "KHW", scores={p: k / 8 for k, p in enumerate(pairs)}, labels={7: "a", -2: "b"})

    npz("no_objects.npz", masks=np.zeros((0, HEIGHT, WIDTH), bool))
    expect("no_objects.npz", [(0, {})], "NHW", still=True)
    npz("frames_without_objects.npz", masks=np.zeros((3, 0, HEIGHT, WIDTH), bool))
    expect("frames_without_objects.npz", [(t, {}) for t in range(3)], "TNHW")
    npz("late_video.npz", masks=np.concatenate([np.zeros((30, HEIGHT, WIDTH), bool), masks[:, 0]]))
    expect("late_video.npz", [(t, {}) for t in range(30)] + truth_of(masks[:, :1], frames=range(30, 34)), "THW")

    # The order of the bits shows only where masks are larger than a byte.
    large = np.stack([image(2, 40, 67) for t in range(3)])
    large[1] = np.roll(large[1], 3, axis=-1)
    for order, ending in (("big", ""), ("little", "_little")):
        of = dict(bitorder=order)
        plain = masks if order == "big" else large
        bits = dict(shape=np.array(plain.shape))
        npz(f"packed_flat{ending}.npz", masks=np.packbits(plain, **of), **bits)
        npz(f"packed_rows{ending}.npz", masks=np.packbits(plain, axis=-1, **of), **bits)
        npz(f"packed_planes{ending}.npz", masks=np.packbits(plain.reshape(*plain.shape[:2], -1), axis=-1, **of), **bits)
        for name in ("flat", "rows", "planes"):
            expect(f"packed_{name}{ending}.npz", truth_of(plain), "TNHW")
    late = np.concatenate([np.zeros((400, 2, 40, 67), bool), large])  # the first bytes tell nothing
    npz("packed_late_little.npz", masks=np.packbits(late, bitorder="little"), shape=late.shape)
    expect("packed_late_little.npz", truth_of(late), "TNHW")


def keys():
    """A key for each frame, each object, or each (frame, object) pair; not in the order of time."""
    masks = video()
    frames = [2, 10, 9, 100]  # as text, 10 and 100 come before 2
    order = [1, 3, 0, 2]
    in_time = sorted(range(4), key=lambda t: frames[t])
    by_frame = [(frames[t], {n + 1: masks[t, n] for n in range(2)}) for t in in_time]
    npz("keys_frames.npz", **{f"frame_{frames[t]}": masks[t] for t in order}, fps=10, image=np.zeros((5, 5, 3), "u1"))
    expect("keys_frames.npz", by_frame, "TNHW", fps="10/1")
    npz("keys_frames_n1hw.npz", **{f"{frames[t]:05}": masks[t][:, None].astype("f4") for t in order}, obj_ids=[5, 6])
    expect("keys_frames_n1hw.npz", [(f, {5: m[1], 6: m[2]}) for f, m in by_frame], "TNHW")

    labels = np.where(masks[:, 1], 3, masks[:, 0]).astype("u1")
    npz("keys_frames_label_maps.npz", np.savez, **{f"sam2/f{frames[t]}": labels[t] for t in order})
    expect("keys_frames_label_maps.npz", [(frames[t], {1: labels[t] == 1, 3: labels[t] == 3}) for t in in_time], "THW")

    # As many masks as there are objects on the frame, and other things for each frame.
    counts = [1, 2, 0, 2]
    per_frame = {}
    for t in range(4):
        per_frame |= {f"{t}_masks": masks[t, :counts[t]], f"{t}_boxes": np.zeros((counts[t], 4)),
                      f"{t}_scores": np.ones(counts[t])}
    npz("keys_frames_varying.npz", **per_frame)
    expect("keys_frames_varying.npz", [(t, {n + 1: masks[t, n] for n in range(counts[t])}) for t in range(4)], "TNHW",
           objects=2, scores={(t, n + 1): 1.0 for t in range(4) for n in range(counts[t])})

    pairs = [(10, 7), (2, 12), (10, 12), (9, 7)]
    at = {2: 0, 9: 2, 10: 1}
    pair_truth = [(2, {12: masks[0, 1]}), (9, {7: masks[2, 0]}), (10, {7: masks[1, 0], 12: masks[1, 1]})]
    plane = {(f, i): masks[at[f], 0 if i == 7 else 1] for f, i in pairs}
    npz("keys_pairs.npz", **{f"{f}_{i}": plane[f, i] for f, i in pairs})
    expect("keys_pairs.npz", pair_truth, "TNHW")
    npz("keys_pairs_named.npz", **{f"obj{i}/Frame{f:06}": plane[f, i][None].astype("u1") * 2 for f, i in pairs})
    expect("keys_pairs_named.npz", pair_truth, "TNHW")
    npz("keys_pairs_one_object.npz", **{f"{t}_4": masks[t, 0].astype("u1") * 9 for t in range(4)})
    expect("keys_pairs_one_object.npz", truth_of(masks[:, :1], [4]), "TNHW")

    npz("keys_objects.npz", object_12=masks[:, 1], object_7=np.asfortranarray(masks[:, 0]), frame_indices=frames,
        labels=np.array(["seven", "twelve"]))
    expect("keys_objects.npz", truth_of(masks, [7, 12], frames), "NTHW", labels={7: "seven", 12: "twelve"})
    npz("keys_objects_still.npz", mask_id_3=masks[0, 1], mask_id_2=masks[0, 0])
    expect("keys_objects_still.npz", truth_of(masks[:1], [2, 3]), "NHW", still=True)
    npz("keys_objects_turned.npz", o_id_1=masks[:, 0].transpose(1, 2, 0), o_id_2=masks[:, 1].transpose(1, 2, 0))
    expect("keys_objects_turned.npz", truth_of(masks), "NTHW", "axes=HWT")

    # For tests of refusals.
    npz("keys_sizes.npz", frame_1=masks[0], frame_2=masks[0, :, :5])
    npz("keys_types.npz", frame_1=masks[0], frame_2=masks[0].astype("f4"))
    npz("keys_pickled.npz", frame_1=masks[0], frame_2=np.array([masks[0], None], object))
    npz("keys_axes.npz", **{"1_1": masks[0], "2_1": masks[1]})


def side_arrays():
    masks = image()
    truth = truth_of(masks[None])
    npz("metadata.npz", masks=masks, metadata=np.array(json.dumps({"fps": 59.94, "labels": {"1": "eins", "3": "drei"}})))
    expect("metadata.npz", truth, "NHW", still=True, fps="60000/1001", labels={1: "eins", 3: "drei"}, warnings=1)
    npz("metadata_list.npz", masks=masks, metadata=np.array(json.dumps({"labels": ["x", "y\n", "z"]})).astype(">U"))
    expect("metadata_list.npz", truth, "NHW", still=True, labels={1: "x", 2: "y ", 3: "z"})
    npz("metadata_broken.npz", masks=masks, metadata=np.array('{"fps": '))
    expect("metadata_broken.npz", truth, "NHW", still=True, warnings=2)
    npz("centroids.npz", masks=masks, centroids=np.asfortranarray([[1, 2], [np.nan, 4], [5, 6]]).astype("f4"))
    expect("centroids.npz", truth, "NHW", still=True, centroids={(0, 1): (1, 2), (0, 3): (5, 6)}, warnings=1)
    gap = np.insert(masks, 1, False, axis=0)
    npz("short_centroids.npz", masks=gap, centroids=np.zeros((3, 2)), scores=np.zeros(9))
    expect("short_centroids.npz", truth_of(gap[None]), "NHW", still=True, warnings=3)
    npz("pickled_side_array.npz", masks=masks, object_ids=np.array([1, 2, None], object), fps=np.array(-1.0))
    expect("pickled_side_array.npz", truth, "NHW", still=True, warnings=3)
    npz("video_frames_beside.npz", masks=masks, frames=np.zeros((3, 4, 4, 3), "u1"))
    expect("video_frames_beside.npz", truth, "NHW", still=True, warnings=2)
    npz("only_candidate.npz", things=masks, fps=0.5, object_ids=[4, 5, 6], centroids=np.ones((3, 2)))
    expect("only_candidate.npz", truth_of(masks[None], [4, 5, 6]), "NHW", still=True, fps="1/2",
           centroids={(0, i): (1, 1) for i in (4, 5, 6)})
    npz("two_arrays.npz", masks=masks, **{"My masks/\u00e4": masks[::-1]})
    expect("two_arrays.npz", truth, "NHW", still=True, warnings=1)
    expect("two_arrays.npz", truth_of(masks[None, ::-1]), "NHW", "array=My masks/\u00e4", still=True, warnings=1)

    # For tests of refusals.
    npz("pickled_masks.npz", masks=np.array([masks, None], object))
    npz("complex_masks.npz", masks=masks.astype("c8"))
    record = np.zeros(3, [("mask", "O"), ("id", "i4")])
    npz("pickled_record.npz", masks=record)


def what_people_have():
    """Layouts from public reports. Each must be read as its author meant it, or with a warning."""
    masks = video()
    a, b = masks[:, 0], masks[:, 1]
    objects = image()
    # A key for each class; arrays that describe masks beside them.
    npz("people_classes.npz", person=a, dog=b, person_scores=np.ones(4, "f4"), boxes=np.zeros((2, 4), "f4"))
    expect("people_classes.npz", truth_of(masks), "NTHW", labels={1: "person", 2: "dog"})
    # One image, a key for each object: the masks decide, and a warning says so.
    npz("people_keys_of_image.npz", num_objects=3, **{f"mask_{i}": m.astype("u1") for i, m in enumerate(objects)})
    expect("people_keys_of_image.npz", truth_of(objects[None], [0, 1, 2]), "NHW", still=True, warnings=1)
    npz("people_keys_from_1.npz", **{f"frame_{t + 1}": a[t] for t in range(4)})
    expect("people_keys_from_1.npz", truth_of(masks[:, :1]), "THW")
    npz("people_words_in_words.npz", **{f"video_{t:04}": a[t] for t in range(4)})
    expect("people_words_in_words.npz", truth_of(masks[:, :1]), "THW")
    npz("people_times_in_keys.npz", **{f"t_{1700000000000000000 + 33366700 * t}": a[t] for t in range(4)})
    expect("people_times_in_keys.npz", truth_of(masks[:, :1]), "THW")
    npz("people_one_key.npz", obj_7=a)
    expect("people_one_key.npz", truth_of(masks[:, :1], [7]), "NTHW")
    npz("people_scores_beside.npz", **{f"masks_{t}": masks[t] for t in range(4)},
        **{f"mask_scores_{t}": np.ones(2, "f4") for t in range(4)})
    expect("people_scores_beside.npz", truth_of(masks), "TNHW", scores={(t, n): 1.0 for t in range(4) for n in (1, 2)})
    npz("people_sam3.npz", out_binary_masks=objects, out_obj_ids=np.array([4, 9, 2]),
        out_probs=np.array([0.5, 0.25, 0.75], "f4"), out_boxes_xywh=np.zeros((3, 4), "f4"))
    expect("people_sam3.npz", truth_of(objects[None], [4, 9, 2]), "NHW", still=True,
           scores={(0, 4): 0.5, (0, 9): 0.25, (0, 2): 0.75})
    zip_of("people_finder.npz", [("clip/masks.npy", npy_bytes(masks)), ("__MACOSX/clip/._masks.npy", b"\0\5\x16\7"),
                                 ("clip/.DS_Store", b"\0\0\0\1Bud1")])
    expect("people_finder.npz", truth_of(masks), "TNHW")

    # Objects on the last axis, more of them than a small axis has, or than rows.
    many = np.stack([disc(5 + 10 * (i % 5), 5 + 10 * (i // 5), 4, 40, 50) for i in range(20)])
    npz("people_objects_last.npz", masks=np.moveaxis(many, 0, -1))
    expect("people_objects_last.npz", truth_of(many[None]), "HWN", still=True)
    large = np.stack([disc(30 + 2 * t, 20, 12, 40, 70) for t in range(3)])
    npz("people_channels.npz", masks=np.repeat(large[..., None] * np.uint8(255), 3, -1))
    expect("people_channels.npz", truth_of(large[:, None]), "THW")
    alternatives = np.stack([[disc(8 + 16 * i, 10, r, 20, 80) for r in (2, 6, 4)] for i in range(5)])
    npz("people_alternatives.npz", masks=alternatives.astype("f4"), scores=np.array([[0.25, 0.5, 0.125]] * 5, "f4"))
    expect("people_alternatives.npz", truth_of(alternatives[:, 1][None]), "NHW", still=True, warnings=1,
           scores={(0, i): 0.5 for i in range(1, 6)})

    labels = np.where(b, 3, a).astype("f8")
    npz("people_float_labels.npz", masks=labels)
    expect("people_float_labels.npz", [(t, {1: labels[t] == 1, 3: labels[t] == 3}) for t in range(4)], "THW")
    void = labels.astype("u1")
    void[:, 0] = 255
    npz("people_void.npz", masks=void)
    expect("people_void.npz", [(t, {1: void[t] == 1, 3: void[t] == 3}) for t in range(4)], "THW", warnings=1)
    soft = np.zeros((4, 40, 70))
    for t in range(4):
        y, x = np.mgrid[:40, :70]
        soft[t] = np.clip(12.5 + 0.5 - np.hypot(x - 30 - 2 * t, y - 20), 0, 1)
    grey = np.round(255 * soft).astype("u1")
    npz("people_grey.npz", masks=grey)
    expect("people_grey.npz", truth_of((grey > 127)[:, None]), "THW", warnings=1)

    npz("people_times_in_ms.npz", masks=a, timestamps=np.array([0, 33, 67, 100]))
    expect("people_times_in_ms.npz", truth_of(masks[:, :1]), "THW", timestamps=[0, 33000000, 67000000, 100000000],
           warnings=1)
    npz("people_ids_too_large.npz", masks=masks, object_ids=np.array([1, 2**64 - 1], "u8"))
    expect("people_ids_too_large.npz", truth_of(masks), "TNHW", warnings=1)


def what_values_people_have():
    """One array whose values are not just 0 and 1."""
    masks = video()
    a = masks[:, 0]
    soft = np.zeros((4, 2, 40, 70))
    y, x = np.mgrid[:40, :70]
    for t in range(4):
        for n in range(2):
            soft[t, n] = np.clip(9.5 + 0.5 - np.hypot(x - 18 - 30 * n - 2 * t, y - 20), 0, 1)
    grey = np.round(255 * soft)
    for name, values in (("u1", grey), ("u2", 257 * grey), ("f4", grey), ("f8", 254.9 * soft)):
        npz(f"values_grey_objects_{name}.npz", masks=values.astype(name))
        expect(f"values_grey_objects_{name}.npz", truth_of(soft > 0.5 if name == "f8" else grey > 127), "TNHW", warnings=1)
    npz("values_grey_keys.npz", **{f"frame_{t}": grey[t].astype("u1") for t in range(4)})
    expect("values_grey_keys.npz", truth_of(grey > 127), "TNHW", warnings=1)
    noisy = grey[:, 0] + np.where(grey[:, 0] < 9, (7 * x + 13 * y + x * y) % 7 * (np.hypot(x - 20, y - 20) < 16), 0)
    npz("values_jpeg.npz", masks=noisy.astype("u1"))
    expect("values_jpeg.npz", truth_of((noisy > 127)[:, None]), "THW", warnings=1)
    overshoot = np.where((soft > 0) & (soft < 0.25), -0.1, np.where((soft > 0.75) & (soft < 1), 1.1, soft))
    npz("values_overshoot.npz", masks=overshoot.astype("f4"))
    expect("values_overshoot.npz", truth_of(soft > 0.5), "TNHW", warnings=1)

    # Labels from 0 on, where something else is the background.
    for name, background in (("i4", -1), ("u1", 255), ("f4", -1)):
        labels = np.full((4, HEIGHT, WIDTH), background)
        for t in range(4):
            labels[t][disc(3 + t * 0.5, 4, 2)] = 0
            labels[t][disc(8, 3, 2)] = 2
        npz(f"values_from_0_{name}.npz", segmentation=labels.astype(name))
        expect(f"values_from_0_{name}.npz", [(t, {i: labels[t] == i for i in (0, 2)}) for t in range(4)], "THW", warnings=1)
    labels = np.zeros((4, HEIGHT, WIDTH), "u1")
    for t in range(4):
        labels[t][disc(3 + t * 0.5, 4, 2)] = 2
        labels[t][disc(8, 3, 2)] = 5
    by_label = [(t, {i: labels[t] == i for i in (2, 5)}) for t in range(4)]
    names = {2: "cat", 5: "dog"}
    npz("values_are_ids.npz", masks=labels, object_ids=np.array([5, 2]), labels=np.array(["dog", "cat"]),
        scores=np.array([0.5, 0.25]))
    expect("values_are_ids.npz", by_label, "THW", labels=names,
           scores={(t, i): 0.5 if i == 5 else 0.25 for t in range(4) for i in (2, 5)})
    npz("values_are_ids_with_0.npz", masks=labels, object_ids=np.array([0, 2, 5]))
    expect("values_are_ids_with_0.npz", by_label, "THW", warnings=1)
    late = np.where(a, 1.0, 0.0)
    late[3][disc(8, 3, 2)] = 2
    npz("values_late_labels.npz", masks=late.astype("f4"))
    expect("values_late_labels.npz", [(t, {1: late[t] == 1, 2: late[t] == 2}) for t in range(4)], "THW")
    between = labels.astype("f4")
    between[:, 4, 2] = 3.5
    npz("values_between_labels.npz", masks=between)
    expect("values_between_labels.npz", [(t, {i: between[t] == i for i in (2, 5)}) for t in range(4)], "THW", warnings=1)


def what_tools_write():
    """SAM 2, SAM 3, transformers, ultralytics, supervision, SAM's mask generator."""
    masks = video()
    present = masks.any((2, 3))
    objects = image()
    # Ids that change places from frame to frame, and rows without an object.
    turned = masks.copy()
    turned[2:] = masks[2:, ::-1]
    ids = np.array([[4, 9], [4, 9], [9, 4], [9, 4]])
    truth = truth_of(masks, [4, 9])
    scores = {(t, i): 0.25 * (n + 1) for t in range(4) for n, i in enumerate((4, 9))}
    table = np.where(ids == 4, 0.25, 0.5).astype("f4")
    npz("tool_sam3_stacked.npz", out_binary_masks=turned, out_obj_ids=ids, out_probs=table,
        out_boxes_xywh=np.zeros((4, 2, 4), "f4"))
    expect("tool_sam3_stacked.npz", truth, "TNHW", scores=scores)
    padded = ids.copy()
    padded[2, 0] = -1  # object 9 is absent from frame 2
    npz("tool_padded_ids.npz", masks=turned, object_ids=padded, scores=table)
    expect("tool_padded_ids.npz", truth, "TNHW", scores=scores)
    sam3 = {}
    slashed = {}
    for t in range(4):
        sam3 |= {f"frame_{t}_out_binary_masks": turned[t], f"frame_{t}_out_obj_ids": ids[t],
                 f"frame_{t}_out_probs": table[t], f"frame_{t}_out_boxes_xywh": np.zeros((2, 4), "f4")}
        slashed |= {f"{t}/masks": turned[t], f"{t}/object_ids": ids[t], f"{t}/scores": table[t]}
    npz("tool_sam3_keys.npz", **sam3)
    expect("tool_sam3_keys.npz", truth, "TNHW", scores=scores)
    npz("tool_folders_in_keys.npz", **slashed)
    expect("tool_folders_in_keys.npz", truth, "TNHW", scores=scores)
    npz("tool_transformers.npz", masks=masks, object_ids=np.tile([4, 9], (4, 1)), scores=np.tile([0.25, 0.5], (4, 1)),
        boxes=np.zeros((4, 2, 4)))
    expect("tool_transformers.npz", truth, "TNHW", scores=scores)

    names = {4: "cat", 9: "dog", 2: "cat"}
    image_scores = {(0, i): s for i, s in zip((4, 9, 2), (0.5, 0.25, 0.75))}
    three = np.array([0.5, 0.25, 0.75], "f4")
    npz("tool_ultralytics.npz", masks=objects.astype("f4"), ids=np.array([4.0, 9, 2], "f4"), conf=three,
        cls=np.array([1.0, 2, 1], "f4"), names=np.array(["person", "cat", "dog", "car"]))
    expect("tool_ultralytics.npz", truth_of(objects[None], [4, 9, 2]), "NHW", still=True, scores=image_scores, labels=names)
    npz("tool_supervision.npz", mask=objects, xyxy=np.zeros((3, 4), "f4"), tracker_id=np.array([4, 9, 2]), confidence=three,
        class_id=np.array([1, 2, 1]), class_name=np.array(["cat", "dog", "cat"]))
    expect("tool_supervision.npz", truth_of(objects[None], [4, 9, 2]), "NHW", still=True, scores=image_scores, labels=names)
    nested = np.stack([disc(5, 4, r) for r in (4.5, 4, 3.5)])
    for name, planes in (("apart", objects), ("nested", nested)):
        npz(f"tool_generator_{name}.npz", segmentation=planes, area=planes.sum((1, 2)), bbox=np.zeros((3, 4)),
            predicted_iou=np.array([0.5, 0.25, 0.75]), point_coords=np.zeros((3, 1, 2)), stability_score=np.ones(3),
            crop_box=np.zeros((3, 4)))
        expect(f"tool_generator_{name}.npz", truth_of(planes[None]), "NHW", still=True,
               scores={(0, 1): 0.5, (0, 2): 0.25, (0, 3): 0.75})

    # Three masks of one prompt.
    best = np.array([0.25, 0.5, 0.125], "f4")
    nested = np.stack([disc(5, 4, r) for r in (2, 4, 3)])
    npz("tool_one_prompt.npz", masks=nested.astype("f4"), scores=best, logits=np.zeros((3, 8, 8), "f4"))
    expect("tool_one_prompt.npz", truth_of(nested[None, 1:2]), "HW", still=True, warnings=1, scores={(0, 1): 0.5})
    prompts = np.stack([[disc(8 + 16 * i, 10, r, 20, 80) for r in (2, 6, 4)] for i in range(5)])
    npz("tool_prompts.npz", masks=prompts, iou_predictions=np.tile(best, (5, 1)), object_ids=np.arange(4, 9))
    expect("tool_prompts.npz", truth_of(prompts[None, :, 1], range(4, 9)), "NHW", still=True, warnings=1,
           scores={(0, i): 0.5 for i in range(4, 9)})
    moving = np.stack([[[disc(15 + 30 * n + 2 * t, 10, r, 20, 80) for r in (3, 7, 5)] for n in range(2)] for t in range(4)])
    npz("tool_prompts_of_video.npz", masks=moving, scores=np.tile(best, (4, 2, 1)))
    expect("tool_prompts_of_video.npz", truth_of(moving[:, :, 1]), "TNHW", warnings=1,
           scores={(t, n): 0.5 for t in range(4) for n in (1, 2)})
    npz("tool_alternatives_of_video.npz", masks=moving[:, 0], scores=np.tile(best, (4, 1)))
    expect("tool_alternatives_of_video.npz", truth_of(moving[:, :1, 1]), "THW", warnings=1,
           scores={(t, 1): 0.5 for t in range(4)})
    three_objects = np.stack([[disc(15 + 25 * n + 2 * t, 10, 5, 20, 80) for n in range(3)] for t in range(4)])
    npz("tool_three_objects.npz", masks=three_objects, scores=np.tile(best, (4, 1)))
    expect("tool_three_objects.npz", truth_of(three_objects), "TNHW",
           scores={(t, n + 1): float(best[n]) for t in range(4) for n in range(3)})


def what_axes_people_have():
    masks = video(6)
    a = masks[:, 0]
    slow = np.stack([[disc(12 + t, 10, 8, 20, 80), disc(60 - t, 9, 7, 20, 80)] for t in range(6)])
    npz("axes_objects_first.npz", masks=np.swapaxes(slow, 0, 1))
    expect("axes_objects_first.npz", truth_of(slow), "NTHW", warnings=1)
    expect("axes_objects_first.npz", truth_of(np.swapaxes(slow, 0, 1)), "TNHW", "axes=TNHW")
    npz("axes_scores_first.npz", masks=np.swapaxes(masks, 0, 1), scores=np.array([0.5, 0.25]))
    expect("axes_scores_first.npz", truth_of(masks), "NTHW",
           scores={(t, n + 1): (0.5, 0.25)[n] for t in range(6) for n in range(2)})
    many = np.stack([disc(5 + 10 * (i % 5), 5 + 10 * (i // 5), 4, 40, 50) for i in range(20)])
    npz("axes_fortran_last.npz", masks=np.asfortranarray(np.moveaxis(many, 0, -1)))
    expect("axes_fortran_last.npz", truth_of(many[None]), "HWN", still=True)
    large = np.stack([disc(30 + 2 * t, 20, 12, 40, 70) for t in range(4)])
    for name, planes in (("b1", large), ("f4", large.astype("f4")), ("u1", large.astype("u1"))):
        npz(f"axes_channels_{name}.npz", masks=np.repeat(planes[..., None], 3, -1))
        expect(f"axes_channels_{name}.npz", truth_of(large[:, None]), "THW")
    npz("axes_channels_first.npz", masks=np.repeat(large[:, None] * np.uint8(255), 3, 1))
    expect("axes_channels_first.npz", truth_of(large[:, None]), "THW", warnings=1)
    grey_alpha = np.stack([large * np.uint8(255), np.full_like(large, 255, "u1")], -1)
    npz("axes_grey_alpha.npz", masks=grey_alpha)
    expect("axes_grey_alpha.npz", truth_of(large[:, None]), "THW")
    npz("axes_scores_of_frames.npz", masks=a, scores=np.linspace(0.5, 1, 6))
    expect("axes_scores_of_frames.npz", truth_of(masks[:, :1]), "THW", warnings=1,
           scores={(t, 1): s for t, s in enumerate(np.linspace(0.5, 1, 6))})
    npz("axes_pairs_without_ids.npz", masks=masks.reshape(-1, HEIGHT, WIDTH), frame_indices=np.repeat(np.arange(6), 2))
    expect("axes_pairs_without_ids.npz", truth_of(masks), "KHW")


def what_keys_people_have():
    masks = video()
    a = masks[:, 0]
    objects = image()
    npz("keys_arr.npz", **{f"arr_{t}": m for t, m in enumerate(a)})
    expect("keys_arr.npz", truth_of(masks[:, :1]), "THW")
    npz("keys_seconds.npz", **{f"{t / 30:.4f}": a[t] for t in range(4)})
    expect("keys_seconds.npz", truth_of(masks[:, :1]), "THW", timestamps=[0, 33300000, 66700000, 100000000])
    slow = np.stack([[disc(12 + t, 10, 8, 20, 80), disc(60 - t, 9, 7, 20, 80)] for t in range(6)])
    npz("keys_person_videos.npz", **{f"person_{n + 1}": slow[:, n] for n in range(2)})
    expect("keys_person_videos.npz", truth_of(slow), "NTHW")
    npz("keys_segment_videos.npz", **{f"segment_{n + 1}": slow[:, n] for n in range(2)})
    expect("keys_segment_videos.npz", truth_of(slow), "NTHW")
    npz("keys_person_frame.npz", **{f"person_{n + 1}_frame_{t}": slow[t, n] for n in range(2) for t in range(6)})
    expect("keys_person_frame.npz", truth_of(slow), "TNHW")
    npz("keys_object_first.npz", **{f"{n + 1}_{t}": slow[t, n] for n in range(2) for t in range(6)})
    expect("keys_object_first.npz", truth_of(slow), "TNHW", warnings=1)
    npz("keys_images.npz", **{f"image{t}": a[t] for t in range(4)})
    expect("keys_images.npz", truth_of(masks[:, :1]), "THW")
    npz("keys_class_floats.npz", person=a.astype("f4"), dog=masks[:, 1].astype("f4"))
    expect("keys_class_floats.npz", truth_of(masks), "NTHW", labels={1: "person", 2: "dog"}, warnings=1)
    npz("keys_picture_beside.npz", video=np.full((3, 20, 30, 3), 7, "u1"), result=objects, object_ids=[1, 2, 3])
    expect("keys_picture_beside.npz", truth_of(objects[None]), "NHW", still=True)
    npz("keys_text_ids.npz", masks=masks, object_ids=np.array(["7", "3"]), fps=np.array("30000/1001"),
        frame_indices=np.array([f"{t:05}.jpg" for t in range(4)]))
    expect("keys_text_ids.npz", truth_of(masks, [7, 3]), "TNHW", fps="30000/1001")
    npz("keys_ids_are_names.npz", masks=masks, object_ids=np.array(["ball", "racket"]))
    expect("keys_ids_are_names.npz", truth_of(masks), "TNHW", labels={1: "ball", 2: "racket"})


def save_table(name, header, rows):
    with open(name, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def main():
    os.environ["TZ"] = "UTC"
    time.tzset()
    for old in glob.glob("*.np[yz]"):
        os.remove(old)
    for make in (containers, element_types, values, layouts, keys, side_arrays, what_people_have, what_values_people_have,
                 what_tools_write, what_axes_people_have, what_keys_people_have):
        make()
    save_table("expected.csv", "file options axes entry frame id area cx cy left top width height crc32 score label".split(),
               mask_rows)
    save_table("expected_files.csv",
               "file options axes still width height entries objects fps timestamps warnings".split(), file_rows)


if __name__ == "__main__":
    main()
