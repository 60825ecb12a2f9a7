#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The sam2overlay developers
"""Saves the frame at a time, with its masks, as a picture.

TIME is seconds (12.5) or minutes and hours with colons (1:02.5). The frame is the one that is on the screen at that
time.

Example:
  snapshot.py clip.mp4 clip.npz 1.5 frame.png draw=contour+label
"""

from gstmasks.arguments import clip_parser
from gstmasks.gst import Gst, Problem
from gstmasks.media import look_at
from gstmasks.overlay import Overlay
from gstmasks.run import run
from gstmasks.write import finished_or_nothing

ENCODERS = {".png": "video/x-raw,format=RGB ! pngenc", ".jpg": "jpegenc quality=92", ".jpeg": "jpegenc quality=92"}


def seconds_of(text):
    """Errors: Problem where the text is no time."""
    try:
        seconds = 0.0
        for part in text.split(":"):
            seconds = 60 * seconds + float(part)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < 1e9:
        raise Problem(f"'{text}': expected a time in seconds, such as 12.5 or 1:02.5")
    return seconds


def take(clip, overlay, seconds, encoder):
    """The encoded picture of the frame at that time. Errors: Problem, also where the clip is shorter."""
    duration = look_at(clip).duration / Gst.SECOND
    if seconds >= duration > 0:
        raise Problem(f"{clip}: lasts {duration:.3f} s, which is not longer than {seconds:g} s")
    pipeline = Gst.parse_launch(
        "filesrc name=file ! decodebin ! sam2overlay name=overlay ! videoflip video-direction=auto ! "
        f"videoconvert ! {encoder} ! appsink name=out sync=false"
    )
    pipeline.get_by_name("file").set_property("location", clip)
    overlay.apply(pipeline.get_by_name("overlay"))
    try:
        _settle(pipeline, Gst.State.PAUSED)
        time = int(seconds * Gst.SECOND)
        if not pipeline.seek_simple(Gst.Format.TIME, Gst.SeekFlags.FLUSH | Gst.SeekFlags.ACCURATE, time):
            raise Problem(f"{clip}: cannot be searched by time")
        _settle(pipeline, None)
        sample = pipeline.get_by_name("out").emit("pull-preroll")
        if sample is None:
            raise Problem(f"{clip}: no frame at {seconds:g} s")
        buffer = sample.get_buffer()
        return buffer.extract_dup(0, buffer.get_size())
    finally:
        pipeline.set_state(Gst.State.NULL)


def _settle(pipeline, state):
    """Waits until the pipeline has its frame. Errors: Problem with the pipeline's own words."""
    if state is not None:
        pipeline.set_state(state)
    kinds = Gst.MessageType.ASYNC_DONE | Gst.MessageType.ERROR
    message = pipeline.get_bus().timed_pop_filtered(60 * Gst.SECOND, kinds)
    if message is None:
        raise Problem("no frame within 60 seconds")
    if message.type == Gst.MessageType.ERROR:
        raise Problem(message.parse_error()[0].message)


def main():
    options = clip_parser(__doc__, "TIME", "OUT.png").parse_intermixed_args()
    encoder = next((e for suffix, e in ENCODERS.items() if options.out.lower().endswith(suffix)), None)
    if encoder is None:
        raise Problem(f"{options.out}: expected a name that ends in {', '.join(ENCODERS)}")
    picture = take(options.clip, Overlay(options.npz, options.settings), seconds_of(options.time), encoder)
    with finished_or_nothing(options.out) as part, open(part, "wb") as file:
        file.write(picture)


run(main)
