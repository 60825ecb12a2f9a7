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

/// How objects are drawn. The initialisers are the defaults of the properties.
struct Look {
  std::uint32_t draw = kDrawFill | kDrawContour | kDrawCentroid;  ///< bits of Draw
  double opacity = 0.5;                                           ///< of the fill; 0: invisible, 1: opaque
  composite::Palette palette = composite::Palette::Tab10;         ///< used if `colors` has no meaning
  ParsedText<std::vector<composite::Rgb>> colors;                 ///< of the objects in file order, repeated
  std::uint32_t line_width = 0;                                   ///< frame pixels; 0: by the height of the frame
  std::uint64_t trail_length = 1'000'000'000;                     ///< ns that trails reach back
  ParsedText<IdSet> objects;                                      ///< ids of the objects to draw; no meaning: all
  bool silent = false;                                            ///< draw nothing
};

/// One pixel for each 360 rows of the frame unless the user says else; never more than the frame has.
[[nodiscard]] std::int32_t line_width_of(const Look& look, runs::Size frame);

}  // namespace sam2::drawing
