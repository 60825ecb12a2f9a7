# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The sam2overlay developers
"""Polygons to masks, to the pixel as COCO's own tools draw them."""
import numpy as np

SCALE = 5  # COCO draws borders on a grid that is five times as fine


def draw(polygons, height, width):
    """bool (height, width): the union of polygons. Each is a flat list x0, y0, x1, y1 ... in pixels."""
    mask = np.zeros((height, width), bool)
    for polygon in polygons:
        if len(polygon) >= 6:
            mask |= _draw_one(np.asarray(polygon, np.float64).reshape(-1, 2), height, width)
    return mask


def _draw_one(corners, height, width):
    fine = (corners * SCALE + 0.5).astype(np.int64)
    border = np.concatenate([_line(a, b) for a, b in zip(fine, np.roll(fine, -1, axis=0))])
    (x0, y0), (x1, y1) = border[:-1].T, border[1:].T
    # The border crosses a column of pixels where it steps over the column's middle on the fine grid.
    x = (np.where(x1 < x0, x1, x1 - 1) + 0.5) / SCALE - 0.5
    y = np.ceil(np.clip((np.minimum(y0, y1) + 0.5) / SCALE - 0.5, 0, height)).astype(np.int64)
    crosses = (x1 != x0) & (np.floor(x) == x) & (x >= 0) & (x <= width - 1)
    starts = x[crosses].astype(np.int64) * height + y[crosses]
    # Column by column, every crossing switches between outside and inside.
    switches = np.bincount(starts, minlength=height * width + 1)[: height * width]
    return (np.cumsum(switches) % 2 == 1).reshape(width, height).T


def _line(a, b):
    """Points from a to b, one for each step along the longer axis."""
    (xs, ys), (xe, ye) = a, b
    dx, dy = abs(xe - xs), abs(ye - ys)
    is_flat = dx >= dy
    is_flipped = xs > xe if is_flat else ys > ye
    if is_flipped:
        xs, xe, ys, ye = xe, xs, ye, ys
    steps = np.arange(max(dx, dy) + 1)
    if is_flipped:
        steps = steps[::-1]
    if dx == dy == 0:
        return np.array([[xs, ys]])
    if is_flat:
        return np.stack([steps + xs, (ys + (ye - ys) / dx * steps + 0.5).astype(np.int64)], axis=1)
    return np.stack([(xs + (xe - xs) / dy * steps + 0.5).astype(np.int64), steps + ys], axis=1)
