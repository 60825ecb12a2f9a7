#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The sam2overlay developers
"""Plays a clip with its masks and its sound in a window.

Without a display the clip is decoded as fast as it goes, without a window, and the terminal shows how far it is.

Example:
  play.py clip.mp4 clip.npz draw=contour+label
"""
import os
import sys

from gstmasks.arguments import clip_parser
from gstmasks.gst import Gst, make
from gstmasks.media import look_at
from gstmasks.overlay import Overlay
from gstmasks.run import play_to_end, run

VIDEO = 1  # of GstPlayFlags


def main():
    parser = clip_parser(__doc__)
    parser.add_argument(
        "--sink", default=os.environ.get("SINK"), help="video sink (default: SINK of the environment, else a window)"
    )
    options = parser.parse_intermixed_args()
    overlay = Overlay(options.npz, options.settings)
    media = look_at(options.clip)
    # Some sinks crash without a display.
    has_window = bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    if not options.sink and not has_window:
        print("No display: DISPLAY and WAYLAND_DISPLAY are not set. Playing without a window.", file=sys.stderr)
    sink = options.sink or ("autovideosink" if has_window else "fakesink")
    player = make("playbin", uri=Gst.filename_to_uri(os.path.abspath(options.clip)))
    player.set_property("video-filter", overlay.apply(make("sam2overlay")))
    player.set_property(
        "video-sink", Gst.parse_bin_from_description(f"videoflip video-direction=auto ! videoconvert ! {sink}", True)
    )
    if sink == "fakesink":
        # No sound: a device that is not there is not looked for.
        player.set_property("flags", VIDEO)
        player.set_property("audio-sink", make("fakesink"))
    play_to_end(player, media.duration, os.path.basename(options.clip))


run(main)
