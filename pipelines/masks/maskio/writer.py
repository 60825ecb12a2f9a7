# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The sam2overlay developers
"""Writes records into an .npz file as they come. Memory does not grow with the masks.

All planes go into one deflated array, in the order of the records. Its shape is known at the end only: (T, N, H, W)
where all frames have the same objects and the frame numbers ascend, else (K, H, W), one plane for each pair of frame
and object. Both are the same bytes, so only the array's header differs. It lies in a deflate block of its own that is
not compressed, and is written last.
"""
import os
import struct
import zipfile
import zlib

import numpy as np

from .record import MaskError

HEADER_SIZE = 128  # a multiple of 64, as NumPy aligns the data behind it
NAME = b"masks.npy"
NPY_BYTES = 10  # magic, version, and the length of the text
CRC_POLYNOMIAL = 0xEDB88320  # of zip files, bits reversed
LARGEST_ID = 2**31 - 1


class NpzWriter:
    """Use it in a `with` statement. The file appears under its name when all went well, and not at all otherwise.

    times: list of seconds, one for each frame of the clip, or None. fps: frames a second, or None.
    still: the masks are those of one picture, (N, H, W), which the element shows on every frame.
    """

    def __init__(self, path, times=None, fps=None, level=6, still=False):
        self.path, self.times, self.fps, self.still = os.fspath(path), times, fps, still
        self.part = f"{self.path}.part-{os.getpid()}"
        self.deflate = zlib.compressobj(level, zlib.DEFLATED, -15)
        self.size = None  # (H, W)
        self.frames, self.ids = [], []  # one entry a plane
        self.scores, self.labels = [], []
        self.pairs = set()
        self.first_ids = None
        self.is_regular = True
        self.last_frame = -1
        self.records = 0

    def __enter__(self):
        try:
            self.file = open(self.part, "w+b")
        except OSError as error:
            raise MaskError(f"{self.path}: cannot be written: {error.strerror}") from error
        # The name is followed by an extra field with both sizes in 64 bits.
        self.data_start = 30 + len(NAME) + 20
        self.file.write(bytes(self.data_start + 5 + HEADER_SIZE))
        self.crc, self.raw_size = 0, HEADER_SIZE
        return self

    def __exit__(self, kind, error, trace):
        try:
            if kind is None:
                self._finish()
        finally:
            self.file.close()
            if os.path.exists(self.part):
                os.unlink(self.part)

    def add(self, record):
        """Errors: MaskError where the size differs from earlier frames, or where a frame has an object twice."""
        if self.size is None:
            self.size = record.masks.shape[1:]
        if record.masks.shape[1:] != self.size:
            raise MaskError(
                f"frame {record.frame}: masks of {_size_text(record.masks.shape[1:])}, earlier ones have "
                f"{_size_text(self.size)}; masks of one file have one size"
            )
        if self.times is not None and not 0 <= record.frame < len(self.times):
            raise MaskError(
                f"frame {record.frame}: the clip has {len(self.times)} frames, from 0 on; "
                "do these masks belong to it?"
            )
        if self.still and self.records:
            raise MaskError(f"{self.path}: masks of a second frame; a still has one")
        ids, masks = record.ids, record.masks
        self.records += 1
        if not ids:
            self._add_nothing(record.frame)
            return
        self.is_regular &= record.frame > self.last_frame and (self.first_ids is None or ids == self.first_ids)
        self.first_ids = self.first_ids or list(ids)
        self.last_frame = record.frame
        for index, object_id in enumerate(ids):
            score = float("nan") if record.scores is None else record.scores[index]
            label = "" if record.labels is None else record.labels[index]
            self._add_plane(record.frame, object_id, masks[index], score, label)

    def _add_nothing(self, frame):
        """Masks hold until the next ones, so a frame without objects needs an empty mask once there were others."""
        if not self.ids or any((frame, i) in self.pairs for i in set(self.first_ids)):
            return
        self.is_regular = False
        self._add_plane(frame, self.ids[0], np.zeros(self.size, bool), float("nan"), self.labels[0])

    def _add_plane(self, frame, object_id, plane, score, label):
        if (frame, object_id) in self.pairs:
            raise MaskError(f"frame {frame}: object {object_id} has two masks")
        if not -LARGEST_ID <= object_id <= LARGEST_ID:
            raise MaskError(f"frame {frame}: object id {object_id} does not fit into 32 bits")
        self.pairs.add((frame, object_id))
        data = np.ascontiguousarray(plane, bool).view(np.uint8)
        self.crc = zlib.crc32(data, self.crc)
        self.raw_size += data.size
        self.file.write(self.deflate.compress(data))
        self.frames.append(frame)
        self.ids.append(object_id)
        self.scores.append(score)
        self.labels.append(label)

    def _finish(self):
        if not self.frames:
            raise MaskError(f"{self.path}: not written, since no frame has an object")
        self.file.write(self.deflate.flush())
        end = self.file.tell()
        header = npy_header(self._shape())
        # An uncompressed deflate block: type 0, its length, and the length's complement.
        block = b"\0" + struct.pack("<HH", HEADER_SIZE, HEADER_SIZE ^ 0xFFFF) + header
        crc = combined_crc(zlib.crc32(header), self.crc, self.raw_size - HEADER_SIZE)
        packed_size = end - self.data_start
        self.file.seek(0)
        self.file.write(local_header(crc, packed_size, self.raw_size) + block)
        self.file.seek(end)
        masks = zipfile.ZipInfo(NAME.decode())
        masks.compress_type, masks.header_offset = zipfile.ZIP_DEFLATED, 0
        masks.CRC, masks.compress_size, masks.file_size = crc, packed_size, self.raw_size
        with zipfile.ZipFile(self.file, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.filelist.append(masks)
            archive.NameToInfo[masks.filename] = masks
            for name, array in self._side_arrays().items():
                with archive.open(name + ".npy", "w") as member:
                    np.lib.format.write_array(member, np.asarray(array), allow_pickle=False)
        self.file.flush()
        os.fsync(self.file.fileno())
        os.replace(self.part, self.path)

    def _shape(self):
        if self.is_regular and not self.still:
            count = len(self.first_ids)
            return (len(self.frames) // count, count, *self.size)
        return (len(self.frames), *self.size)

    def _side_arrays(self):
        step = len(self.first_ids) if self.is_regular else 1
        frames = np.array(self.frames[::step], np.int64)
        arrays = {} if self.still else {"frame_indices": frames}
        arrays["object_ids"] = np.array(self.first_ids if self.is_regular else self.ids, np.int64)
        if self.times is not None and not self.still:
            arrays["timestamps"] = np.array([self.times[frame] for frame in frames], np.float64)
        if self.fps and not self.still:
            arrays["fps"] = np.float64(self.fps)
        if not np.all(np.isnan(self.scores)):
            arrays["scores"] = np.array(self.scores, np.float32).reshape(
                (-1, step) if self.is_regular and not self.still else -1
            )
        if any(self.labels):
            arrays["labels"] = np.array(self.labels[:step] if self.is_regular else self.labels)
        return arrays


def npy_header(shape):
    """The header of a bool array in C order (NumPy's format 1.0), HEADER_SIZE bytes."""
    text = f"{{'descr': '|b1', 'fortran_order': False, 'shape': {tuple(int(n) for n in shape)}, }}"
    text = text.ljust(HEADER_SIZE - NPY_BYTES - 1) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text.encode("latin1")


def local_header(crc, packed_size, raw_size):
    """Of a deflated zip member with both sizes in the zip64 extra field (APPNOTE.TXT 4.3.7 and 4.5.3)."""
    fixed = struct.pack(
        "<4s5H3L2H", b"PK\3\4", 45, 0, zipfile.ZIP_DEFLATED, 0, 0x21, crc, 0xFFFFFFFF, 0xFFFFFFFF, len(NAME), 20
    )
    return fixed + NAME + struct.pack("<HHQQ", 1, 16, raw_size, packed_size)


def combined_crc(first, second, second_size):
    """The CRC-32 of two texts, from the CRC of each and the size of the second: first * x^(8 size) + second, modulo
    the CRC's polynomial, over the field of two elements."""
    power, factor, exponent = 0x80000000, 0x00800000, second_size  # x^0 and x^8, bits reversed
    while exponent:
        if exponent & 1:
            power = _product(power, factor)
        factor = _product(factor, factor)
        exponent >>= 1
    return _product(power, first) ^ second


def _product(a, b):
    result, bit = 0, 0x80000000
    while bit:
        if a & bit:
            result ^= b
        b = (b >> 1) ^ (CRC_POLYNOMIAL if b & 1 else 0)
        bit >>= 1
    return result


def _size_text(shape):
    return f"{shape[1]}x{shape[0]}"
