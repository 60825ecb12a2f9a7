// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <cstdint>
#include <vector>

#include "composite/bit_rows.hpp"
#include "runs/run_mask.hpp"

namespace sam2::masks {
class RunWriter;
}

namespace sam2::composite {

/// Makes contours; keeps its scratch memory from one call to the next.
class ContourMaker {
 public:
  /// The mask minus its erosion by a square of 2 `line_width` + 1 pixels: the outline, inside the mask. What lies
  /// outside the frame counts as mask, so nothing is drawn along the frame's edge. `mask` must lie within the frame;
  /// line_width >= 1.
  void make(const runs::RunMask& mask, runs::Size frame, std::int32_t line_width, runs::RunMask& contour);

 private:
  /// What it takes to erode a row.
  enum class Kind {
    Lost,     ///< nothing is left of it
    OneSpan,  ///< it is one span, as are all rows around
    Any,
  };

  /// From the first to the last column of an eroded row of the mask.
  [[nodiscard]] runs::Span hull(std::size_t row) const { return {hull_begins_[row], -hull_ends_[row]}; }
  [[nodiscard]] Kind kind_of(std::size_t row) const {
    if (hull(row).begin >= hull(row).end) return Kind::Lost;
    return have_gaps_[row] == 0 ? Kind::OneSpan : Kind::Any;
  }

  void erode_hulls(const runs::RunMask& mask, runs::Size frame);
  void write_one_span(const runs::RunMask& mask, std::size_t first, std::size_t end, runs::RunWriter& writer) const;
  void write_any(const runs::RunMask& mask, runs::Size frame, std::size_t first, std::size_t end,
                 runs::RunWriter& writer);
  void erode_rows(const runs::RunMask& mask, runs::Size frame, std::int32_t first, std::int32_t end);

  std::int32_t margin_ = 0;
  std::int32_t reach_ = 0;
  std::vector<std::int32_t> hull_begins_;
  std::vector<std::int32_t> hull_ends_;  ///< minus them, so that of several rows it is the largest as well
  std::vector<std::uint8_t> have_gaps_;
  BitRows bits_;
  runs::RunMask eroded_;
};

}  // namespace sam2::composite
