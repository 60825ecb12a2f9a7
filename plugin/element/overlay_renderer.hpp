// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "composite/painter.hpp"
#include "composite/shapes.hpp"
#include "element/settings.hpp"
#include "masks/geometry.hpp"
#include "masks/mask_set.hpp"
#include "tracking/tracks.hpp"

namespace sam2::element {

/// How an object moves, by its track in the file.
struct Motion {
  masks::Point velocity;  ///< frame pixels a second
  std::uint64_t age = 0;  ///< ns since it was first seen
};

/// One object in one frame.
struct FrameObject {
  const masks::ObjectInfo* info = nullptr;
  masks::Moments moments;   ///< in frame pixels
  double score = 0;         ///< NaN: unknown
  tracking::MaskRef place;  ///< of its mask in the file
  Motion motion;
  masks::RunMask runs;  ///< in frame pixels; only where they were asked for
};

/// Turns the masks of an entry into objects in frame pixels, and draws them. Keeps its memory from frame to frame.
class OverlayRenderer {
 public:
  enum class Detail { Moments, Runs };

  /// Makes objects() those of `entry`, which is published; the ones of which no pixel is left at the frame's size are
  /// not among them. `masks` must outlive the use of objects().
  void select(const masks::MaskSet& masks, std::size_t entry, masks::Size frame, Detail detail);
  void clear() { count_ = 0; }

  [[nodiscard]] std::span<const FrameObject> objects() const { return {objects_.data(), count_}; }
  [[nodiscard]] std::span<FrameObject> objects() { return {objects_.data(), count_}; }

  /// Drawing with this look would change pixels.
  [[nodiscard]] bool would_draw(const Look& look) const;

  /// Draws objects(), which must have been selected with Detail::Runs for frames of this size: in slot order, each
  /// one's fill and then its contour.
  void draw_masks(const composite::Painter& painter, const composite::FrameView& frame, const Look& look);

  /// Draws the centroid markers of all objects(), after all masks, so that no object hides another's.
  void draw_markers(const composite::Painter& painter, const composite::FrameView& frame, const Look& look);

 private:
  void draw_marker(const composite::Painter& painter, const composite::FrameView& frame, const FrameObject& object,
                   composite::Rgb color, std::int32_t line_width);

  std::vector<FrameObject> objects_;
  std::size_t count_ = 0;
  masks::RunMask unpacked_;
  masks::RunMask shape_;
  composite::ContourMaker contour_maker_;
};

}  // namespace sam2::element
