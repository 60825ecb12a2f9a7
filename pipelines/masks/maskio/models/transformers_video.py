# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The sam2overlay developers
"""SAM 2 and SAM 3 by Hugging Face's transformers, one frame at a time.

Frames go through a streaming session, and what the session keeps of old frames is dropped. So memory is flat in the
length of the clip. A stream has no second pass: frames before the first prompt get no masks.
"""
from ..frames import read_frames
from ..record import MaskError, make_record
from .tensors import above_zero, need, to_numpy

INSTALL = "pip install transformers torch"
SAM2_WEIGHTS, SAM3_WEIGHTS = "facebook/sam2.1-hiera-large", "facebook/sam3"
KEPT_FRAMES = 64  # more than the 7 memories and 16 object pointers that SAM 2 looks back on


def records(clip, prompts, options):
    """Yields a Record for each frame, from the first prompt on."""
    if prompts.texts and prompts.objects:
        raise MaskError("transformers takes texts or points, boxes and masks, not both in one run")
    yield from (_by_text if prompts.texts else _by_place)(clip, prompts, options)


def _load(names, weights, options):
    package = need("transformers", INSTALL)
    torch = need("torch", INSTALL)
    device = options.device or ("cuda" if torch.cuda.is_available() else "cpu")
    try:
        model, processor = (getattr(package, name) for name in names)
    except AttributeError as error:
        raise MaskError(
            f"this version of transformers has no {names[0]}; install a newer one with: {INSTALL} --upgrade"
        ) from error
    return model.from_pretrained(weights).to(device), processor.from_pretrained(weights), device


def _by_place(clip, prompts, options):
    names = ("Sam2VideoModel", "Sam2VideoProcessor")
    model, processor, device = _load(names, options.weights or SAM2_WEIGHTS, options)
    session = processor.init_video_session(inference_device=device, video_storage_device="cpu")
    for frame, picture in enumerate(read_frames(clip.path)):
        if frame < prompts.first_frame():
            continue
        inputs = processor(images=picture, device=device, return_tensors="pt")
        size = inputs.original_sizes[0]
        added = [_add(processor, session, frame, i, prompt, size) for i, prompt in prompts.on_frame(frame).items()]
        if added:
            # Each call forgets the objects of the call before. The model then would not look at their prompts.
            session.obj_with_new_inputs = added
        outputs = model(inference_session=session, frame=inputs.pixel_values[0], frame_idx=frame)
        masks = processor.post_process_masks(
            [outputs.pred_masks], original_sizes=inputs.original_sizes, binarize=False
        )[0]
        ids = list(session.obj_ids)
        yield make_record(frame, ids, above_zero(masks), labels=prompts.labels_of(ids))
        _forget(session, frame - KEPT_FRAMES)


def _add(processor, session, frame, object_id, prompt, size):
    inputs = {}
    if prompt.mask is not None:
        # A mask needs the session's frame size as well, which only points and boxes set.
        session.video_height, session.video_width = (int(n) for n in size)
        inputs["input_masks"] = prompt.mask
    if prompt.points:
        inputs["input_points"] = [[[list(point) for point in prompt.points]]]
        inputs["input_labels"] = [[list(prompt.point_labels)]]
    if prompt.box is not None:
        inputs["input_boxes"] = [[list(prompt.box)]]
    processor.add_inputs_to_inference_session(
        inference_session=session, frame_idx=frame, obj_ids=object_id, original_size=size, **inputs
    )
    return object_id


def _by_text(clip, prompts, options):
    names = ("Sam3VideoModel", "Sam3VideoProcessor")
    model, processor, device = _load(names, options.weights or SAM3_WEIGHTS, options)
    session = processor.init_video_session(inference_device=device, processing_device="cpu", video_storage_device="cpu")
    processor.add_text_prompt(session, list(prompts.texts))
    for frame, picture in enumerate(read_frames(clip.path)):
        inputs = processor(images=picture, device=device, return_tensors="pt")
        outputs = model(inference_session=session, frame=inputs.pixel_values[0], frame_idx=frame, reverse=False)
        found = processor.postprocess_outputs(session, outputs, original_sizes=inputs.original_sizes)
        text_of = {int(i): text for text, ids in found["prompt_to_obj_ids"].items() for i in ids}
        ids = [int(i) for i in to_numpy(found["object_ids"])]
        labels = [text_of.get(i, "") for i in ids]
        yield make_record(frame, ids, to_numpy(found["masks"]), to_numpy(found["scores"]), labels)
        _forget(session, frame - KEPT_FRAMES)


def _forget(session, before):
    """Drops pictures and memories of frames before that one, apart from those with prompts."""
    for frame in [f for f in session.processed_frames or () if f < before]:
        del session.processed_frames[frame]
    for outputs in getattr(session, "output_dict_per_obj", {}).values():
        memories = outputs["non_cond_frame_outputs"]
        for frame in [f for f in memories if f < before]:
            del memories[frame]
