# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The sam2overlay developers
"""The command lines of the pipelines."""
import argparse


def plain_parser(description):
    """A parser of arguments whose help has the lines of the description as they are."""
    return argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)


def clip_parser(description, *names):
    """A parser of CLIP NPZ, further names, and PROPERTY=VALUE as often as wanted. To be used by
    parse_intermixed_args(), whose result has clip, npz, settings, and the names without suffix in small letters.
    """
    parser = plain_parser(description)
    for name in ("CLIP", "NPZ", *names):
        parser.add_argument(name.partition(".")[0].lower(), metavar=name)
    parser.add_argument("settings", metavar="PROPERTY=VALUE", nargs="*")
    return parser
