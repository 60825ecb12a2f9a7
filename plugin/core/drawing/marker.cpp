// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include <algorithm>

#include "composite/shapes.hpp"
#include "drawing/drawings.hpp"

namespace sam2::drawing {
namespace {

/// A centroid from the file may be anything.
bool lies_within(runs::Point point, runs::Size frame) {
  return point.x >= 0 && point.y >= 0 && point.x <= frame.width - 1 && point.y <= frame.height - 1;
}

}  // namespace

void draw_markers(Canvas& canvas, const Scene& scene, const Look& look, Tools& tools) {
  const auto size = canvas.size();
  const auto thickness = std::min(line_width_of(look, size), std::max(1, std::min(size.width, size.height) / 16));
  scene.for_each_shown(look, [&](const FrameObject& object, composite::Rgb color) {
    const auto center = object.props.centroid;
    if (!lies_within(center, size)) return;
    // A disc in a white ring of one line width is legible on its own object as well as beside it.
    constexpr composite::Rgb kWhite{255, 255, 255};
    composite::make_disc(center, 2 * thickness + 1, size, tools.shape);
    canvas.draw(tools.shape, {kWhite, 255});
    composite::make_disc(center, thickness + 1, size, tools.shape);
    canvas.draw(tools.shape, {color, 255});
  });
}

}  // namespace sam2::drawing
