# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The sam2overlay developers
"""COCO's run lengths: column by column, the numbers of pixels that are off, on, off, on ...

Compressed counts are text. Each number from the third on is stored as the difference to the one two before it. A
number is written in groups of five bits, lowest first, in two's complement: a group's bit 5 says that another one
follows, and its character is the group plus 48.
"""
import numpy as np

from .record import MaskError

FIRST_CHARACTER = 48
CONTINUED, SIGN, BITS = 0x20, 0x10, 0x1F


def decode(segmentation):
    """bool (H, W) of {"size": [H, W], "counts": list, text or bytes}.

    Errors: MaskError where the counts do not add up to H W pixels.
    """
    height, width = (int(n) for n in segmentation["size"])
    counts = segmentation["counts"]
    if isinstance(counts, (str, bytes)):
        counts = counts_of_text(counts)
    counts = np.asarray(counts, np.int64)
    if (counts < 0).any() or counts.sum() != height * width:
        raise MaskError(f"run lengths of {counts.sum()} pixels for a mask of {width}x{height}")
    values = np.zeros(len(counts), bool)
    values[1::2] = True
    return np.repeat(values, counts).reshape(width, height).T


def encode(mask):
    """{"size": [H, W], "counts": text} of a bool (H, W)."""
    return {"size": [int(n) for n in mask.shape], "counts": text_of_counts(counts_of(mask))}


def counts_of(mask):
    """List of run lengths; the first is that of pixels that are off, and may be 0."""
    pixels = np.asarray(mask, bool).T.ravel()
    changes = np.flatnonzero(np.diff(pixels)) + 1
    edges = np.concatenate(([0], changes, [pixels.size]))
    lengths = np.diff(edges).tolist()
    return [0, *lengths] if pixels.size and pixels[0] else lengths


def counts_of_text(text):
    """Errors: MaskError where the text ends within a number or has a character that no group has."""
    data = text.encode("latin1") if isinstance(text, str) else bytes(text)
    counts, value, shift, is_open = [], 0, 0, False
    for character in data:
        group = character - FIRST_CHARACTER
        if not 0 <= group < 64:
            raise MaskError(f"compressed run lengths with the character {chr(character)!r}")
        value |= (group & BITS) << shift
        shift += 5
        is_open = bool(group & CONTINUED)
        if is_open:
            continue
        if group & SIGN:
            value -= 1 << shift
        counts.append(value + (counts[-2] if len(counts) > 2 else 0))
        value, shift = 0, 0
    if is_open:
        raise MaskError("compressed run lengths that end within a number")
    return counts


def text_of_counts(counts):
    characters = []
    for index, count in enumerate(counts):
        value = count - (counts[index - 2] if index > 2 else 0)
        is_open = True
        while is_open:
            group = value & BITS
            value >>= 5
            is_open = value != (-1 if group & SIGN else 0)
            characters.append(chr(FIRST_CHARACTER + group + (CONTINUED if is_open else 0)))
    return "".join(characters)
