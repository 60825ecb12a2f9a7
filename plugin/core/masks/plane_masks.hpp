// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <span>
#include <vector>

#include "masks/plane_runs.hpp"
#include "runs/run_mask.hpp"

namespace sam2::masks {

/// Makes a mask of spans, row by row. Touching spans merge.
void to_mask(std::span<const ValueSpan> spans, runs::RunMask& mask);

/// Copies the spans of a label map in the order of values, rows and columns.
void sort_by_value(const PlaneRuns& runs, std::vector<ValueSpan>& sorted);

/// Removes the spans of the first value from `sorted`, which is not empty, and returns them.
[[nodiscard]] std::span<const ValueSpan> take_first_value(std::span<const ValueSpan>& sorted);

}  // namespace sam2::masks
