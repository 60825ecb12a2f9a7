# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The sam2overlay developers
"""Streaming sessions of Sam2Video and Sam3Video: prompts count for the last call only, and nothing is forgotten."""
from types import SimpleNamespace

import numpy as np
import scene
import torch


class Session:
    def __init__(self, **_):
        self.processed_frames = None
        self.obj_ids, self.obj_with_new_inputs = [], []
        self.output_dict_per_obj = {}
        self.prompted = set()
        self.video_height = self.video_width = None

    def add_new_frame(self, pixel_values, frame_idx=None):
        self.processed_frames = {} if self.processed_frames is None else self.processed_frames
        frame_idx = len(self.processed_frames) if frame_idx is None else frame_idx
        self.processed_frames[frame_idx] = pixel_values
        assert len(self.processed_frames) < 70, "memory grows with the clip"
        return frame_idx


class Processor:
    @classmethod
    def from_pretrained(cls, name):
        return cls()

    def init_video_session(self, video=None, inference_device="cpu", **_):
        assert video is None, "all frames in memory"
        return Session()

    def __call__(self, images, device=None, return_tensors=None):
        assert images.shape == (scene.HEIGHT, scene.WIDTH, 3) and images.dtype == np.uint8
        return SimpleNamespace(
            pixel_values=torch.Tensor(np.zeros((1, 3, 8, 8))),
            original_sizes=torch.Tensor([[scene.HEIGHT, scene.WIDTH]], "cpu"),
        )


class Sam2VideoProcessor(Processor):
    def add_inputs_to_inference_session(
        self,
        inference_session,
        frame_idx,
        obj_ids,
        input_points=None,
        input_labels=None,
        input_boxes=None,
        input_masks=None,
        original_size=None,
        clear_old_inputs=True,
    ):
        obj_ids = [obj_ids] if isinstance(obj_ids, int) else obj_ids
        if (input_points is not None) != (input_labels is not None):
            raise ValueError("points and labels must be provided together")
        if input_points is not None:
            assert np.asarray(input_points).ndim == 4 and np.asarray(input_labels).ndim == 3
        if input_boxes is not None:
            assert np.asarray(input_boxes).ndim == 3
        if input_masks is None:
            assert original_size is not None
        inference_session.obj_ids += [i for i in obj_ids if i not in inference_session.obj_ids]
        inference_session.obj_with_new_inputs = list(obj_ids)

    def post_process_masks(self, masks, original_sizes, binarize=True):
        assert original_sizes.tolist() == [[scene.HEIGHT, scene.WIDTH]] and not binarize
        return [torch.Tensor(mask.array.repeat(1, axis=0), dtype="bfloat16") for mask in masks]


class Model:
    @classmethod
    def from_pretrained(cls, name):
        return cls()

    def to(self, device):
        return self


class Sam2VideoModel(Model):
    def __call__(self, inference_session, frame_idx=None, frame=None, reverse=False):
        frame_idx = inference_session.add_new_frame(frame, frame_idx)
        if not inference_session.obj_ids:
            raise ValueError("No objects are provided for tracking; please add inputs first.")
        inference_session.prompted |= set(inference_session.obj_with_new_inputs)
        inference_session.obj_with_new_inputs = []
        for index in range(len(inference_session.obj_ids)):
            outputs = inference_session.output_dict_per_obj.setdefault(
                index, {"cond_frame_outputs": {}, "non_cond_frame_outputs": {}}
            )
            outputs["non_cond_frame_outputs"][frame_idx] = "memory"
            assert len(outputs["non_cond_frame_outputs"]) < 70, "memory grows with the clip"
        planes = scene.logits(inference_session.obj_ids, frame_idx)
        for index, object_id in enumerate(inference_session.obj_ids):
            if object_id not in inference_session.prompted:
                planes[index] = -1024.0
        return SimpleNamespace(pred_masks=torch.Tensor(planes), frame_idx=frame_idx)


class Sam3VideoProcessor(Processor):
    def add_text_prompt(self, inference_session, text):
        inference_session.texts = [text] if isinstance(text, str) else text
        return inference_session

    def postprocess_outputs(self, inference_session, model_outputs, original_sizes=None):
        assert original_sizes is not None, "needed when streaming"
        ids = model_outputs.ids
        masks = np.array([scene.square(3 if i == 0 else 7, model_outputs.frame) for i in ids], bool)
        return {
            "object_ids": torch.Tensor(np.array(ids, np.int64), "cpu"),
            "scores": torch.Tensor(np.array([0.75] * len(ids), np.float32)),
            "boxes": None,
            "masks": torch.Tensor(masks.reshape(len(ids), scene.HEIGHT, scene.WIDTH)),
            "prompt_to_obj_ids": {text: [i for i in ids if i == n] for n, text in enumerate(inference_session.texts)},
        }


class Sam3VideoModel(Model):
    def __call__(self, inference_session, frame_idx=None, frame=None, reverse=False):
        frame_idx = inference_session.add_new_frame(frame, frame_idx)
        ids = [
            i for i in (0, 1) if scene.square(3 if i == 0 else 7, frame_idx).any() and frame_idx >= (2 if i == 0 else 0)
        ]
        return SimpleNamespace(ids=ids, frame=frame_idx)
