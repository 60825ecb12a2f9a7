# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The sam2overlay developers
"""Prompts as they are written on the command line: [ID:]VALUES[@FRAME]."""
from dataclasses import dataclass, field
from typing import Dict, List, Optional, Tuple

from .frames import read_mask_picture
from .record import MaskError


@dataclass
class ObjectPrompt:
    """What is said about one object on one frame. Coordinates are pixels of the upright frame."""

    points: List[Tuple[float, float]] = field(default_factory=list)
    point_labels: List[int] = field(default_factory=list)  # 1: on the object, 0: not on it
    box: Optional[Tuple[float, float, float, float]] = None  # left, top, right, bottom
    mask: object = None  # bool (H, W)


@dataclass
class Prompts:
    """objects: by (frame, id). texts: noun phrases, each for all objects that it describes. labels: text by id."""

    objects: Dict[Tuple[int, int], ObjectPrompt] = field(default_factory=dict)
    texts: List[str] = field(default_factory=list)
    labels: Dict[int, str] = field(default_factory=dict)

    def first_frame(self):
        return min((frame for frame, _ in self.objects), default=0)

    def ids(self):
        return list(dict.fromkeys(object_id for _, object_id in sorted(self.objects)))

    def on_frame(self, frame):
        """The prompts of one frame, by id."""
        return {i: prompt for (f, i), prompt in sorted(self.objects.items(), key=lambda item: item[0]) if f == frame}

    def labels_of(self, ids):
        """A text for each id, or None where no object has one."""
        return [self.labels.get(i, "") for i in ids] if self.labels else None


def parse_prompts(points, boxes, masks, texts, labels, frame):
    """Prompts from lists of arguments. `frame` is that of arguments without @FRAME.

    Points without an id belong to object 1. Each box and each mask without an id is an object of its own.
    Errors: MaskError that quotes the argument.
    """
    prompts = Prompts(texts=list(texts))
    for text in points:
        object_id, values, at = _split(text, frame)
        is_negative = values.endswith(",-")
        numbers = _numbers(
            text, values[:-2] if is_negative else values, 2, "X,Y, with ,- behind it for a point beside the object"
        )
        prompt = _prompt(prompts, at, 1 if object_id is None else object_id)
        prompt.points.append(tuple(numbers))
        prompt.point_labels.append(0 if is_negative else 1)
    for count, text in enumerate(boxes, 1):
        object_id, values, at = _split(text, frame)
        left, top, right, bottom = _numbers(text, values, 4, "LEFT,TOP,RIGHT,BOTTOM")
        if left >= right or top >= bottom:
            raise MaskError(f"box '{text}': expected LEFT,TOP,RIGHT,BOTTOM, with LEFT below RIGHT and TOP below BOTTOM")
        _prompt(prompts, at, count if object_id is None else object_id).box = (left, top, right, bottom)
    for count, text in enumerate(masks, 1):
        object_id, name, at = _split(text, frame)
        _prompt(prompts, at, count if object_id is None else object_id).mask = _read_mask(name)
    for text in labels:
        object_id, separator, label = text.partition("=")
        if not separator or not object_id.lstrip("-").isdecimal():
            raise MaskError(f"label '{text}': expected ID=TEXT")
        prompts.labels[int(object_id)] = label
    for (at, object_id), prompt in prompts.objects.items():
        if prompt.mask is not None and (prompt.points or prompt.box):
            raise MaskError(
                f"object {object_id} on frame {at} has a mask and also points or a box; models take only one of them"
            )
    if not prompts.objects and not prompts.texts:
        raise MaskError("nothing says what to segment; give --point, --box, --mask or --text")
    return prompts


def _prompt(prompts, frame, object_id):
    return prompts.objects.setdefault((frame, object_id), ObjectPrompt())


def _split(text, frame):
    """(id or None, what is between, frame)"""
    object_id, at = None, frame
    head, separator, tail = text.rpartition("@")
    if separator and tail.isdecimal():
        text, at = head, int(tail)
    head, separator, tail = text.partition(":")
    if separator and head.isdecimal():
        object_id, text = int(head), tail
    return object_id, text, at


def _numbers(text, values, count, form):
    try:
        numbers = [float(value) for value in values.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) != count:
        raise MaskError(f"'{text}': expected [ID:]{form}[@FRAME]")
    return numbers


def _read_mask(name):
    try:
        values = read_mask_picture(name)
    except OSError as error:
        raise MaskError(f"{name}: not readable as a picture: {error}") from error
    return (values[..., :3].max(axis=-1) if values.ndim == 3 else values) > 0
