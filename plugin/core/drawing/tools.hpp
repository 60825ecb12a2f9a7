// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <string>
#include <vector>

#include "composite/contour_maker.hpp"
#include "composite/polyline.hpp"
#include "drawing/effects.hpp"
#include "drawing/scene.hpp"
#include "drawing/text_renderer.hpp"
#include "runs/coverage_mask.hpp"
#include "runs/run_mask.hpp"

namespace sam2::drawing {

/// The contours of a scene's objects. They are made again only when the scene has changed.
class ContourCache {
 public:
  /// The contour of `object`, which must be one that `scene` draws, on a frame of this size; see ContourMaker::make().
  /// Valid until the next call. A cache serves one scene.
  const runs::RunMask& contour_of(const Scene& scene, const FrameObject& object, runs::Size frame,
                                  std::int32_t line_width);

 private:
  struct Contour {
    std::uint64_t version = 0;  ///< of the scene
    runs::Size frame;
    std::int32_t line_width = 0;
    runs::RunMask runs;
  };

  std::vector<Contour> contours_;  ///< by the position of the object in the scene
  composite::ContourMaker maker_;
  runs::RunMask half_covered_;
};

/// Memory that drawings share, kept from frame to frame. A drawing may overwrite all of it but the caches.
struct Tools {
  Effects effects;
  ContourCache contours;
  TextRenderer texts;
  composite::LineMaker lines;
  std::string text;
  runs::RunMask shape;
  runs::CoverageMask coverage;
};

}  // namespace sam2::drawing
