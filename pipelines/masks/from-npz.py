#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The sam2overlay developers
"""Converts an .npz file with masks for other programs.

Formats (--to):
  davis    folder of palette pictures, 00000.png ...: a pixel's value is the object's id
  objects  folder with one folder of pictures for each object
  coco     JSON of COCO: compressed run lengths, one annotation for each mask, with track_id
  mots     text of MOTS; frames count from 1
  mot      text of MOT: boxes; frames count from 1
  video    video that is white where any object is: .mkv (exact), .mp4 or .webm

Examples:
  from-npz.py clip.npz --to davis -o annotations/clip
  from-npz.py clip.npz --to coco -o clip.json
"""
import argparse

from maskio.command import run
from maskio.formats import coco, folders, mask_video, mots
from maskio.progress import progress
from maskio.reader import NpzReader


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("input", metavar="MASKS.npz")
    parser.add_argument("-o", "--output", required=True, metavar="OUT", help="a file, or a folder")
    parser.add_argument(
        "--to", dest="format", required=True, choices=("davis", "objects", "coco", "mots", "mot", "video")
    )
    parser.add_argument("--axes", help="order of the array's axes: TNHW, KHW, THW, NHW or HW (default: found out)")
    parser.add_argument("--fps", type=float, help="frames a second of a mask video (default: the file's fps, else 30)")
    parser.add_argument(
        "--class", dest="class_id", type=int, default=2, metavar="N", help="class of mots (default: 2, pedestrian)"
    )
    return parser.parse_args()


def open_writer(options, reader):
    if options.format == "davis":
        return folders.PaletteWriter(options.output, reader.ids)
    if options.format == "objects":
        return folders.ObjectsWriter(options.output, reader.ids)
    if options.format == "coco":
        return coco.CocoWriter(options.output, reader.ids)
    if options.format == "video":
        return mask_video.VideoWriter(options.output, reader.ids, options.fps or reader.fps or 30)
    return mots.TextWriter(options.output, reader.ids, options.format, options.class_id)


def main():
    options = parse_arguments()
    reader = NpzReader(options.input, options.axes)
    writer = open_writer(options, reader)
    try:
        for record in progress(reader.records(), reader.frames, "converting"):
            writer.add(record)
    except BaseException:
        getattr(writer, "abandon", lambda: None)()
        raise
    notes = writer.close()
    print(f"{options.output}: {options.format}, {reader.frames} frames, {len(reader.ids)} objects")
    for note in notes:
        print(f"note: {note}")


run(main)
