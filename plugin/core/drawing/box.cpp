// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "composite/shapes.hpp"
#include "drawing/drawings.hpp"

namespace sam2::drawing {

void draw_boxes(Canvas& canvas, const Scene& scene, const Look& look, Tools& tools) {
  const auto line_width = line_width_of(look, canvas.size());
  scene.for_each_shown(look, [&](const FrameObject& object, composite::Rgb color) {
    if (object.drawn_props().area == 0) return;
    composite::make_box_outline(object.drawn_props().box, line_width, tools.shape);
    canvas.draw(tools.shape, {color, 255});
  });
}

}  // namespace sam2::drawing
