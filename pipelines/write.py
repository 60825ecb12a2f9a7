#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The sam2overlay developers
"""Writes a clip with its masks into a new mp4, mov, mkv or webm. Sound and subtitles stay.

Frames keep their times. The picture is 4:2:0, which plays everywhere, and upright. OUT appears when it is complete: an
interrupted run leaves no file. Properties of the element follow as PROPERTY=VALUE.

Examples:
  write.py clip.mp4 clip.npz out.mp4
  write.py clip.mp4 clip.npz out.webm draw=contour+label line-width=3
  write.py clip.mp4 clip.npz out.mp4 --layout side-by-side
"""
import sys

from gstmasks.arguments import clip_parser
from gstmasks.gst import Problem
from gstmasks.overlay import Overlay
from gstmasks.run import run
from gstmasks.write import LAYOUTS, write_clip

# Look: layout, and what it sets; properties of the command line come after it.
LOOKS = {
    "default": ("masks-on-clip", []),
    "masks-only": ("masks-only", ["draw=fill", "opacity=1", "colors=#ffffff"]),
    "redact": ("masks-on-clip", ["object-effect=color", "effect-color=#000000", "draw=0", "margin=2", "missing=error"]),
    "cut-out": ("cut-out", ["background-effect=transparent", "draw=0"]),
}


def main():
    parser = clip_parser(__doc__, "OUT")
    parser.add_argument(
        "--layout", choices=LAYOUTS, default="masks-on-clip", help="what the picture shows (default: %(default)s)"
    )
    parser.add_argument(
        "--look",
        choices=LOOKS,
        default="default",
        help="redact: objects are black; cut-out: all but the objects "
        "is transparent (.mov); masks-only: white on black",
    )
    options = parser.parse_intermixed_args()
    look = options.layout if options.layout in LOOKS else options.look
    layout = options.layout if look == "default" else LOOKS[look][0]
    overlay = Overlay(options.npz, [*LOOKS[look][1], *options.settings])
    notes, rendered = write_clip(options.clip, overlay, options.out, layout)
    for note in notes:
        print("note: " + note, file=sys.stderr)
    if rendered == 0:
        raise Problem(
            f"{options.out}: written, but no mask of {options.npz} was drawn; GST_DEBUG=sam2overlay:4 says why"
        )


run(main)
