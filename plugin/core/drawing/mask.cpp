// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "drawing/drawings.hpp"

namespace sam2::drawing {
namespace {

void draw_fill(Canvas& canvas, const FrameObject& object, const composite::Paint& paint) {
  if (object.is_soft) {
    canvas.draw(object.coverage, paint);
  } else {
    canvas.draw(object.drawn_runs(), paint);
  }
}

}  // namespace

void draw_masks(Canvas& canvas, const Scene& scene, const Look& look, Tools& tools) {
  const auto line_width = line_width_of(look, canvas.size());
  const auto alpha = look.fill_alpha();
  scene.for_each_mask(look, [&](const FrameObject& object, composite::Rgb color) {
    if (alpha > 0) draw_fill(canvas, object, {color, alpha});
    if ((look.draw & kDrawContour) == 0) return;
    canvas.draw(tools.contours.contour_of(scene, object, canvas.size(), line_width), {color, 255});
  });
}

}  // namespace sam2::drawing
