# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The sam2overlay developers
"""Arrays and objects of Python: one .npy or .npz a frame, pickles, and PyTorch's .pt files."""
import os
import pickle

import numpy as np

from ..models.tensors import to_numpy
from ..record import MaskError, make_record
from .folders import label_record, numbered

MASK_NAMES = ("masks", "mask", "out_binary_masks", "segmentation", "arr_0")
ID_NAMES = ("object_ids", "obj_ids", "ids", "out_obj_ids")
SCORE_NAMES = ("scores", "out_probs")


def read_frames(folder, first=None):
    """Records of a folder with one .npy or .npz for each frame: (H, W), (N, H, W) or (N, 1, H, W)."""
    for frame, path in numbered(array_files(folder), first):
        try:
            data = np.load(path, allow_pickle=False)
        except (OSError, ValueError) as error:
            raise MaskError(f"{path}: not readable: {error}; pickles are read by --from pickle --trust") from error
        if isinstance(data, np.ndarray):
            yield _plane_record(frame, data, None, None)
            continue
        masks = next((data[name] for name in MASK_NAMES if name in data), None)
        if masks is None:
            raise MaskError(f"{path}: no array called {', '.join(MASK_NAMES)}; it has {', '.join(data.files)}")
        ids = next((data[name] for name in ID_NAMES if name in data), None)
        yield _plane_record(frame, masks, ids, next((data[name] for name in SCORE_NAMES if name in data), None))


def array_files(folder):
    paths = [os.path.join(folder, name) for name in sorted(os.listdir(folder)) if name.endswith((".npy", ".npz"))]
    if not paths:
        raise MaskError(f"{folder}: no .npy and no .npz files in it")
    return paths


def read_pickle(path, first=None):
    """Records of a pickle. The caller has asked whether the file may be trusted: unpickling runs code of the file."""
    if path.endswith((".npy", ".npz")):
        data = np.load(path, allow_pickle=True)
        data = (
            data
            if isinstance(data, np.ndarray)
            else data[next(n for n in (*MASK_NAMES, *data.files) if n in data.files)]
        )
        return records_of(path, data.item() if data.dtype == object and data.ndim == 0 else data)
    try:
        with open(path, "rb") as file:
            return records_of(path, pickle.load(file))
    except (OSError, pickle.UnpicklingError, EOFError) as error:
        raise MaskError(f"{path}: not readable as a pickle: {error}") from error


def read_torch(path, first=None):
    """Records of a .pt file, read with weights_only: tensors, lists and dicts, no code."""
    try:
        import torch
    except ImportError as error:
        raise MaskError("reading .pt files needs PyTorch: pip install torch") from error
    try:
        data = torch.load(path, map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, RuntimeError) as error:
        raise MaskError(
            f"{path}: not readable without running code of the file: {str(error).splitlines()[0]}"
        ) from error
    return records_of(path, data)


def records_of(path, data):
    """Yields Records of what programs keep: {frame: {id: mask}}, {frame: masks}, a list of either, the dict list of
    SAM's automatic mask generator (one picture), or an array (T, N, H, W), (T, N, 1, H, W) or (T, H, W)."""
    if isinstance(data, dict) and not all(_is_number(key) for key in data):
        found = next((data[name] for name in (*MASK_NAMES, "video_segments") if name in data), None)
        if found is None:
            raise MaskError(
                f"{path}: a dict with the keys {', '.join(map(str, list(data)[:5]))}; expected frame numbers, "
                f"or one of {', '.join(MASK_NAMES)}"
            )
        data = found
    if _is_generator_list(data):
        masks = np.stack([to_numpy(entry["segmentation"]) for entry in data])
        yield make_record(
            0, range(1, len(data) + 1), masks, [entry.get("predicted_iou", float("nan")) for entry in data]
        )
        return
    if isinstance(data, dict):
        entries = [(int(frame), entry) for frame, entry in data.items()]
    elif isinstance(data, (list, tuple)) or (hasattr(data, "shape") and len(data.shape) > 2):
        entries = list(enumerate(data))
    else:
        raise MaskError(f"{path}: {type(data).__name__}; expected frames with masks")
    for frame, entry in entries:
        if isinstance(entry, dict) and not all(_is_number(key) for key in entry):
            names = {name: value for name, value in entry.items()}
            masks = next((to_numpy(names[name]) for name in MASK_NAMES if name in names), None)
            if masks is None:
                raise MaskError(f"{path}: frame {frame} is a dict with the keys {', '.join(map(str, names))}")
            ids = next((to_numpy(names[name]) for name in ID_NAMES if name in names), None)
            yield _plane_record(frame, masks, ids, None)
        elif isinstance(entry, dict):
            planes = [np.squeeze(to_numpy(mask)) for mask in entry.values()]
            if planes:
                yield make_record(frame, list(entry), _as_bool(np.stack(planes)))
        else:
            yield _plane_record(frame, to_numpy(entry), None, None)


def _plane_record(frame, values, ids, scores):
    values = np.asarray(values)
    if values.ndim == 4 and values.shape[1] == 1:
        values = values[:, 0]
    if values.ndim == 2 and values.dtype.kind in "iu" and set(np.unique(values)) - {0, 1, 255}:
        return label_record(frame, values)
    if values.ndim == 2:
        values = values[None]
    if values.ndim != 3:
        raise MaskError(f"frame {frame}: shape {values.shape}; expected (H, W) or (N, H, W)")
    masks = _as_bool(values)
    ids = np.arange(1, len(masks) + 1) if ids is None or len(ids) != len(masks) else ids
    return make_record(frame, ids, masks, scores if scores is not None and len(scores) == len(masks) else None)


def _as_bool(values):
    if values.dtype.kind != "f":
        return values != 0
    # Logits are negative outside of the object; probabilities and 0/1 never are.
    return values > (0 if values.size and values.min() < 0 else 0.5)


def _is_number(key):
    return isinstance(key, (int, np.integer)) or (isinstance(key, str) and key.isdecimal())


def _is_generator_list(data):
    return isinstance(data, (list, tuple)) and len(data) > 0 and isinstance(data[0], dict) and "segmentation" in data[0]
