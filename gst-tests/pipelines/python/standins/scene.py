# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The sam2overlay developers
"""The objects that the stand-ins see: squares that move by a pixel a frame. Object 7 is hidden from frame 6 to 8.

SCENE of the environment is another size: WIDTHxHEIGHTxFRAMES.
"""
import os

import numpy as np

WIDTH, HEIGHT, FRAMES = (int(n) for n in os.environ.get("SCENE", "64x48x12").split("x"))
HIDDEN = range(6, 9)


def square(object_id, frame):
    """bool (HEIGHT, WIDTH)"""
    mask = np.zeros((HEIGHT, WIDTH), bool)
    if object_id == 7 and frame in HIDDEN:
        return mask
    left, top = {3: (4, 5), 7: (30, 20)}.get(object_id, (16 * object_id - 10, 32))
    mask[top : top + 10, left + frame : left + frame + 12] = True
    return mask


def logits(object_ids, frame):
    """float32 (N, 1, HEIGHT, WIDTH), -1024 everywhere for objects that are hidden."""
    planes = []
    for object_id in object_ids:
        mask = square(object_id, frame)
        planes.append(np.where(mask, 3.5, -1024.0 if not mask.any() else -8.0))
    return np.array(planes, np.float32)[:, None]
