# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The sam2overlay developers
"""Videos that are white where an object is."""
import subprocess

import numpy as np

from ..frames import read_frames
from ..record import MaskError, make_record

ENCODERS = {
    ".mkv": "videoconvert ! video/x-raw,format=GRAY8 ! avenc_ffv1 ! matroskamux",  # exact
    ".mp4": "videoconvert ! video/x-raw,format=I420 ! x264enc pass=quant quantizer=8 ! h264parse ! mp4mux",
    ".webm": "videoconvert ! video/x-raw,format=I420 ! vp9enc deadline=1 cq-level=4 end-usage=cq ! webmmux",
}


def read_video(path, first=None, threshold=127):
    """Records of one object, 1: pixels whose mean of red, green and blue is above the threshold (0 to 255)."""
    for frame, picture in enumerate(read_frames(path)):
        mask = picture.astype(np.uint16).sum(axis=2) > 3 * threshold
        yield make_record(frame, [1] if mask.any() else [], mask[None] if mask.any() else mask[None][:0])


class VideoWriter:
    """Writes a video, white where any object is. Frames without a record show the one before them.

    The suffix chooses the codec: .mkv (FFV1, exact), .mp4 (H.264) or .webm (VP9).
    """

    def __init__(self, path, ids, fps):
        suffix = path[path.rfind(".") :]
        if suffix not in ENCODERS:
            raise MaskError(f"{path}: expected a name that ends in {', '.join(ENCODERS)}")
        self.path, self.fps, self.encoder = path, fps, ENCODERS[suffix]
        self.process, self.next_frame, self.last = None, 0, None

    def add(self, record):
        shown = record.masks.any(axis=0).astype(np.uint8) * 255
        if self.process is None:
            self._start(*shown.shape)
            self.last = np.zeros_like(shown)
        try:
            while self.next_frame <= record.frame:
                picture = shown if self.next_frame == record.frame else self.last
                self.process.stdin.write(picture.tobytes())
                self.next_frame += 1
        except BrokenPipeError as error:
            raise MaskError(f"{self.path}: {self.process.stderr.read().decode().strip()}") from error
        self.last = shown

    def _start(self, height, width):
        numerator, denominator = (round(self.fps * 1001), 1001) if self.fps != int(self.fps) else (int(self.fps), 1)
        source = f"fdsrc ! rawvideoparse format=gray8 width={width} height={height} framerate={numerator}/{denominator}"
        self.part = f"{self.path}.part"
        self.process = subprocess.Popen(
            ["gst-launch-1.0", "-q", *f"{source} ! {self.encoder} ! filesink".split(), f"location={self.part}"],
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def close(self):
        import os

        self.process.stdin.close()
        errors = self.process.stderr.read().decode().strip()
        if self.process.wait() != 0:
            raise MaskError(f"{self.path}: {errors}")
        os.replace(self.part, self.path)
        return []

    def abandon(self):
        import os

        if self.process is not None:
            self.process.kill()
            self.process.wait()
            if os.path.exists(self.part):
                os.unlink(self.part)
