# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The sam2overlay developers
"""SAM 3 by its own package: the video predictor of github.com/facebookresearch/sam3, driven by requests."""
from ..frames import read_frames
from ..record import MaskError, make_record, without_repeats
from .tensors import need

INSTALL = "pip install git+https://github.com/facebookresearch/sam3"


def records(clip, prompts, options):
    """Yields a Record for each frame. The number of objects varies, and is 0 where none is seen.

    Each text is a session of its own, because a new text makes the predictor forget the one before. Ids of later
    sessions go on where those of earlier ones ended.
    """
    weights = {"checkpoint_path": options.weights} if options.weights else {}
    predictor = need("sam3.model_builder", INSTALL).build_sam3_video_predictor(**weights)
    first_id = 0
    for requests, label in _sessions(clip, prompts):
        session = predictor.handle_request({"type": "start_session", "resource_path": clip.path})["session_id"]
        highest = first_id - 1
        for record in without_repeats(_run(predictor, session, requests, options)):
            ids = [first_id + i for i in record.ids]
            highest = max([highest, *ids])
            labels = [label] * len(ids) if label else prompts.labels_of(ids)
            yield make_record(record.frame, ids, record.masks, record.scores, labels)
        predictor.handle_request({"type": "close_session", "session_id": session})
        first_id = highest + 1


def _run(predictor, session, requests, options):
    for request in requests:
        predictor.handle_request({"type": "add_prompt", "session_id": session, **request})
    stream = {
        "type": "propagate_in_video",
        "session_id": session,
        "propagation_direction": options.direction,
        "start_frame_index": min(request["frame_index"] for request in requests),
    }
    for response in predictor.handle_stream_request(stream):
        outputs = response["outputs"]
        if outputs is not None:
            yield make_record(
                response["frame_index"], outputs["out_obj_ids"], outputs["out_binary_masks"], outputs["out_probs"]
            )


def _sessions(clip, prompts):
    """Yields (requests without their session, label) for each session."""
    for text in prompts.texts:
        yield [{"frame_index": 0, "text": text}], text
    if not prompts.objects:
        return
    if any(prompt.mask is not None for prompt in prompts.objects.values()):
        raise MaskError("SAM 3 takes no masks as prompts; use --model sam2, or points")
    height, width = next(iter(read_frames(clip.path))).shape[:2]
    points, boxes = [], {}
    for (frame, object_id), prompt in sorted(prompts.objects.items(), key=lambda item: item[0]):
        if prompt.box is not None and prompt.points:
            raise MaskError(f"object {object_id}: SAM 3 takes points or a box, not both")
        if prompt.box is not None:
            left, top, right, bottom = prompt.box
            boxes.setdefault(frame, []).append(
                [left / width, top / height, (right - left) / width, (bottom - top) / height]
            )
        else:
            relative = [[x / width, y / height] for x, y in prompt.points]
            points.append(
                {"frame_index": frame, "points": relative, "point_labels": prompt.point_labels, "obj_id": object_id}
            )
    for frame, frame_boxes in boxes.items():
        # A box is an example: SAM 3 segments all objects that look like it.
        yield [
            {"frame_index": frame, "bounding_boxes": frame_boxes, "bounding_box_labels": [1] * len(frame_boxes)}
        ], None
    if points:
        yield points, None
