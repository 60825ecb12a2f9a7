// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>

#include "masks/run_mask.hpp"

namespace sam2::composite {

/// Makes contours; keeps its scratch memory from one call to the next.
class ContourMaker {
 public:
  /// The mask minus its erosion by a square of 2 `line_width` + 1 pixels: the outline, inside the mask. What lies
  /// outside the frame counts as mask, so nothing is drawn along the frame's edge. `mask` must lie within the frame;
  /// line_width >= 1.
  void make(const masks::RunMask& mask, masks::Size frame, std::int32_t line_width, masks::RunMask& contour);

 private:
  masks::RunMask eroded_;
  masks::RunMask window_;
  masks::RunMask scratch_;
};

/// A filled disc of pixels (x, y) with (x - cx)^2 + (y - cy)^2 <= radius (radius + 1), (cx, cy) being `center` rounded
/// to the nearest pixel; clipped to the frame. radius >= 0.
void make_disc(masks::Point center, std::int32_t radius, masks::Size frame, masks::RunMask& disc);

}  // namespace sam2::composite
