# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The sam2overlay developers
"""A clip whose picture says where its masks belong: a mark below each mask, in the same columns. So a frame tells by
itself whether it has its own mask, however it came."""
import subprocess

import numpy as np

import checks

WIDTH, HEIGHT, FRAMES, RATE = 640, 144, 45, 30
MOST_FRAMES = 150
SIDE, STEP = 40, 4  # of the squares, and of their way from frame to frame
MARK_ROWS = slice(110, 130)
BLACK, WHITE = 0, 255
LOOK = ["draw=fill", "opacity=1", "colors=#ff0000"]


def columns(frame):
    return slice(STEP * frame, STEP * frame + SIDE)


def mask(frame, top=40):
    """bool (HEIGHT, WIDTH)"""
    plane = np.zeros((HEIGHT, WIDTH), bool)
    plane[top : top + SIDE, columns(frame)] = True
    return plane


def make(clip, npz, frames=FRAMES, mark=BLACK, top=40):
    """Writes the clip, grey but for the marks, and its masks."""
    pictures = np.full((frames, HEIGHT, WIDTH), 128, np.uint8)
    for frame in range(frames):
        pictures[frame, MARK_ROWS, columns(frame)] = mark
    subprocess.run(
        ["gst-launch-1.0", "-q"]
        + (
            f"fdsrc blocksize={WIDTH * HEIGHT} ! rawvideoparse format=gray8 width={WIDTH} height={HEIGHT} "
            f"framerate={RATE}/1 ! videoconvert ! video/x-raw,format=I420 ! x264enc key-int-max=15 ! h264parse ! "
            f"mp4mux ! filesink location={clip}"
        ).split(),
        input=pictures.tobytes(),
        check=True,
    )
    np.savez_compressed(
        npz,
        masks=np.stack([mask(t, top) for t in range(frames)])[:, None],
        object_ids=[1],
        frame_indices=np.arange(frames),
        fps=float(RATE),
    )


def middle_of(is_set):
    """Middle of the columns that are set in most rows, or None."""
    found = np.flatnonzero(is_set.mean(axis=0) > 0.5)
    return None if len(found) < SIDE // 2 else found.mean()


def frame_number(picture, mark=BLACK):
    """The frame that a picture, uint8 (HEIGHT, WIDTH, 3), is by its mark; None without a mark of that colour."""
    rows = picture[MARK_ROWS].astype(int).mean(axis=2)
    middle = middle_of(rows < 64 if mark == BLACK else rows > 192)
    return None if middle is None else int(round((middle - (SIDE - 1) / 2) / STEP))


def wrong_pixels(picture, frame, top=40):
    """The share of the pixels that are red and should not be, or are not and should."""
    red, _, blue = np.moveaxis(picture.astype(int), 2, 0)
    return ((red - blue > 60) != mask(frame, top)).sum() / SIDE**2


def check(case, pictures, mark=BLACK, top=40):
    """Each picture has the mask of its own frame. Returns the numbers of the frames."""
    numbers = []
    for picture in pictures:
        number = frame_number(picture, mark)
        case.assertIsNotNone(number, "a picture without a mark")
        # A mask that is a frame off differs by a fifth.
        case.assertLess(wrong_pixels(picture, number, top), 0.1, f"frame {number}, the {len(numbers)}th")
        numbers.append(number)
    return numbers


def decode(path):
    """uint8 (frames, HEIGHT, WIDTH, 3) of a video or playlist, as ffmpeg shows it."""
    return pictures_of(checks.decode(path, "-pix_fmt", "rgb24"))


def pictures_of(raw):
    return np.frombuffer(raw, np.uint8).reshape(-1, HEIGHT, WIDTH, 3)
