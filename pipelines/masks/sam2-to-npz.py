#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The sam2overlay developers
"""Segments a video by SAM 2 or SAM 3, and saves the masks as .npz for the element sam2overlay.

Prompts have the form [ID:]VALUES[@FRAME]. ID is the object's number. Points without it belong to object 1; each box
and each mask without it is an object of its own, counted from 1. FRAME is the frame that the prompt is about
(default: --frame). Coordinates are pixels of the upright frame.

Examples:
  sam2-to-npz.py clip.mp4 -o clip.npz --point 420,180
  sam2-to-npz.py clip.mp4 -o clip.npz --point 1:420,180 --point 1:300,90,- --box 2:10,20,110,220@15 --label 1=dog
  sam2-to-npz.py clip.mp4 -o clip.npz --text "yellow school bus" --model transformers
"""
import argparse
import importlib.util

from maskio.clip import open_clip
from maskio.command import run
from maskio.progress import progress
from maskio.prompts import parse_prompts
from maskio.record import MaskError
from maskio.writer import NpzWriter

# Package, and the module of maskio.models that drives it.
MODELS = {
    "sam2": "sam2_video",
    "sam3": "sam3_video",
    "transformers": "transformers_video",
    "ultralytics": "ultralytics_video",
}


def parse_arguments():
    text, _, examples = __doc__.partition("Prompts have")
    parser = argparse.ArgumentParser(
        description=text, epilog="Prompts have" + examples, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("video", metavar="VIDEO", help="a video, or a folder of pictures")
    parser.add_argument("-o", "--output", required=True, metavar="MASKS.npz")
    parser.add_argument(
        "--point",
        action="append",
        default=[],
        metavar="[ID:]X,Y[,-][@FRAME]",
        help="a point on the object; with ,- a point beside it",
    )
    parser.add_argument("--box", action="append", default=[], metavar="[ID:]LEFT,TOP,RIGHT,BOTTOM[@FRAME]")
    parser.add_argument(
        "--mask",
        action="append",
        default=[],
        metavar="[ID:]PICTURE[@FRAME]",
        help="a mask of the object; pixels that are not black are the object",
    )
    parser.add_argument(
        "--text", action="append", default=[], metavar="WORDS", help="what to segment, in words (SAM 3)"
    )
    parser.add_argument("--label", action="append", default=[], metavar="ID=TEXT", help="name of an object")
    parser.add_argument(
        "--frame", type=int, default=0, metavar="N", help="frame of prompts without @FRAME, from 0 (default: 0)"
    )
    parser.add_argument(
        "--model",
        choices=MODELS,
        help="the Python package that segments; transformers has the "
        "lowest memory on long clips (default: the first of these that is installed; with --text, not sam2)",
    )
    parser.add_argument("--weights", metavar="NAME", help="a checkpoint, or a name on Hugging Face")
    parser.add_argument(
        "--config",
        default="configs/sam2.1/sam2.1_hiera_l.yaml",
        metavar="YAML",
        help="configuration of sam2 that belongs to a checkpoint (default: %(default)s)",
    )
    parser.add_argument("--device", help="cuda, mps or cpu (default: what the package chooses)")
    parser.add_argument(
        "--direction",
        choices=("both", "forward"),
        default="both",
        help="also segment the frames before the first prompt (sam2, sam3), or not (default: both)",
    )
    parser.add_argument("--fps", type=float, help="frames a second of a folder of pictures")
    return parser.parse_args()


def choose_model(options):
    """Errors: MaskError where no package is installed, or where the chosen one takes no text."""
    if options.model == "sam2" and options.text:
        raise MaskError("sam2 takes no text; use --model sam3 or --model transformers")
    if options.model:
        return options.model
    for name in MODELS:
        if not (name == "sam2" and options.text) and importlib.util.find_spec(name):
            return name
    raise MaskError(f"none of {', '.join(MODELS)} is installed; for SAM 2: pip install transformers torch")


def main():
    options = parse_arguments()
    prompts = parse_prompts(options.point, options.box, options.mask, options.text, options.label, options.frame)
    model = importlib.import_module("maskio.models." + MODELS[choose_model(options)])
    clip = open_clip(options.video, options.fps)
    last = max((frame for frame, _ in prompts.objects), default=0)
    if last >= clip.frames:
        raise MaskError(f"a prompt is about frame {last}; {options.video} has {clip.frames} frames, from 0 on")
    with NpzWriter(options.output, clip.times, clip.fps) as writer:
        for record in progress(model.records(clip, prompts, options), clip.frames, "segmenting"):
            writer.add(record)
    print(f"{options.output}: masks of {writer.records} of {clip.frames} frames, " f"{len(set(writer.ids))} objects")


run(main)
