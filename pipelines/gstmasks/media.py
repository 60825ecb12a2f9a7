# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The sam2overlay developers
"""What is in a clip."""
import os
from dataclasses import dataclass

from .gst import GLib, Gst, GstPbutils, Problem


@dataclass
class Media:
    """width and height are those of the stored frames. rate: frames a second as (numerator, denominator), (0, 1) if
    it varies. duration: ns. orientation: the tag, such as "rotate-90", or None.
    """

    width: int
    height: int
    rate: tuple
    duration: int
    audio: int
    subtitles: int
    orientation: str

    def is_turned(self):
        return self.orientation not in (None, "rotate-0")


def look_at(path):
    """Errors: Problem where the file is not there, or has no video."""
    if not os.path.isfile(path):
        raise Problem(f"{path}: no such file")
    try:
        info = GstPbutils.Discoverer.new(20 * Gst.SECOND).discover_uri(Gst.filename_to_uri(os.path.abspath(path)))
    except GLib.Error as error:
        raise Problem(f"{path}: {error.message}") from error
    videos = info.get_video_streams()
    if not videos:
        raise Problem(f"{path}: no video found in it")
    video = videos[0]
    orientation = None
    for tags in (info.get_tags(), video.get_tags()):
        if tags is not None and orientation is None:
            is_there, value = tags.get_string("image-orientation")
            orientation = value if is_there else None
    return Media(
        video.get_width(),
        video.get_height(),
        (video.get_framerate_num(), video.get_framerate_denom()),
        info.get_duration(),
        len(info.get_audio_streams()),
        len(info.get_subtitle_streams()),
        orientation,
    )
