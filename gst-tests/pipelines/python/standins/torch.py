# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The sam2overlay developers
"""As much of PyTorch as masks need. A tensor off the CPU, or of bfloat16, has no NumPy array, as with PyTorch."""
import numpy as np


class Tensor:
    def __init__(self, array, device="cuda", dtype=None):
        self.array, self.device, self.dtype = np.asarray(array), device, dtype

    shape = property(lambda self: self.array.shape)

    def __len__(self):
        return len(self.array)

    def __getitem__(self, index):
        return Tensor(self.array[index], self.device, self.dtype)

    def __iter__(self):
        return (self[i] for i in range(len(self.array)))

    def __gt__(self, other):
        return Tensor(self.array > other, self.device)

    def __int__(self):
        return int(self.array)

    def __array__(self, dtype=None):
        return self.numpy()

    def tolist(self):
        return self.array.tolist()

    def detach(self):
        return self

    def cpu(self):
        return Tensor(self.array, "cpu", self.dtype)

    def numpy(self):
        if self.device != "cpu":
            raise TypeError("can't convert cuda:0 device type tensor to numpy. Use Tensor.cpu() first.")
        if self.dtype == "bfloat16":
            raise TypeError("Got unsupported ScalarType BFloat16")
        return self.array


class cuda:
    @staticmethod
    def is_available():
        return False
