// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "drawing/tools.hpp"

#include <algorithm>

#include "runs/smooth_scaling.hpp"

namespace sam2::drawing {

const runs::RunMask& ContourCache::contour_of(const Scene& scene, const FrameObject& object, runs::Size frame,
                                              std::int32_t line_width) {
  const auto index = scene.index_of(object);
  if (index >= contours_.size()) contours_.resize(index + 1);
  auto& contour = contours_[index];
  if (contour.version == scene.version() && contour.frame == frame && contour.line_width == line_width) {
    return contour.runs;
  }
  if (object.is_soft) runs::threshold(object.coverage, half_covered_);
  maker_.make(object.is_soft ? half_covered_ : object.drawn_runs(), frame, line_width, contour.runs);
  contour.version = scene.version();
  contour.frame = frame;
  contour.line_width = line_width;
  return contour.runs;
}

}  // namespace sam2::drawing
