// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <algorithm>
#include <cstdint>

#include "runs/geometry.hpp"

namespace sam2::runs {

/// The pixels of columns [left, right) and rows [top, bottom).
struct Rectangle {
  std::int32_t left = 0;
  std::int32_t top = 0;
  std::int32_t right = 0;
  std::int32_t bottom = 0;

  [[nodiscard]] bool empty() const { return left >= right || top >= bottom; }
};

/// The part of a rectangle that is on the frame.
[[nodiscard]] inline Rectangle clipped(const Rectangle& rectangle, Size frame) {
  return {std::max(rectangle.left, 0), std::max(rectangle.top, 0), std::min(rectangle.right, frame.width),
          std::min(rectangle.bottom, frame.height)};
}

/// The smallest rectangle around what a RunMask or CoverageMask has in rows [top, bottom); all zero if that is nothing.
template <typename Mask>
[[nodiscard]] Rectangle bounds_of(const Mask& mask, std::int32_t top, std::int32_t bottom) {
  Rectangle bounds;
  for (auto y = std::max(mask.top(), top); y < std::min(mask.bottom(), bottom); ++y) {
    const auto spans = mask.row(y);
    if (spans.empty()) continue;
    if (bounds.empty()) bounds = {spans.front().begin, y, spans.back().end, y + 1};
    bounds.left = std::min(bounds.left, spans.front().begin);
    bounds.right = std::max(bounds.right, spans.back().end);
    bounds.bottom = y + 1;
  }
  return bounds;
}

/// The smallest rectangle around a mask; all zero for an empty one.
template <typename Mask>
[[nodiscard]] Rectangle bounds_of(const Mask& mask) {
  return bounds_of(mask, mask.top(), mask.bottom());
}

}  // namespace sam2::runs
