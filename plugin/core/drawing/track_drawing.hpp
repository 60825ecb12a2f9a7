// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <span>
#include <string>

#include "composite/painter.hpp"
#include "composite/polyline.hpp"
#include "composite/shapes.hpp"
#include "drawing/frame_tracks.hpp"
#include "drawing/overlay_renderer.hpp"
#include "drawing/text_renderer.hpp"

namespace sam2::drawing {

/// Draws what is known of objects beyond their masks: trails, boxes and labels, on the frame that they were selected
/// for. Keeps its memory from frame to frame.
class TrackDrawing {
 public:
  /// For each object the polyline of its centroids of the last Look::trail_length before this mask, which fades out
  /// with age.
  void draw_trails(const Brush& painter, const composite::FrameView& frame, const Look& look,
                   std::span<const FrameObject> objects, const tracking::Tracks& tracks,
                   const timing::Schedule& schedule, const runs::FrameTransform& to_frame);

  void draw_boxes(const Brush& painter, const composite::FrameView& frame, const Look& look,
                  std::span<const FrameObject> objects);

  /// The object's label and score, else its id, on a plate of its colour over its box, moved to where it lies within
  /// the frame.
  void draw_labels(const Brush& painter, const composite::FrameView& frame, const Look& look,
                   std::span<const FrameObject> objects);

 private:
  void add_trail(const FrameObject& object, double line_width, std::int64_t length, const tracking::Tracks& tracks,
                 const timing::Schedule& schedule, const runs::FrameTransform& to_frame);
  void draw_label(const Brush& painter, const composite::FrameView& frame, const FrameObject& object,
                  composite::Rgb color);

  composite::LineMaker line_maker_;
  TextRenderer texts_;
  std::string text_;
  runs::RunMask shape_;
  runs::CoverageMask coverage_;
};

}  // namespace sam2::drawing
