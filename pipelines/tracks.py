#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The sam2overlay developers
"""Writes where each object is in each frame into a CSV or JSON Lines file.

A line has the frame's time, the object's id and label, centroid, velocity, area and box; the reference names the
columns.

Example:
  tracks.py clip.mp4 clip.npz tracks.csv
"""
import os

from gstmasks.arguments import clip_parser
from gstmasks.gst import Gst, Problem
from gstmasks.media import look_at
from gstmasks.overlay import Overlay
from gstmasks.run import play_to_end, run
from gstmasks.write import finished_or_nothing


def main():
    options = clip_parser(__doc__, "OUT.csv").parse_intermixed_args()
    if not options.out.endswith((".csv", ".jsonl")):
        raise Problem(f"{options.out}: expected a name that ends in .csv or .jsonl")
    media = look_at(options.clip)
    overlay = Overlay(options.npz, ["silent=true", *options.settings])
    with finished_or_nothing(options.out) as part:
        pipeline = Gst.parse_launch("filesrc name=file ! decodebin ! sam2overlay name=overlay ! fakesink")
        pipeline.get_by_name("file").set_property("location", options.clip)
        overlay.apply(pipeline.get_by_name("overlay")).set_property("tracks-location", part)
        play_to_end(pipeline, media.duration, os.path.basename(options.out))


run(main)
