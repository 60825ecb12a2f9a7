# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The sam2overlay developers
"""What all readers, writers and models exchange: the masks of one frame."""
from dataclasses import dataclass
from typing import List, Optional

import numpy as np


class MaskError(Exception):
    """A problem that the user can solve. Its text is one line that names the file and says what to do."""


@dataclass
class Record:
    """The masks of one frame.

    frame: number of the frame in the clip, from 0.
    ids: N object ids, whole numbers that fit into 32 bits.
    masks: bool, shape (N, H, W). N may be 0; H and W are the same in all records of a clip.
    scores: N numbers from 0 to 1, or None.
    labels: N texts, or None.
    """

    frame: int
    ids: List[int]
    masks: np.ndarray
    scores: Optional[List[float]] = None
    labels: Optional[List[str]] = None


def make_record(frame, ids, masks, scores=None, labels=None):
    """A Record of what a model gave. The lists are copied, since models change theirs later.

    masks: anything that NumPy takes as (N, H, W) or (N, 1, H, W); values other than 0 are object.
    Errors: MaskError where the numbers of ids, masks, scores and labels differ.
    """
    masks = np.asarray(masks)
    if masks.ndim == 4 and masks.shape[1] == 1:
        masks = masks[:, 0]
    ids = [int(i) for i in ids]
    scores = None if scores is None else [float(s) for s in scores]
    labels = None if labels is None else [str(text) for text in labels]
    counts = {len(ids), masks.shape[0]} | {len(column) for column in (scores, labels) if column is not None}
    if masks.ndim != 3 or len(counts) != 1:
        raise MaskError(
            f"frame {frame}: masks of shape {masks.shape} for {len(ids)} objects; expected (objects, height, width)"
        )
    if masks.dtype != bool:
        masks = masks != 0
    return Record(int(frame), ids, masks, scores, labels)


def without_repeats(records):
    """The first record of each frame. Passes in both directions give the frame between them twice."""
    seen = set()
    for record in records:
        if record.frame not in seen:
            seen.add(record.frame)
            yield record
