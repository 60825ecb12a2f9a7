# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The sam2overlay developers
"""The frames of a clip as upright RGB pictures, one at a time.

Frames are turned as the file's rotation tag says, as ffmpeg turns them: masks are made on upright frames. OpenCV is
not used, because some versions turn frames the wrong way round (4.6 of Debian 12 does).
"""
import os

import numpy as np

from .clip import pictures_in
from .record import MaskError


def read_frames(path):
    """Yields uint8 arrays (H, W, 3), RGB, upright: the frames of a video, or the pictures of a folder.

    It decodes with PyAV 13 or newer, else with GStreamer.
    Errors: MaskError where none of them is installed, or where the file has no video.
    """
    if os.path.isdir(path):
        yield from (read_picture(name) for name in pictures_in(path))
        return
    for method in (_by_pyav, _by_gstreamer):
        frames = method(path)
        if frames is not None:
            count = 0
            for frame in frames:
                count += 1
                yield frame
            if count == 0:
                raise MaskError(f"{path}: no video found in it")
            return
    raise MaskError(
        "Reading video needs PyAV 13 or newer (pip install av) or GStreamer's Python bindings (Debian: "
        "python3-gst-1.0); neither is installed"
    )


def read_picture(path):
    """uint8 (H, W, 3), RGB."""
    return np.asarray(image_module().open(path).convert("RGB"))


def read_mask_picture(path):
    """The pixel values of a picture as they are stored: palette indices, grey values, or (H, W, 3 or 4)."""
    picture = image_module().open(path)
    return np.asarray(picture if picture.mode in ("P", "L", "I", "I;16", "1", "RGB", "RGBA") else picture.convert("L"))


def write_pictures(path, folder):
    """Writes the frames of a video as 00000.jpg, 00001.jpg ... into a folder. Returns their number."""
    image, count = image_module(), 0
    for count, frame in enumerate(read_frames(path), 1):
        image.fromarray(frame).save(os.path.join(folder, f"{count - 1:05d}.jpg"), quality=95, subsampling=0)
    return count


def image_module():
    """Pillow's Image. Errors: MaskError where Pillow is not installed."""
    try:
        from PIL import Image
    except ImportError as error:
        raise MaskError("Pictures need Pillow (pip install pillow; Debian: python3-pil)") from error
    return Image


def _by_pyav(path):
    try:
        import av
    except ImportError:
        return None
    # Older versions do not say how frames are turned.
    return _pyav_frames(av, path) if hasattr(av.VideoFrame, "rotation") else None


def _pyav_frames(av, path):
    with av.open(path) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        for frame in container.decode(stream):
            # Degrees counter-clockwise, as in np.rot90.
            yield np.rot90(frame.to_ndarray(format="rgb24"), round(frame.rotation / 90) % 4)


def _by_gstreamer(path):
    return _gstreamer_frames(path) if gstreamer() is not None else None


def _gstreamer_frames(path):
    flow = "decodebin ! videoconvert ! videoflip video-direction=auto ! video/x-raw,format=RGB"
    for _, (shape, data) in gstreamer_buffers(path, flow, "appsink"):
        height, width = shape
        stride = len(data) // height
        rows = np.frombuffer(data, np.uint8).reshape(height, stride)
        yield rows[:, : 3 * width].reshape(height, width, 3)


def gstreamer():
    """The module Gst, or None where the bindings are not installed."""
    try:
        import gi

        gi.require_version("Gst", "1.0")
        from gi.repository import Gst
    except (ImportError, ValueError):
        return None
    Gst.init(None)
    return Gst


def gstreamer_buffers(path, flow, kind):
    """Yields (seconds, ((H, W), bytes)) for each buffer behind `flow`; with kind "fakesink", None for the picture.

    None where GStreamer's bindings are not installed. Errors: MaskError with GStreamer's own words.
    """
    gst = gstreamer()
    return None if gst is None else _pull(gst, path, flow, kind == "appsink")


def _pull(gst, path, flow, with_pictures):
    pipeline = gst.parse_launch(f"filesrc name=file ! {flow} ! appsink name=out sync=false max-buffers=4")
    pipeline.get_by_name("file").set_property("location", path)
    sink = pipeline.get_by_name("out")
    pipeline.set_state(gst.State.PLAYING)
    try:
        while True:
            sample = sink.emit("pull-sample")
            if sample is None:
                message = pipeline.get_bus().pop_filtered(gst.MessageType.ERROR)
                if message is not None:
                    raise MaskError(f"{path}: {message.parse_error()[0].message}")
                return
            buffer, caps = sample.get_buffer(), sample.get_caps()[0]
            time = sample.get_segment().to_stream_time(gst.Format.TIME, buffer.pts) / gst.SECOND
            shape = (caps.get_value("height"), caps.get_value("width"))
            yield time, (shape, buffer.extract_dup(0, buffer.get_size())) if with_pictures else None
    finally:
        pipeline.set_state(gst.State.NULL)
