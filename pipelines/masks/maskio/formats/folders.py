# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The sam2overlay developers
"""Folders of pictures: DAVIS and YouTube-VOS (a pixel's value is the object's id), and one folder for each object."""
import os

import numpy as np

from ..clip import number_in, pictures_in
from ..frames import image_module, read_mask_picture
from ..record import MaskError, make_record

VOID = 255  # pixels that count as no object in DAVIS and Pascal VOC, beside small ids
SMALL_IDS = 100


def numbered(paths, first):
    """[(frame, path)] by the number in each file's name. first: the number of frame 0; None: 1 where that is the lowest
    number, else 0. Without numbers in all names, the order is the frame."""
    numbers = [number_in(path) for path in paths]
    if None in numbers or len(set(numbers)) != len(numbers):
        return list(enumerate(paths))
    if first is None:
        first = 1 if min(numbers) == 1 else 0
    if min(numbers) < first:
        raise MaskError(f"{paths[numbers.index(min(numbers))]}: its number is below that of the first frame, {first}")
    return sorted((number - first, path) for number, path in zip(numbers, paths))


def read_palette(folder, first=None):
    """Records of a folder of pictures whose pixel values are ids. 0 is no object, and 255 beside ids up to 100."""
    for frame, path in numbered(pictures_in(folder), first):
        yield label_record(frame, _values(path))


def count_palette(folder):
    return len(pictures_in(folder))


def label_record(frame, values):
    """A Record of a label map (H, W): value v is object v."""
    ids = [int(v) for v in np.unique(values) if v != 0]
    if VOID in ids and len(ids) > 1 and ids[-2] <= SMALL_IDS:
        ids.remove(VOID)
    masks = np.stack([values == i for i in ids]) if ids else np.zeros((0, *values.shape), bool)
    return make_record(frame, ids, masks)


def read_objects(folder, first=None):
    """Records of a folder with one folder for each object; pixels that are not black are the object.

    An id is the number in a folder's name, else the folder's place in the order of names, from 1; a name without a
    number is the object's label.
    """
    names = object_folders(folder)
    numbers = [number_in(name) for name in names]
    is_numbered = None not in numbers and len(set(numbers)) == len(numbers)
    ids = numbers if is_numbered else list(range(1, len(names) + 1))
    paths = {}
    for object_id, name in zip(ids, names):
        for frame, path in numbered(pictures_in(os.path.join(folder, name)), first):
            paths.setdefault(frame, []).append((object_id, name, path))
    for frame in sorted(paths):
        planes = [_values(path) > 0 for _, _, path in paths[frame]]
        # A folder in which a frame is missing has no object there; an empty picture says the same.
        present = [index for index, plane in enumerate(planes) if plane.any()]
        masks = np.stack([planes[i] for i in present]) if present else np.zeros((0, *planes[0].shape), bool)
        labels = None if is_numbered else [paths[frame][i][1] for i in present]
        yield make_record(frame, [paths[frame][i][0] for i in present], masks, labels=labels)


def object_folders(folder):
    names = sorted(
        name for name in os.listdir(folder) if os.path.isdir(os.path.join(folder, name)) and not name.startswith(".")
    )
    if not names:
        raise MaskError(f"{folder}: no folders in it; expected one for each object")
    return names


def _values(path):
    values = read_mask_picture(path)
    if values.ndim == 2:
        return values
    if (values[..., :3] == values[..., :1]).all():
        return values[..., 0]
    raise MaskError(
        f"{path}: a colour picture; expected palette indices or grey values, or one folder for each object"
    )


# The colours of DAVIS: bit by bit, the bits of the index go to red, green and blue in turn, highest first.
def davis_palette():
    colors = []
    for index in range(256):
        color = [0, 0, 0]
        for bit in range(8):
            color[bit % 3] |= (index >> bit & 1) << (7 - bit // 3)
        colors += color
    return colors


class PaletteWriter:
    """Writes 00000.png ... into a folder, in DAVIS's colours. Where objects overlap, later ones are on top; `overlaps`
    counts those pixels, which a picture cannot hold."""

    def __init__(self, folder, ids):
        self.folder, self.overlaps = folder, 0
        os.makedirs(folder, exist_ok=True)
        self.shift = 1 if 0 in ids else 0
        if min(ids) < 0 or max(ids) + self.shift > 255:
            raise MaskError(f"ids from {min(ids)} to {max(ids)}: palette pictures hold 1 to 255; use --to objects")

    def add(self, record):
        picture = np.zeros(record.masks.shape[1:], np.uint8)
        for object_id, mask in zip(record.ids, record.masks):
            self.overlaps += int((picture[mask] != 0).sum())
            picture[mask] = object_id + self.shift
        image = image_module().fromarray(picture, "P")
        image.putpalette(davis_palette())
        image.save(os.path.join(self.folder, f"{record.frame:05d}.png"))

    def close(self):
        notes = []
        if self.shift:
            notes.append("ids were written plus 1, since 0 means no object in these pictures")
        if self.overlaps:
            notes.append(f"{self.overlaps} pixels belong to several objects and show only one; --to objects keeps all")
        return notes


class ObjectsWriter:
    """Writes 001/00000.png ... into a folder: for each object a folder, in it a picture for each frame, 255 on 0."""

    def __init__(self, folder, ids):
        self.folder = folder

    def add(self, record):
        image = image_module()
        for object_id, mask in zip(record.ids, record.masks):
            folder = os.path.join(self.folder, f"{object_id:03d}")
            os.makedirs(folder, exist_ok=True)
            image.fromarray(mask.astype(np.uint8) * 255).save(os.path.join(folder, f"{record.frame:05d}.png"))

    def close(self):
        return []
