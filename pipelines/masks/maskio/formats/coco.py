# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The sam2overlay developers
"""JSON with COCO's run lengths or polygons: COCO and LVIS (images), YouTube-VIS (videos), and SA-V."""
import json
import os

import numpy as np

from .. import polygons, rle
from ..clip import number_in
from ..record import MaskError, make_record


def load(path):
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except (OSError, ValueError) as error:
        raise MaskError(f"{path}: not readable as JSON: {error}") from error


def read_sav(path, first=None):
    """Records of a file of SA-V: run lengths by frame and object. Every fourth frame of the video has masks.

    An object that is absent has a mask without pixels.
    """
    data = load(path)
    masklet, ids = data["masklet"], data.get("masklet_id") or range(len(data["masklet"][0]))
    count = data.get("video_frame_count", 0)
    step = max(1, round((count - 1) / (len(masklet) - 1))) if count and len(masklet) > 1 else 4
    for index, row in enumerate(masklet):
        masks = np.stack([rle.decode(segmentation) for segmentation in row])
        yield make_record(index * step, ids, masks)


def read_coco(path, first=None, video=None, by_label=False):
    """Records of COCO, LVIS or YouTube-VIS. video: name or id of the video of a file with several.

    Identity is `track_id`, `instance_id` or that of a YouTube-VIS annotation; without them each annotation is an
    object of its own. by_label: all annotations of one category are one object.
    """
    data = load(path)
    if isinstance(data, list):
        data = {"annotations": data}
    annotations = data.get("annotations") or []
    names = {category["id"]: str(category.get("name", category["id"])) for category in data.get("categories") or []}
    if not annotations:
        raise MaskError(f"{path}: no annotations in it")
    if "segmentations" in annotations[0]:
        yield from _of_video(path, data, annotations, names, video, by_label)
        return
    frames, sizes = _frames_of_images(data, annotations, first, video)
    by_frame = {frame: [] for frame in frames.values()}
    for index, annotation in enumerate(annotations):
        if annotation["image_id"] in frames:
            by_frame[frames[annotation["image_id"]]].append((index, annotation))
    image_of = {frame: image for image, frame in frames.items()}
    for frame in sorted(by_frame):
        shapes = [
            (
                _id_of(annotation, index),
                annotation.get("category_id"),
                annotation.get("score"),
                _mask(path, annotation["segmentation"], sizes.get(image_of[frame])),
            )
            for index, annotation in by_frame[frame]
        ]
        record = shapes_record(frame, shapes, names, by_label, sizes.get(image_of[frame]))
        if record is not None:
            yield record


def _frames_of_images(data, annotations, first, video):
    """({image id: frame}, {image id: (H, W)}). The frame is `frame_id`, else the number in the file's name, else the
    order.
    """
    images = data.get("images") or [{"id": i} for i in sorted({annotation["image_id"] for annotation in annotations})]
    if video is not None:
        images = [
            image
            for image in images
            if str(image.get("video_id", os.path.dirname(image.get("file_name", "")))) == str(video)
        ]
    sizes = {image["id"]: (image["height"], image["width"]) for image in images if "height" in image}
    numbers = [image.get("frame_id", image.get("frame_index")) for image in images]
    if None in numbers or len(set(numbers)) != len(numbers):
        numbers = [number_in(image.get("file_name", "")) for image in images]
    if None in numbers or len(set(numbers)) != len(numbers):
        return {image["id"]: index for index, image in enumerate(images)}, sizes
    if first is None:
        first = 1 if min(numbers) == 1 else 0
    if len(images) == 1:
        first = numbers[0]
    return {image["id"]: number - first for image, number in zip(images, numbers)}, sizes


