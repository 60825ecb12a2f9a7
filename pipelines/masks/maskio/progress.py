# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The sam2overlay developers
"""A progress bar for long work: tqdm where it is installed (Debian: python3-tqdm), else a line every few seconds."""
import sys
import time


def progress(items, total=None, label="", unit="frame"):
    """The items, unchanged, while their number is shown on standard error, if that is a terminal."""
    if not sys.stderr.isatty():
        return items
    try:
        from tqdm import tqdm
    except ImportError:
        return _lines(items, total, label, unit)
    return tqdm(items, total=total, desc=label, unit=unit, file=sys.stderr)


def _lines(items, total, label, unit):
    shown = time.monotonic()
    count = 0
    for count, item in enumerate(items, 1):
        yield item
        if time.monotonic() - shown > 2:
            shown = time.monotonic()
            of_total = f" of {total}" if total else ""
            print(f"{label}: {count}{of_total} {unit}s", file=sys.stderr)
