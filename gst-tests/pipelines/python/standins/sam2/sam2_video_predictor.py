# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The sam2overlay developers
"""SAM2VideoPredictor as it behaves: the list of ids is the state's own, reverse begins with the start frame again."""
import os

import numpy as np
import scene
import torch


class SAM2VideoPredictor:
    @classmethod
    def from_pretrained(cls, model_id, **_):
        assert "/" in model_id, model_id
        return cls()

    def init_state(
        self, video_path, offload_video_to_cpu=False, offload_state_to_cpu=False, async_loading_frames=False
    ):
        if os.path.isdir(video_path):
            names = [n for n in os.listdir(video_path) if os.path.splitext(n)[-1] in (".jpg", ".jpeg", ".JPG", ".JPEG")]
            count = len(sorted(names, key=lambda n: int(os.path.splitext(n)[0])))
        elif os.path.splitext(video_path)[-1] in (".mp4", ".MP4"):
            count = scene.FRAMES
        else:
            raise NotImplementedError("Only MP4 video and JPEG folder are supported at this moment")
        return {"obj_ids": [], "num_frames": count, "prompts": {}}

    def add_new_points_or_box(
        self,
        inference_state,
        frame_idx,
        obj_id,
        points=None,
        labels=None,
        clear_old_points=True,
        normalize_coords=True,
        box=None,
    ):
        if (points is not None) != (labels is not None):
            raise ValueError("points and labels must be provided together")
        if points is None and box is None:
            raise ValueError("at least one of points or box must be provided as input")
        if points is not None:
            assert points.ndim == 2 and points.dtype == np.float32 and labels.dtype == np.int32
        return self._add(inference_state, frame_idx, obj_id, "box" if box is not None else "points")

    def add_new_mask(self, inference_state, frame_idx, obj_id, mask):
        assert mask.ndim == 2 and mask.dtype == bool
        return self._add(inference_state, frame_idx, obj_id, "mask")

    def _add(self, state, frame, obj_id, kind):
        assert (frame, obj_id) not in state["prompts"], "the second call replaces the first"
        state["prompts"][frame, obj_id] = kind
        if obj_id not in state["obj_ids"]:
            state["obj_ids"].append(obj_id)
        return frame, state["obj_ids"], self._masks(state, frame)

    def propagate_in_video(self, inference_state, start_frame_idx=None, max_frame_num_to_track=None, reverse=False):
        start = min(frame for frame, _ in inference_state["prompts"])
        order = (
            range(start, -1, -1)
            if reverse and start > 0
            else []
            if reverse
            else range(start, inference_state["num_frames"])
        )
        for frame in order:
            yield frame, inference_state["obj_ids"], self._masks(inference_state, frame)
        inference_state["obj_ids"].append(-1)  # who keeps the list sees what later calls do to it
        inference_state["obj_ids"].pop()

    @staticmethod
    def _masks(state, frame):
        return torch.Tensor(scene.logits(state["obj_ids"], frame), dtype="bfloat16")
