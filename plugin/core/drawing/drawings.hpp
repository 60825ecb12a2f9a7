// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <array>
#include <cstdint>

#include "drawing/canvas.hpp"
#include "drawing/look.hpp"
#include "drawing/scene.hpp"
#include "drawing/tools.hpp"

// Every drawing, each in the file of its name. The scene must have been made with Detail::Runs or more, and for frames
// of the size of the canvas.

namespace sam2::drawing {

/// The fill and the contour of each object. Later objects cover earlier ones.
void draw_masks(Canvas& canvas, const Scene& scene, const Look& look, Tools& tools);
/// The line through the centroids of each object in the last Look::trail_length, fading out with age.
void draw_trails(Canvas& canvas, const Scene& scene, const Look& look, Tools& tools);
/// The outline of the bounding box of each object.
void draw_boxes(Canvas& canvas, const Scene& scene, const Look& look, Tools& tools);
/// A disc at the centroid of each object.
void draw_markers(Canvas& canvas, const Scene& scene, const Look& look, Tools& tools);
/// Label and score of each object, or its id, above its bounding box.
void draw_labels(Canvas& canvas, const Scene& scene, const Look& look, Tools& tools);
/// The line or the outline of each zone, with its name and counts, and with an arrow to the side `in` of a line.
void draw_zones(Canvas& canvas, const Scene& scene, const Look& look, Tools& tools);

struct Drawing {
  std::uint32_t flags;  ///< bits of Draw; any of them calls for this drawing
  void (*draw)(Canvas&, const Scene&, const Look&, Tools&);
};

/// All drawings, in the order of drawing: no object's mask covers the marker or the label of another.
inline constexpr auto kDrawings = std::to_array<Drawing>({
    {kDrawFill | kDrawContour, draw_masks},
    {kDrawTrail, draw_trails},
    {kDrawBox, draw_boxes},
    {kDrawZone, draw_zones},
    {kDrawCentroid, draw_markers},
    {kDrawLabel, draw_labels},
});

/// Draws what `look` asks for: first the effects, then the drawings.
inline void draw_scene(Canvas& canvas, const Scene& scene, const Look& look, Tools& tools) {
  // Without masks, nothing says what is background.
  if (scene.has_masks()) tools.effects.draw(canvas, scene, look);
  for (const auto& drawing : kDrawings) {
    if ((look.draw & drawing.flags) != 0) drawing.draw(canvas, scene, look, tools);
  }
}

}  // namespace sam2::drawing
