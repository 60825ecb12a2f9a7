# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The sam2overlay developers
"""Generators of Results. Hidden objects are left out; `boxes.id` is None but for the predictor that takes text."""
from types import SimpleNamespace

import numpy as np
import scene
import torch


def result(masks, ids=None, classes=None):
    if not len(masks):
        return SimpleNamespace(
            orig_shape=(scene.HEIGHT, scene.WIDTH),
            masks=None,
            boxes=SimpleNamespace(id=None, conf=torch.Tensor([]), cls=torch.Tensor([])),
        )
    tensor = torch.Tensor(np.array(masks, bool))
    boxes = SimpleNamespace(
        id=None if ids is None else torch.Tensor(np.array(ids, np.float32)),
        conf=torch.Tensor(np.full(len(masks), 0.5, np.float32)),
        cls=torch.Tensor(np.array(classes if classes else range(len(masks)), np.float32)),
    )
    return SimpleNamespace(
        orig_shape=(scene.HEIGHT, scene.WIDTH), masks=SimpleNamespace(data=tensor), boxes=boxes, names={0: "0", 1: "1"}
    )


class SAM2VideoPredictor:
    def __init__(self, overrides=None):
        assert overrides["mode"] == "predict"
        self.inference_state = {}

    def __call__(self, source, stream=False, bboxes=None, points=None, labels=None, masks=None):
        assert stream, "all results in memory"
        count = len(bboxes if bboxes is not None else points if points is not None else masks)
        ids = [7, 3][:count]
        outputs = {"cond_frame_outputs": {}, "non_cond_frame_outputs": {}}
        self.inference_state["output_dict"] = outputs
        for frame in range(scene.FRAMES):
            planes = scene.logits(ids, frame)
            # The dataset's counter of frames stands at 1 when the first one is there.
            outputs["cond_frame_outputs" if frame == 0 else "non_cond_frame_outputs"][frame + 1] = {
                "pred_masks": torch.Tensor(planes[:, :, ::4, ::4], dtype="bfloat16")
            }
            yield result([plane[0] > 0 for plane in planes if (plane > 0).any()])


class SAM3VideoSemanticPredictor:
    def __init__(self, overrides=None):
        assert overrides["model"] == "sam3.pt"

    def __call__(self, source, stream=False, text=None):
        for frame in range(scene.FRAMES):
            seen = [(i, scene.square(3 if i == 0 else 7, frame)) for i in (0, 1)]
            seen = [(i, mask) for i, mask in seen if mask.any() and (frame >= 2 or i == 1)]
            yield result([mask for _, mask in seen], [i for i, _ in seen], [i for i, _ in seen])
