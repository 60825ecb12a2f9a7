# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The sam2overlay developers
"""Reads the masks of an .npz or .npy file one plane at a time, and gives records in order of frames."""
import zipfile
import zlib

import numpy as np

from .formats.folders import label_record
from .record import MaskError, make_record

NAMES = ("masks", "mask", "segmentation", "segmentations", "segs", "arr_0")


class NpzReader:
    """path: the file. axes: letters for the axes, as the property of the element; None: from the shape and the other
    arrays.

    ids: all object ids. frames: number of records. fps: of the file, or None.
    Errors: MaskError where there is no mask array, or where its layout is none that can be streamed.
    """

    def __init__(self, path, axes=None):
        self.path = path
        try:
            with np.load(path, allow_pickle=False) as file:
                small = file.files
                name = next((n for n in NAMES if n in small), None)
                if name is None:
                    raise MaskError(f"{path}: no array called {', '.join(NAMES)}")
                side = {
                    n: file[n]
                    for n in small
                    if n in ("object_ids", "obj_ids", "ids", "frame_indices", "fps", "scores", "labels")
                }
        except (OSError, ValueError, zipfile.BadZipFile, zlib.error) as error:
            raise MaskError(f"{path}: not readable as .npz: {error}") from error
        self.member = name + ".npy"
        self.fps = float(side["fps"]) if "fps" in side else None
        self.scores, self.labels = side.get("scores"), side.get("labels")
        self.side_ids = next((side[n].tolist() for n in ("object_ids", "obj_ids", "ids") if n in side), None)
        self.side_frames = side["frame_indices"].tolist() if "frame_indices" in side else None
        with zipfile.ZipFile(path) as archive, archive.open(self.member) as stream:
            self.shape, is_fortran, self.dtype = _header(stream)
        self.shape = tuple(n for i, n in enumerate(self.shape) if not (n == 1 and len(self.shape) - 2 > i >= 2))
        if is_fortran or self.dtype.hasobject or len(self.shape) < 2:
            raise MaskError(
                f"{path}: the mask array cannot be streamed; save it by "
                "np.savez_compressed(..., masks=np.ascontiguousarray(masks))"
            )
        self.axes = axes or self._find_axes()
        if self.axes not in ("TNHW", "KHW", "THW", "NHW", "HW") or len(self.axes) != len(self.shape):
            raise MaskError(f"{path}: axes {self.axes} of shape {self.shape}; expected TNHW, KHW, THW, NHW or HW")
        self._index()

    def _find_axes(self):
        count = self.shape[0]
        if len(self.shape) != 3:
            return {2: "HW", 4: "TNHW"}.get(len(self.shape), "?")
        has_ids = self.side_ids is not None and len(self.side_ids) == count
        has_frames = self.side_frames is not None and len(self.side_frames) == count
        return "KHW" if has_ids and has_frames else "NHW" if has_ids else "THW"

    def _index(self):
        """(frame, id) of each plane. In THW the id is None: a plane may be a label map."""
        planes = self.shape[0] if len(self.shape) > 2 else 1
        if self.axes == "TNHW":
            numbers = self.side_frames or list(range(planes))
            ids = self.side_ids or list(range(1, self.shape[1] + 1))
            self.keys = [(frame, i) for frame in numbers for i in ids]
        elif self.axes == "KHW":
            self.keys = list(zip(self.side_frames, self.side_ids))
        elif self.axes == "THW":
            self.keys = [(frame, None) for frame in self.side_frames or range(planes)]
        else:
            self.keys = [(0, i) for i in self.side_ids or range(1, planes + 1)]
        total = int(np.prod(self.shape[:-2])) if len(self.shape) > 2 else 1
        if len(self.keys) != total:
            raise MaskError(f"{self.path}: {total} masks, but frame numbers and ids for {len(self.keys)}")
        self.frames = len({frame for frame, _ in self.keys})
        self.ids = (
            self.side_ids
            and sorted({int(i) for i in self.side_ids})
            or sorted({i for _, i in self.keys if i is not None})
            or [1]
        )

    def records(self):
        """Yields Records in order of frames. Only frames that stand too early in the file are kept, compressed."""
        missing = {}
        for frame, _ in self.keys:
            missing[frame] = missing.get(frame, 0) + 1
        order, kept = sorted(missing), {}
        position = 0
        for row, plane in enumerate(self._planes()):
            frame, object_id = self.keys[row]
            kept.setdefault(frame, []).append(
                (row, object_id, zlib.compress(np.packbits(plane), 1) if plane.dtype == bool else plane)
            )
            missing[frame] -= 1
            while position < len(order) and missing[order[position]] == 0:
                yield self._record(order[position], kept.pop(order[position]))
                position += 1

    def _planes(self):
        size = int(np.prod(self.shape[-2:])) * self.dtype.itemsize
        threshold = None
        with zipfile.ZipFile(self.path) as archive, archive.open(self.member) as stream:
            _header(stream)
            for _ in self.keys:
                data = stream.read(size)
                if len(data) != size:
                    raise MaskError(f"{self.path}: the mask array ends too early")
                plane = np.frombuffer(data, self.dtype).reshape(self.shape[-2:])
                if self.dtype.kind == "f":
                    if threshold is None and plane.any():
                        # As the element decides: a first plane with values outside of 0 to 1 holds logits.
                        threshold = 0 if plane.min() < 0 or plane.max() > 1 else 0.5
                    yield plane > (threshold or 0)
                elif self.axes == "THW" and self.dtype.kind in "iu" and self.dtype != bool:
                    yield plane
                else:
                    yield plane != 0

    def _record(self, frame, planes):
        if planes[0][1] is None and not isinstance(planes[0][2], bytes):
            values = planes[0][2]
            if not set(np.unique(values)) <= {0, 255}:
                return label_record(frame, values)
            planes = [(planes[0][0], 1, zlib.compress(np.packbits(values != 0), 1))]
        height, width = self.shape[-2:]
        rows, ids, masks = [], [], []
        for row, object_id, data in planes:
            mask = np.unpackbits(np.frombuffer(zlib.decompress(data), np.uint8), count=height * width).reshape(
                height, width
            )
            if mask.any():
                rows.append(row)
                ids.append(1 if object_id is None else object_id)
                masks.append(mask.astype(bool))
        stack = np.stack(masks) if masks else np.zeros((0, height, width), bool)
        return make_record(frame, ids, stack, self._scores(rows), self._labels(rows))

    def _scores(self, rows):
        values = None if self.scores is None else np.ravel(self.scores)
        if values is None or len(values) not in (len(self.keys), self._objects()):
            return None
        return [float(values[row % len(values)]) for row in rows]

    def _labels(self, rows):
        if self.labels is None or len(self.labels) not in (len(self.keys), self._objects()):
            return None
        return [str(self.labels[row % len(self.labels)]) for row in rows]

    def _objects(self):
        return self.shape[1] if self.axes == "TNHW" else len(self.keys)


def _header(stream):
    version = np.lib.format.read_magic(stream)
    read = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}.get(version)
    if read is None:
        raise MaskError(f"the mask array has npy version {version}; expected 1.0 or 2.0")
    return read(stream)
