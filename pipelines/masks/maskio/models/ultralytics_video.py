# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The sam2overlay developers
"""SAM 2 and SAM 3 by the package ultralytics: a generator of Results, one for each frame.

Results leave out objects that are not seen, and those of SAM 2 do not say which ones are left. The predictor's state
does.
"""
import os

import numpy as np

from ..record import MaskError, make_record
from .tensors import need, to_numpy

INSTALL = "pip install ultralytics"
SAM2_WEIGHTS, SAM3_WEIGHTS = "sam2.1_l.pt", "sam3.pt"


def records(clip, prompts, options):
    """Yields a Record for each frame. All prompts are on frame 0, where the predictors begin."""
    if prompts.texts and prompts.objects:
        raise MaskError("ultralytics takes texts or points, boxes and masks, not both in one run")
    weights = options.weights or (SAM3_WEIGHTS if prompts.texts else SAM2_WEIGHTS)
    overrides = {"task": "segment", "mode": "predict", "model": weights, "save": False, "verbose": False}
    if options.device:
        overrides["device"] = options.device
    models = need("ultralytics.models.sam", INSTALL)
    if prompts.texts:
        predictor = models.SAM3VideoSemanticPredictor(overrides=overrides)
        arguments = {"text": list(prompts.texts)}
    else:
        is_sam3 = os.path.basename(weights).startswith("sam3")
        predictor = (models.SAM3VideoPredictor if is_sam3 else models.SAM2VideoPredictor)(overrides=overrides)
        arguments = _arguments(prompts)
    for frame, result in enumerate(predictor(source=clip.path, stream=True, **arguments)):
        yield _record(frame, result, predictor, prompts)


def _arguments(prompts):
    if any(frame != 0 for frame, _ in prompts.objects):
        raise MaskError("ultralytics takes prompts on frame 0 only; use --model sam2 for others")
    given = list(prompts.on_frame(0).values())
    if all(prompt.box is not None and not prompt.points for prompt in given):
        return {"bboxes": [list(prompt.box) for prompt in given]}
    if all(prompt.mask is not None for prompt in given):
        return {"masks": np.stack([prompt.mask for prompt in given]).astype(np.float32)}
    counts = {len(prompt.points) for prompt in given}
    if any(prompt.box is not None or prompt.mask is not None for prompt in given) or len(counts) != 1:
        raise MaskError(
            "ultralytics takes one kind of prompt for all objects, and as many points for each; use --model sam2"
        )
    return {
        "points": [[list(point) for point in prompt.points] for prompt in given],
        "labels": [list(prompt.point_labels) for prompt in given],
    }


def _record(frame, result, predictor, prompts):
    size = tuple(result.orig_shape)
    masks = np.zeros((0, *size), bool) if result.masks is None else to_numpy(result.masks.data) > 0
    if masks.shape[1:] != size:
        raise MaskError(
            f"frame {frame}: masks of {masks.shape[2]}x{masks.shape[1]} for a picture of {size[1]}x{size[0]}; "
            "set retina_masks=True"
        )
    boxes = result.boxes
    if boxes is not None and boxes.id is not None:
        ids = [int(i) for i in to_numpy(boxes.id)]
        classes = [int(c) for c in to_numpy(boxes.cls)]
        texts = prompts.texts
        labels = [texts[c] if c < len(texts) else "" for c in classes] if texts else None
        return make_record(frame, ids, masks, to_numpy(boxes.conf), labels)
    ids = _visible_ids(frame, len(masks), predictor, prompts)
    return make_record(frame, ids, masks, labels=prompts.labels_of(ids))


def _visible_ids(frame, count, predictor, prompts):
    """The ids of the masks of this frame, in order. The predictor counts its objects in the order of the prompts."""
    ids = prompts.ids()
    if count == len(ids):
        return ids
    if count == 0:
        return []
    outputs = getattr(predictor, "inference_state", {}).get("output_dict", {})
    frames = {**outputs.get("non_cond_frame_outputs", {}), **outputs.get("cond_frame_outputs", {})}
    if frames:
        logits = to_numpy(frames[max(frames)]["pred_masks"] > 0)
        visible = [i for i, mask in zip(ids, logits.reshape(len(logits), -1)) if mask.any()]
        if len(visible) == count:
            return visible
    raise MaskError(
        f"frame {frame}: {count} masks for {len(ids)} objects, and ultralytics does not say whose they are; "
        "segment one object a run, or use --model sam2"
    )
