#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The sam2overlay developers
"""Prints the number of video frames of each file, on one line. Frames are counted without decoding them.

Example:
  count-frames.py clip.mp4 out.mp4
"""
import argparse
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from gstmasks.gst import Gst, Problem  # noqa: E402
from gstmasks.run import play_to_end, run  # noqa: E402


def count_frames(path):
    """Errors: Problem where the file cannot be read."""
    if not os.path.isfile(path):
        raise Problem(f"{path}: no such file")
    pipeline = Gst.parse_launch("filesrc name=file ! parsebin name=parser")
    pipeline.get_by_name("file").set_property("location", path)
    counts = []

    def on_pad(_, pad):
        sink = Gst.ElementFactory.make("fakesink")
        sink.set_property("async", False)
        pipeline.add(sink)
        sink.sync_state_with_parent()
        pad.link(sink.get_static_pad("sink"))
        caps = pad.get_current_caps() or pad.query_caps(None)
        if caps[0].get_name().startswith(("video/", "image/")) and not counts:
            counts.append(0)
            pad.add_probe(Gst.PadProbeType.BUFFER, count)

    def count(pad, info):
        counts[0] += 1
        return Gst.PadProbeReturn.OK

    pipeline.get_by_name("parser").connect("pad-added", on_pad)
    play_to_end(pipeline)
    return counts[0] if counts else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", metavar="FILE", nargs="+")
    print(*(count_frames(path) for path in parser.parse_args().files))


run(main)
