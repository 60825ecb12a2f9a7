// SPDX-License-Identifier: LGPL-2.1-or-later
#include "runs/axis_map.hpp"

namespace sam2::runs {
namespace {

using Integer = Extent::Integer;

/// The smallest frame pixel whose centre is at or behind `position`, the start of a mask pixel:
/// ceil(((2 position - mask) frame / extent + frame - 1) / 2).
std::int32_t edge(std::int32_t position, std::int32_t mask, std::int32_t frame, const Extent& extent) {
  const auto twice =
      (2 * Integer{position} - mask) * frame * extent.denominator + (Integer{frame} - 1) * extent.numerator;
  if (twice <= 0) return 0;
  const auto divisor = 2 * extent.numerator;
  return static_cast<std::int32_t>(std::min<Integer>((twice + divisor - 1) / divisor, frame));
}

}  // namespace

AxisMap::AxisMap(std::int32_t mask, std::int32_t frame, const Extent& extent, bool flipped)
    : mask_(mask),
      frame_(frame),
      flipped_(flipped),
      frame_pixels_per_mask_pixel_(frame * static_cast<double>(extent.denominator) /
                                   static_cast<double>(extent.numerator)) {
  edges_.reserve(static_cast<std::size_t>(mask) + 1);
  for (std::int32_t position = 0; position <= mask; ++position) {
    // Backwards, the last pixel that takes a mask pixel is the first one seen from the other end.
    edges_.push_back(flipped ? frame - edge(mask - position, mask, frame, extent)
                             : edge(position, mask, frame, extent));
  }
}

double AxisMap::to_frame(double index) const {
  const auto position = (index + 0.5 - mask_ / 2.0) * frame_pixels_per_mask_pixel_;
  return frame_ / 2.0 + (flipped_ ? -position : position) - 0.5;
}

}  // namespace sam2::runs
