# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The sam2overlay developers
"""The video predictor of SAM 3: requests and streams of dicts with arrays. Empty masks are dropped."""
import numpy as np
import scene

OBJECTS = {"square": [0, 1], "other": [0]}
FIRST_SEEN = {0: 2, 1: 0}  # the detector finds object 0 on frame 2


class Predictor:
    def __init__(self):
        self.sessions = {}

    def handle_request(self, request):
        kind = request["type"]
        if kind == "start_session":
            self.sessions["s"] = {"objects": {}, "start": None}
            return {"session_id": "s"}
        session = self.sessions[request["session_id"]]
        if kind == "add_prompt":
            frame = request["frame_index"]
            if request.get("points") is not None:
                assert request.get("text") is None and request.get("obj_id") is not None
                assert all(0 <= v <= 1 for point in request["points"] for v in point), "relative coordinates"
                session["objects"][request["obj_id"]] = frame
            else:
                boxes = request.get("bounding_boxes")
                assert (boxes is None) == (request.get("bounding_box_labels") is None)
                assert boxes is None or all(0 <= v <= 1 for box in boxes for v in box)
                session["objects"] = dict.fromkeys(OBJECTS.get(request.get("text"), [0]), frame)  # starts over
                session["late"] = request.get("text") == "square"
            return {"frame_index": frame, "outputs": None}
        assert kind == "close_session", kind
        del self.sessions[request["session_id"]]
        return {"is_success": True}

    def handle_stream_request(self, request):
        assert request["type"] == "propagate_in_video"
        session = self.sessions[request["session_id"]]
        start, direction = request["start_frame_index"], request.get("propagation_direction", "both")
        order = list(range(start, scene.FRAMES)) if direction in ("both", "forward") else []
        order += list(range(start - 1, -1, -1)) if direction in ("both", "backward") else []
        for frame in order:
            yield {"frame_index": frame, "outputs": self._outputs(session, frame)}

    @staticmethod
    def _outputs(session, frame):
        ids, masks = [], []
        for object_id in sorted(session["objects"]):
            # Object 1 of a text is the one that hides.
            mask = scene.square(7 if object_id in (1, 7) else 3, frame)
            if session.get("late") and frame < FIRST_SEEN[object_id]:
                continue
            if mask.any():
                ids.append(object_id)
                masks.append(mask)
        return {
            "out_obj_ids": np.array(ids, np.int64),
            "out_probs": np.array([0.5 + 0.25 * i for i in ids], np.float32),
            "out_boxes_xywh": np.zeros((len(ids), 4), np.float32),
            "out_binary_masks": np.array(masks, bool).reshape(len(ids), scene.HEIGHT, scene.WIDTH),
            "frame_stats": None,
        }


def build_sam3_video_predictor(*_, gpus_to_use=None, **__):
    return Predictor()