def _of_video(path, data, annotations, names, video, by_label):
    videos = {entry["id"]: entry for entry in data.get("videos") or []}
    present = sorted({annotation["video_id"] for annotation in annotations})
    wanted = [i for i in present if video is None or str(video) in (str(i), str(videos.get(i, {}).get("name", "")))]
    if len(wanted) != 1:
        raise MaskError(f"{path}: masks of {len(present)} videos; choose one by --video, e.g. --video {present[0]}")
    chosen = [(i, a) for i, a in enumerate(annotations) if a["video_id"] == wanted[0]]
    size = next((tuple(s["size"]) for _, a in chosen for s in a["segmentations"] if isinstance(s, dict)), None)
    entry = videos.get(wanted[0], {})
    size = (entry["height"], entry["width"]) if "height" in entry else size
    numbers = [number_in(name) for name in entry.get("file_names") or []]
    for index in range(max(len(annotation["segmentations"]) for _, annotation in chosen)):
        frame = numbers[index] if None not in numbers and len(set(numbers)) > index else index
        shapes = [
            (
                annotation.get("id", i),
                annotation.get("category_id"),
                annotation.get("score"),
                _mask(path, annotation["segmentations"][index], size),
            )
            for i, annotation in chosen
            if annotation["segmentations"][index]
        ]
        record = shapes_record(frame, shapes, names, by_label, size)
        if record is not None:
            yield record


def shapes_record(frame, shapes, names, by_label, size):
    """A Record of shapes (id, category, score or None, bool (H, W)). None where neither shapes nor a size are there."""
    if by_label:
        merged = {}
        for _, category, score, mask in shapes:
            before = merged.get(category)
            merged[category] = (score, mask if before is None else before[1] | mask)
        order = {category: number for number, category in enumerate(sorted(names, key=str), 1)}
        shapes = [(order.get(c, c), c, score, mask) for c, (score, mask) in merged.items()]
    if not shapes:
        return None if size is None else make_record(frame, [], np.zeros((0, *size), bool))
    ids, categories, scores, masks = zip(*shapes)
    has_scores = any(score is not None for score in scores)
    return make_record(
        frame,
        ids,
        np.stack(masks),
        scores=[float("nan") if score is None else score for score in scores] if has_scores else None,
        labels=[names.get(category, "") for category in categories] if names else None,
    )


def _id_of(annotation, index):
    attributes = annotation.get("attributes") or {}
    for name in ("track_id", "instance_id", "object_id"):
        for place in (annotation, attributes):
            if place.get(name) is not None:
                return int(place[name])
    return int(annotation.get("id", index + 1))


def _mask(path, segmentation, size):
    if isinstance(segmentation, dict):
        return rle.decode(segmentation)
    if size is None:
        raise MaskError(
            f"{path}: polygons, but nothing says how large the picture is; expected `images` with height and width"
        )
    return polygons.draw(segmentation, *size)


class CocoWriter:
    """Writes COCO's JSON: an image for each frame, an annotation with compressed run lengths for each mask.

    Annotations go to the file as they come; images and categories, which are short, follow at the end.
    """

    def __init__(self, path, ids):
        self.part = f"{path}.part-{os.getpid()}"
        self.path, self.images, self.count, self.names = path, [], 0, {}
        self.file = open(self.part, "w", encoding="utf-8")
        self.file.write('{"annotations": [')

    def add(self, record):
        height, width = (int(n) for n in record.masks.shape[1:])
        image = record.frame + 1
        self.images.append(
            {
                "id": image,
                "file_name": f"{record.frame:05d}.jpg",
                "frame_id": record.frame,
                "height": height,
                "width": width,
            }
        )
        for index, (object_id, mask) in enumerate(zip(record.ids, record.masks)):
            rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
            box = [int(columns[0]), int(rows[0]), int(columns[-1] - columns[0] + 1), int(rows[-1] - rows[0] + 1)]
            label = record.labels[index] if record.labels else ""
            annotation = {
                "id": self.count + 1,
                "image_id": image,
                "track_id": object_id,
                "iscrowd": 0,
                "bbox": box,
                "category_id": self.names.setdefault(label or "object", len(self.names) + 1),
                "area": int(mask.sum()),
                "segmentation": rle.encode(mask),
            }
            if record.scores and record.scores[index] == record.scores[index]:
                annotation["score"] = round(record.scores[index], 6)
            self.file.write(("," if self.count else "") + "\n" + json.dumps(annotation))
            self.count += 1

    def close(self):
        categories = [{"id": number, "name": name} for name, number in self.names.items()]
        self.file.write("\n],\n" + f'"images": {json.dumps(self.images)},\n"categories": {json.dumps(categories)}}}\n')
        self.file.close()
        os.replace(self.part, self.path)
        return []

    def abandon(self):
        self.file.close()
        os.unlink(self.part)
