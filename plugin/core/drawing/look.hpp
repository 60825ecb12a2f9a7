// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <vector>

#include "base/id_set.hpp"
#include "base/parsed_text.hpp"
#include "composite/color.hpp"
#include "runs/geometry.hpp"

namespace sam2::drawing {

/// Bits of the property `draw`.
enum Draw : unsigned {
  kDrawFill = 1 << 0,
  kDrawContour = 1 << 1,
  kDrawCentroid = 1 << 2,
  kDrawTrail = 1 << 3,
  kDrawLabel = 1 << 4,
  kDrawBox = 1 << 5,
};

/// What is drawn, and how.
struct Look {
  std::uint32_t draw = kDrawFill | kDrawContour | kDrawCentroid;
  double opacity = 0.5;
  composite::Palette palette = composite::Palette::Tab10;
  ParsedText<std::vector<composite::Rgb>> colors;
  std::uint32_t line_width = 0;
  std::uint64_t trail_length = 1'000'000'000;
  ParsedText<IdSet> objects;
  bool silent = false;
};

/// One pixel for each 360 rows of the frame unless the user says else; never more than the frame has.
[[nodiscard]] std::int32_t line_width_of(const Look& look, runs::Size frame);

}  // namespace sam2::drawing
