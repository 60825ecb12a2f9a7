# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The sam2overlay developers
"""Exports of CVAT: "CVAT for video 1.1" (tracks) and "CVAT for images 1.1" (shapes of each image)."""
import xml.etree.ElementTree as xml

import numpy as np

from .. import polygons
from ..record import MaskError
from .coco import shapes_record


def read_cvat(path, first=None, by_label=False):
    """Records of annotations.xml. Masks and polygons are read; boxes and points are not masks.

    Identity is the track's id. Shapes of images have no identity: each is an object of its own, unless by_label.
    """
    try:
        root = xml.parse(path).getroot()
    except (OSError, xml.ParseError) as error:
        raise MaskError(f"{path}: not readable as XML: {error}") from error
    names = {label: label for label in (e.findtext("name") for e in root.iter("label")) if label}
    original = root.find(".//original_size")
    size = None if original is None else (int(original.findtext("height")), int(original.findtext("width")))
    frames = {}
    for track in root.iter("track"):
        for shape in track:
            if shape.tag in ("mask", "polygon"):
                frames.setdefault(int(shape.get("frame")), [])
                if shape.get("outside") != "1":
                    frames[int(shape.get("frame"))].append((int(track.get("id")), track.get("label"), shape, size))
    count = max([entry[0] for entries in frames.values() for entry in entries], default=0)
    for image in root.iter("image"):
        image_size = (int(image.get("height")), int(image.get("width")))
        entries = frames.setdefault(int(image.get("id")), [])
        for shape in image:
            if shape.tag in ("mask", "polygon"):
                count += 1
                entries.append((count, shape.get("label"), shape, image_size))
        size = size or image_size
    if not any(frames.values()):
        raise MaskError(f"{path}: no masks and no polygons in it")
    if size is None:
        raise MaskError(f"{path}: nothing says how large the frames are; expected <original_size>")
    for frame in sorted(frames):
        shapes = [
            (object_id, label, None, _mask(path, shape, of_size)) for object_id, label, shape, of_size in frames[frame]
        ]
        yield shapes_record(frame, shapes, names, by_label, size)


def _mask(path, shape, size):
    if size is None:
        raise MaskError(f"{path}: nothing says how large the frames are; expected <original_size>")
    if shape.tag == "polygon":
        points = [float(v) for point in shape.get("points").split(";") for v in point.split(",")]
        return polygons.draw([points], *size)
    left, top, width, height = (int(float(shape.get(name))) for name in ("left", "top", "width", "height"))
    # Row by row within the box, off first.
    lengths = np.array([int(n) for n in shape.get("rle").split(",")])
    values = np.zeros(len(lengths), bool)
    values[1::2] = True
    pixels = np.repeat(values, lengths)
    if pixels.size != width * height:
        raise MaskError(f"{path}: run lengths of {pixels.size} pixels for a mask of {width}x{height}")
    mask = np.zeros(size, bool)
    mask[top : top + height, left : left + width] = pixels.reshape(height, width)
    return mask
