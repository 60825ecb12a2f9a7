# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The sam2overlay developers
"""From PyTorch's tensors to NumPy's arrays. Nothing here imports PyTorch; packages that give tensors do."""
import importlib

import numpy as np

from ..record import MaskError


def to_numpy(values):
    """An array of a tensor on any device, of an array, or of a list."""
    values = values.detach() if hasattr(values, "detach") else values
    values = values.cpu() if hasattr(values, "cpu") else values
    return values.numpy() if hasattr(values, "numpy") else np.asarray(values)


def above_zero(logits):
    """Masks of logits (N, 1, H, W). The comparison comes before NumPy, which does not know bfloat16."""
    return to_numpy(logits > 0)


def need(name, install):
    """The module of that name. Errors: MaskError that says how to install it."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise MaskError(
            f"the package {name.split('.')[0]} is needed and cannot be imported ({error}); install it with: {install}"
        ) from error
