# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The sam2overlay developers
"""SAM 2 by its own package: SAM2VideoPredictor of github.com/facebookresearch/sam2.

It holds all frames of the clip in memory. Frames before the first prompt come by a second pass, backwards.
"""
import os
import tempfile

import numpy as np

from ..frames import write_pictures
from ..record import make_record, without_repeats
from .tensors import above_zero, need

INSTALL = "pip install git+https://github.com/facebookresearch/sam2"
WEIGHTS = "facebook/sam2.1-hiera-large"


def records(clip, prompts, options):
    """Yields a Record for each frame that has masks: forward from the first prompt, then backward to frame 0."""
    with tempfile.TemporaryDirectory(prefix="sam2-frames-") as scratch:
        predictor = _load(options)
        state = predictor.init_state(video_path=_input(clip, scratch), offload_video_to_cpu=True)
        _add(predictor, state, prompts)
        yield from without_repeats(_propagate(predictor, state, prompts, options))


def _load(options):
    weights = options.weights or WEIGHTS
    device = {"device": options.device} if options.device else {}
    if os.path.isfile(weights):
        builder = need("sam2.build_sam", INSTALL)
        return builder.build_sam2_video_predictor(options.config, weights, **device)
    return need("sam2.sam2_video_predictor", INSTALL).SAM2VideoPredictor.from_pretrained(weights, **device)


def _input(clip, scratch):
    """The predictor reads mp4 files and folders of JPEGs that are named by numbers. Others become such a folder."""
    if os.path.isdir(clip.path):
        names = os.listdir(clip.path)
        if all(os.path.splitext(name)[0].isdecimal() and name.lower().endswith((".jpg", ".jpeg")) for name in names):
            return clip.path
    elif os.path.splitext(clip.path)[1] in (".mp4", ".MP4"):
        return clip.path
    write_pictures(clip.path, scratch)
    return scratch


def _add(predictor, state, prompts):
    for (frame, object_id), prompt in sorted(prompts.objects.items(), key=lambda item: item[0]):
        where = {"inference_state": state, "frame_idx": frame, "obj_id": object_id}
        if prompt.mask is not None:
            predictor.add_new_mask(**where, mask=prompt.mask)
            continue
        # A box and points of one object belong into one call: a second call would replace the first.
        points = {}
        if prompt.points:
            points = {"points": np.array(prompt.points, np.float32), "labels": np.array(prompt.point_labels, np.int32)}
        box = {} if prompt.box is None else {"box": np.array(prompt.box, np.float32)}
        predictor.add_new_points_or_box(**where, **points, **box)


def _propagate(predictor, state, prompts, options):
    for reverse in (False, True) if options.direction == "both" and prompts.first_frame() > 0 else (False,):
        for frame, ids, logits in predictor.propagate_in_video(state, reverse=reverse):
            yield make_record(frame, ids, above_zero(logits), labels=prompts.labels_of(ids))
