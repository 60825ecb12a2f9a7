// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <algorithm>
#include <cstdint>

#include "composite/painter.hpp"

namespace sam2::composite {

/// Rows of a layer that a mask reaches.
struct RowRange {
  std::int32_t first;
  std::int32_t end;
};

template <typename Mask>
RowRange rows_of(const Mask& mask, const FrameView& frame, int height_shift) {
  const auto top = std::max(mask.top(), 0);
  const auto bottom = std::min(mask.bottom(), frame.height);
  if (top >= bottom) return {0, 0};
  return {top >> height_shift, ((bottom - 1) >> height_shift) + 1};
}

}  // namespace sam2::composite
