// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "composite/rows_kernels.hpp"

namespace sam2::composite {

extern const KernelSet kBaselineKernels;
const KernelSet kBaselineKernels = {"baseline", kAllKernels};

}  // namespace sam2::composite
