// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "runs/axis_map.hpp"

namespace sam2::runs {
namespace {

/// The smallest frame pixel whose centre is at or behind `position`, the start of a mask pixel:
/// ceil(((2 position - mask) frame / extent + frame - 1) / 2) with the same centre, and
/// ceil((2 position frame / extent - 1) / 2) with the same begin.
std::int32_t edge(std::int32_t position, std::int32_t mask, std::int32_t frame, const Extent& extent, Anchor anchor) {
  const bool has_centre = anchor == Anchor::Centre;
  const auto twice = (2 * Int128{position} - (has_centre ? mask : 0)) * frame * extent.denominator +
                     (has_centre ? Int128{frame} - 1 : Int128{-1}) * extent.numerator;
  if (twice <= 0) return 0;
  const auto divisor = 2 * extent.numerator;
  return static_cast<std::int32_t>(std::min<Int128>((twice + divisor - 1) / divisor, frame));
}

}  // namespace

AxisMap::AxisMap(std::int32_t mask, std::int32_t frame, const Extent& extent, bool flipped, Anchor anchor)
    : mask_(mask),
      frame_(frame),
      flipped_(flipped),
      anchor_(anchor),
      frame_pixels_per_mask_pixel_(frame * static_cast<double>(extent.denominator) /
                                   static_cast<double>(extent.numerator)) {
  edges_.reserve(static_cast<std::size_t>(mask) + 1);
  for (std::int32_t position = 0; position <= mask; ++position) {
    // Backwards, the last pixel that takes a mask pixel is the first one seen from the other end.
    edges_.push_back(flipped ? frame - edge(mask - position, mask, frame, extent, anchor)
                             : edge(position, mask, frame, extent, anchor));
  }
}

double AxisMap::to_frame(double index) const {
  if (anchor_ == Anchor::Begin) {
    const auto from_begin = (index + 0.5) * frame_pixels_per_mask_pixel_;
    return (flipped_ ? frame_ - from_begin : from_begin) - 0.5;
  }
  const auto position = (index + 0.5 - mask_ / 2.0) * frame_pixels_per_mask_pixel_;
  return frame_ / 2.0 + (flipped_ ? -position : position) - 0.5;
}

}  // namespace sam2::runs
