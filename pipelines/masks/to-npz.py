#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The sam2overlay developers
"""Converts masks of other programs into an .npz file for the element sam2overlay.

Formats (--from):
  palette      folder of pictures whose pixels are object ids: DAVIS, YouTube-VOS, SAM 2's own tool
  objects      folder with one folder of pictures for each object
  sav          JSON of SA-V
  coco         JSON of COCO, LVIS or YouTube-VIS: run lengths or polygons
  mots         text of MOTS
  cvat         annotations.xml, "CVAT for video 1.1" or "CVAT for images 1.1"
  labelstudio  JSON of Label Studio: brush masks and polygons
  video        video that is white where the object is
  arrays       folder with one .npy or .npz for each frame
  pickle       pickle, only with --trust, because unpickling runs code of the file
  pt           PyTorch file, read with weights_only

Examples:
  to-npz.py DAVIS/Annotations/480p/dog -o dog.npz
  to-npz.py annotations.json -o clip.npz --fps 30
  to-npz.py matte.mov -o matte.npz --threshold 200
"""
import argparse
import os

from maskio.clip import PICTURES, open_clip
from maskio.command import run
from maskio.formats import arrays, coco, cvat, folders, labelstudio, mask_video, mots
from maskio.progress import progress
from maskio.record import MaskError
from maskio.writer import NpzWriter

READERS = {
    "palette": folders.read_palette,
    "objects": folders.read_objects,
    "sav": coco.read_sav,
    "coco": coco.read_coco,
    "mots": mots.read_mots,
    "cvat": cvat.read_cvat,
    "labelstudio": labelstudio.read_labelstudio,
    "video": mask_video.read_video,
    "arrays": arrays.read_frames,
    "pickle": arrays.read_pickle,
    "pt": arrays.read_torch,
}
SUFFIXES = {
    ".txt": "mots",
    ".xml": "cvat",
    ".pkl": "pickle",
    ".pickle": "pickle",
    ".npy": "pickle",
    ".npz": "pickle",
    ".pt": "pt",
    ".pth": "pt",
}
VIDEOS = (".mp4", ".mov", ".mkv", ".webm", ".avi", ".m4v", ".ts", ".ogv", ".mpg")


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("input", metavar="INPUT", help="a file or a folder")
    parser.add_argument("-o", "--output", required=True, metavar="MASKS.npz")
    parser.add_argument("--from", dest="format", choices=READERS, help="format (default: found out)")
    parser.add_argument(
        "--first",
        type=int,
        metavar="N",
        help="number that the first frame of the clip has in file names and "
        "lines (default: 1 if that is the lowest number, else 0)",
    )
    parser.add_argument("--clip", metavar="VIDEO", help="the clip of the masks: its times are saved with them")
    parser.add_argument("--fps", type=float, help="frames a second that the frame numbers count")
    parser.add_argument("--video", metavar="NAME", help="the video to take from a file with several (coco)")
    parser.add_argument(
        "--by-label", action="store_true", help="all masks of one label are one object (coco, cvat, labelstudio)"
    )
    parser.add_argument(
        "--threshold",
        type=int,
        default=127,
        metavar="V",
        help="grey value above which a pixel is the object " "(video; default: 127)",
    )
    parser.add_argument("--still", action="store_true", help="the masks are those of one picture, shown on every frame")
    parser.add_argument("--trust", action="store_true", help="read pickles, which may run any code")
    return parser.parse_args()


def find_format(path):
    """Errors: MaskError where nothing tells the format."""
    if os.path.isdir(path):
        names = os.listdir(path)
        if any(name.lower().endswith(PICTURES) for name in names):
            return "palette"
        return "arrays" if any(name.endswith((".npy", ".npz")) for name in names) else "objects"
    suffix = os.path.splitext(path)[1].lower()
    if suffix in VIDEOS:
        return "video"
    if suffix == ".json":
        return find_json_format(coco.load(path))
    if suffix in SUFFIXES:
        return SUFFIXES[suffix]
    raise MaskError(f"{path}: the format is not clear from its name; give --from {'|'.join(READERS)}")


def find_json_format(data):
    if isinstance(data, dict) and "masklet" in data:
        return "sav"
    first = data[0] if isinstance(data, list) and data else data
    is_task = isinstance(first, dict) and (
        "completions" in first or isinstance(first.get("annotations"), list) and "data" in first
    )
    return "labelstudio" if is_task else "coco"


def read(options, kind):
    arguments = {"first": options.first}
    if kind in ("coco", "cvat", "labelstudio"):
        arguments["by_label"] = options.by_label
    if kind == "coco":
        arguments["video"] = options.video
    if kind == "video":
        arguments["threshold"] = options.threshold
    return READERS[kind](options.input, **arguments)


def clip_of(options, kind):
    """(times, fps) of the frames: of --clip, of a mask video itself, or of a file that says its rate."""
    if options.clip or kind == "video":
        clip = open_clip(options.clip or options.input, options.fps)
        return clip.times, clip.fps
    if options.fps or kind != "sav":
        return None, options.fps
    data = coco.load(options.input)
    seconds = data.get("video_duration")
    return None, round(data["video_frame_count"] / seconds, 3) if seconds and data.get("video_frame_count") else 24.0


def main():
    options = parse_arguments()
    if not os.path.exists(options.input):
        raise MaskError(f"{options.input}: no such file")
    kind = options.format or find_format(options.input)
    if kind == "pickle" and not options.trust:
        raise MaskError(f"{options.input}: unpickling runs code of the file; --trust reads it all the same")
    times, fps = clip_of(options, kind)
    with NpzWriter(options.output, times, fps, still=options.still) as writer:
        try:
            for record in progress(read(options, kind), None, "converting"):
                writer.add(record)
        except (KeyError, TypeError, IndexError) as error:
            raise MaskError(
                f"{options.input}: not what {kind} files look like: {type(error).__name__} {error}"
            ) from error
    print(f"{options.output}: {kind}, {writer.records} frames, {len(set(writer.ids))} objects")


run(main)
