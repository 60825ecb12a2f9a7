# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The sam2overlay developers
"""Facts about a clip: its size, its rate, and the time of each frame.

Times come from PyAV where it is installed (Debian: python3-av), else from ffprobe, else from GStreamer. All of them
count from the clip's first frame, because that is the frame that segmentation tools call 0.
"""
import os
import subprocess
from dataclasses import dataclass
from typing import List, Optional

from .record import MaskError

PICTURES = (".jpg", ".jpeg", ".png")


@dataclass
class Clip:
    """times: seconds from the first frame on, one for each frame; None for a folder of pictures without a rate."""

    path: str
    frames: int
    times: Optional[List[float]]
    fps: Optional[float]


def open_clip(path, fps=None):
    """Looks at a video, or at a folder of pictures, whose rate `fps` then is (None: not known).

    Errors: MaskError where the path is no video and no folder of pictures.
    """
    if not os.path.exists(path):
        raise MaskError(f"{path}: no such file")
    if os.path.isdir(path):
        count = len(pictures_in(path))
        times = [index / fps for index in range(count)] if fps else None
        return Clip(path, count, times, fps)
    times = frame_times(path)
    if not times:
        raise MaskError(f"{path}: no video found in it")
    return Clip(path, len(times), times, fps or usual_rate(times))


def usual_rate(times):
    """Frames a second of evenly spaced times, rounded to a rate in use: some containers round times to milliseconds."""
    if len(times) < 2 or times[-1] <= times[0]:
        return None
    measured = (len(times) - 1) / (times[-1] - times[0])
    usual = min(
        (rate for whole in (round(measured), round(measured * 1.001)) for rate in (whole, whole * 1000 / 1001)),
        key=lambda rate: abs(rate - measured),
    )
    return usual if abs(usual - measured) * (times[-1] - times[0]) < 0.1 else measured


def pictures_in(folder):
    """Paths of the pictures in a folder, by the numbers in their names where all have one, else by name.

    Errors: MaskError where there is none.
    """
    names = [name for name in os.listdir(folder) if name.lower().endswith(PICTURES) and not name.startswith(".")]
    if not names:
        raise MaskError(f"{folder}: no pictures ({', '.join(PICTURES)}) in this folder")
    numbers = [number_in(name) for name in names]
    order = sorted(zip(numbers, names)) if None not in numbers else sorted((0, name) for name in names)
    return [os.path.join(folder, name) for _, name in order]


def number_in(name):
    """The last number in a file's name, without its suffix; None where there is none."""
    stem = os.path.splitext(os.path.basename(name))[0]
    digits = "".join(c if c.isdecimal() else " " for c in stem).split()
    return int(digits[-1]) if digits else None


def frame_times(path):
    """Seconds from the first frame on, one for each frame in order of display."""
    for method in (_times_by_pyav, _times_by_ffprobe, _times_by_gstreamer):
        times = method(path)
        if times is not None:
            times = sorted(times)
            return [time - times[0] for time in times]
    raise MaskError(
        "The times of frames need PyAV (Debian: python3-av), ffprobe (Debian: ffmpeg), or GStreamer's Python "
        "bindings (Debian: python3-gst-1.0); none is installed"
    )


def _times_by_pyav(path):
    try:
        import av
    except ImportError:
        return None
    try:
        with av.open(path) as container:
            if not container.streams.video:
                return []
            stream = container.streams.video[0]
            stream.thread_type = "AUTO"
            return [float(frame.pts * stream.time_base) for frame in container.decode(stream) if frame.pts is not None]
    except (OSError, ValueError, av.AVError if hasattr(av, "AVError") else av.FFmpegError) as error:
        raise MaskError(f"{path}: not readable as video: {error}") from error


def _times_by_ffprobe(path):
    command = [
        "ffprobe",
        "-v",
        "error",
        "-select_streams",
        "v:0",
        "-show_entries",
        "frame=best_effort_timestamp_time",
        "-of",
        "csv=print_section=0",
        path,
    ]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return None
    if done.returncode != 0:
        raise MaskError(f"{path}: not readable as video: {done.stderr.strip().splitlines()[-1:]}")
    words = (line.split(",")[0].strip() for line in done.stdout.splitlines())
    return [float(word) for word in words if word and word != "N/A"]


def _times_by_gstreamer(path):
    from .frames import gstreamer_buffers

    buffers = gstreamer_buffers(path, "decodebin ! video/x-raw", "fakesink")
    return None if buffers is None else [time for time, _ in buffers]
