// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <vector>

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
  /// From the first to the last column of an eroded row of the mask.
  [[nodiscard]] masks::Span hull(std::int32_t row) const {
    const auto i = static_cast<std::size_t>(row);
    return {hull_begins_[i], -hull_ends_[i]};
  }
  /// Whether it may be more than one span.
  [[nodiscard]] bool has_gaps(std::int32_t row) const { return have_gaps_[static_cast<std::size_t>(row)] != 0; }
  [[nodiscard]] bool is_hard(std::int32_t row) const { return has_gaps(row) && hull(row).begin < hull(row).end; }
  void erode_hulls(const masks::RunMask& mask, masks::Size frame);
  void erode_rows(const masks::RunMask& mask, masks::Size frame, std::int32_t first, std::int32_t end);

  std::int32_t margin_ = 0;
  std::int32_t reach_ = 0;
  std::vector<std::int32_t> hull_begins_;
  std::vector<std::int32_t> hull_ends_;  ///< minus them, so that of several rows it is the largest as well
  std::vector<std::uint8_t> have_gaps_;
  masks::RunMask eroded_;
  masks::RunMask window_;
  masks::RunMask scratch_;
};

/// A filled disc of pixels (x, y) with (x - cx)^2 + (y - cy)^2 <= radius (radius + 1), (cx, cy) being `center` rounded
/// to the nearest pixel; clipped to the frame. radius >= 0.
void make_disc(masks::Point center, std::int32_t radius, masks::Size frame, masks::RunMask& disc);

}  // namespace sam2::composite
