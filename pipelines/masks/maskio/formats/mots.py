# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The sam2overlay developers
"""Text files of the MOT challenges: MOTS (run lengths) and MOT (boxes)."""
import os

import numpy as np

from .. import rle
from ..record import MaskError, make_record

CLASSES = {1: "car", 2: "pedestrian"}
IGNORED = 10  # regions in which nothing is scored


def read_mots(path, first=None):
    """Records of lines `frame id class height width run-lengths`, in order of frames. Regions of class 10 are left out.

    first: the number of frame 0; None: 1 where that is the lowest number (MOTSChallenge), else 0 (KITTI).
    """
    try:
        with open(path, encoding="ascii") as file:
            rows = [line.split() for line in file if line.strip()]
        frames = [int(row[0]) for row in rows]
        lines = [(int(r[0]), int(r[1]), int(r[2]), int(r[3]), int(r[4]), r[5]) for r in rows]
    except (OSError, ValueError, IndexError) as error:
        raise MaskError(f"{path}: not readable as MOTS (frame id class height width run-lengths): {error}") from error
    if not rows:
        raise MaskError(f"{path}: no lines in it")
    first = (1 if min(frames) == 1 else 0) if first is None else first
    by_frame = {}
    for line in lines:
        by_frame.setdefault(line[0], []).append(line)
    for number in sorted(by_frame):
        shown = [line for line in by_frame[number] if line[2] != IGNORED]
        size = by_frame[number][0][3:5]
        masks = [rle.decode({"size": line[3:5], "counts": line[5]}) for line in shown]
        yield make_record(
            number - first,
            [line[1] for line in shown],
            np.stack(masks) if masks else np.zeros((0, *size), bool),
            labels=[CLASSES.get(line[2], "") for line in shown],
        )


class TextWriter:
    """Writes one line for each mask. kind: "mots" or "mot". Frames count from 1."""

    def __init__(self, path, ids, kind, class_id=2):
        self.path, self.kind, self.class_id, self.overlaps = path, kind, class_id, 0
        self.part = f"{path}.part-{os.getpid()}"
        self.file = open(self.part, "w", encoding="ascii")
        if kind == "mots" and max(ids) > 999:
            self.base = 0
        else:
            self.base = 1000 * class_id if kind == "mots" else 0

    def add(self, record):
        self.overlaps += int((record.masks.sum(axis=0) > 1).sum())
        for index, (object_id, mask) in enumerate(zip(record.ids, record.masks)):
            if self.kind == "mots":
                coded = rle.encode(mask)
                self.file.write(
                    f"{record.frame + 1} {self.base + object_id} {self.class_id} {mask.shape[0]} {mask.shape[1]} "
                    f"{coded['counts']}\n"
                )
                continue
            rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
            score = record.scores[index] if record.scores and record.scores[index] == record.scores[index] else 1
            self.file.write(
                f"{record.frame + 1},{object_id},{columns[0]},{rows[0]},{columns[-1] - columns[0] + 1},"
                f"{rows[-1] - rows[0] + 1},{score:g},-1,-1,-1\n"
            )

    def close(self):
        self.file.close()
        os.replace(self.part, self.path)
        notes = [f"ids were written plus {self.base}, as MOTS has them"] if self.base else []
        if self.kind == "mots" and self.overlaps:
            notes.append(f"{self.overlaps} pixels belong to several objects; the tools of MOTS refuse that")
        return notes

    def abandon(self):
        self.file.close()
        os.unlink(self.part)
