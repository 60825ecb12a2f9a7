// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <cstdint>

#include "runs/run_mask.hpp"

namespace sam2::runs {

/// Displacement of a mask in pixels.
struct Shift {
  std::int32_t x = 0;
  std::int32_t y = 0;
};

/// Number of pixels that `still` shares with `moved` after the shift.
[[nodiscard]] std::uint64_t overlap(const RunMask& moved, Shift shift, const RunMask& still);

}  // namespace sam2::runs
