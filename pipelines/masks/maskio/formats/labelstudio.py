# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The sam2overlay developers
"""Exports of Label Studio (JSON): brush masks and polygons, one task for each picture."""
import numpy as np

from .. import polygons
from ..clip import number_in
from ..record import MaskError
from .coco import load, shapes_record


def read_labelstudio(path, first=None, by_label=False):
    """Records of the tasks. The frame is the number in the picture's file name, else the order of the tasks.

    Regions have no identity: each is an object of its own, unless by_label.
    """
    tasks = load(path)
    tasks = [tasks] if isinstance(tasks, dict) else tasks
    frames = _frames([_picture(task) for task in tasks], first)
    names, count = {}, 0
    for frame, task in sorted(zip(frames, tasks), key=lambda pair: pair[0]):
        shapes, size = [], None
        for region in _regions(task):
            value = region.get("value") or {}
            label = next(iter(value.get("brushlabels") or value.get("polygonlabels") or value.get("labels") or [""]))
            if not ("rle" in value or "points" in value):
                continue
            size = (int(region["original_height"]), int(region["original_width"]))
            count += 1
            names[label] = label
            shapes.append((count, label, region.get("score"), _mask(value, size)))
        if size is not None:
            yield shapes_record(frame, shapes, names, by_label, size)
    if count == 0:
        raise MaskError(f"{path}: no brush masks and no polygons in it")


def _frames(pictures, first):
    numbers = [number_in(picture) for picture in pictures]
    if None in numbers or len(set(numbers)) != len(numbers):
        return list(range(len(pictures)))
    if len(numbers) == 1:
        return [0]
    first = (1 if min(numbers) == 1 else 0) if first is None else first
    return [number - first for number in numbers]


def _picture(task):
    return next((value for value in (task.get("data") or {}).values() if isinstance(value, str)), task.get("image", ""))


def _regions(task):
    for annotation in task.get("annotations") or task.get("completions") or []:
        if not annotation.get("was_cancelled"):
            yield from annotation.get("result") or []
            return


def _mask(value, size):
    if "rle" in value:
        pixels = decode_brush(value["rle"])
        if pixels.size != 4 * size[0] * size[1]:
            raise MaskError(f"a brush mask of {pixels.size // 4} pixels for a picture of {size[1]}x{size[0]}")
        return pixels.reshape(*size, 4)[..., 3] > 0
    # Points are per cent of the picture.
    flat = [v for x, y in value["points"] for v in (x / 100 * size[1], y / 100 * size[0])]
    return polygons.draw([flat], *size)


def decode_brush(data):
    """uint8 values of the run lengths of Label Studio's brush: the bytes of an RGBA picture.

    The bits are: 32 for the number of values, 5 for the size of a value minus 1, four times 4 for the sizes of
    lengths minus 1; then, until all values are there: 1 for whether a value is repeated, 2 for which size the length
    has, the length minus 1, and one value or as many as the length says.
    """
    bits = np.unpackbits(np.asarray(data, np.uint8))
    at = 0

    def read(count):
        nonlocal at
        at += count
        return int("".join(map(str, bits[at - count : at])) or "0", 2)

    total, value_size = read(32), read(5) + 1
    sizes = [read(4) + 1 for _ in range(4)]
    values, filled = np.zeros(total, np.uint8), 0
    while filled < total:
        if at >= len(bits):
            raise MaskError("a brush mask that ends too early")
        is_repeated = read(1)
        end = min(total, filled + 1 + read(sizes[read(2)]))
        if is_repeated:
            values[filled:end] = read(value_size)
        else:
            count = (end - filled) * value_size
            group = bits[at : at + count].reshape(-1, value_size)
            values[filled:end] = group @ (1 << np.arange(value_size)[::-1])
            at += count
        filled = end
    return values
