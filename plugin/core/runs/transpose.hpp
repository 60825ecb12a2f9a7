// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "runs/run_mask.hpp"

namespace sam2::runs {

/// Swaps rows and columns of masks. The cost follows the outline, not the area. It keeps its memory between calls.
class Transposer {
 public:
  /// Row x of `transposed` is column x of `mask`. Pixels outside `size`, the size of `mask`, are dropped.
  void transpose(const RunMask& mask, Size size, RunMask& transposed);

 private:
  std::vector<std::size_t> column_ends_;
  std::vector<std::int32_t> toggles_;
};

}  // namespace sam2::runs
