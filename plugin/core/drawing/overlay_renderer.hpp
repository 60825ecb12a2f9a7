// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "composite/contour_maker.hpp"
#include "composite/painter.hpp"
#include "drawing/look.hpp"
#include "masks/mask_set.hpp"
#include "runs/frame_transform.hpp"
#include "tracking/mask_carrier.hpp"
#include "tracking/tracks.hpp"

namespace sam2::drawing {

/// How an object moves, by its track in the file.
struct Motion {
  runs::Point velocity;         ///< frame pixels a second
  std::uint64_t age = 0;        ///< ns since it was first seen
  std::int64_t first_seen = 0;  ///< mask time in ns
};

/// One object in one frame.
struct FrameObject {
  const masks::ObjectInfo* info = nullptr;
  runs::RegionProps props;  ///< in frame pixels
  double score = 0;         ///< NaN: unknown
  tracking::MaskRef place;  ///< of its mask in the file
  /// ns by which it is carried beyond that mask, to the next one of its track.
  std::int64_t elapsed = 0;
  Motion motion;
  runs::RunMask runs;    ///< in frame pixels; only where they were asked for
  bool is_soft = false;  ///< what is drawn is `coverage`, also in frame pixels
  runs::CoverageMask coverage;
  runs::RunMask contour;           ///< in frame pixels
  std::int32_t contour_width = 0;  ///< of the lines of `contour`; 0: none was made yet
};

[[nodiscard]] composite::Rgb color_of(const FrameObject& object, const Look& look);

[[nodiscard]] bool is_shown(const FrameObject& object, const Look& look);

/// Draws with a painter and, where wanted, keeps the boxes of what it drew.
class Brush {
 public:
  explicit Brush(const composite::Painter& painter, std::vector<runs::Box>* boxes = nullptr)
      : painter_(painter), boxes_(boxes) {}

  template <typename Mask>
  void draw(const composite::FrameView& frame, const Mask& mask, const composite::Paint& paint) const {
    painter_.draw(frame, mask, paint);
    if (boxes_ != nullptr) add_box(frame, mask);
  }

 private:
  template <typename Mask>
  void add_box(const composite::FrameView& frame, const Mask& mask) const {
    runs::Span columns{frame.width, 0};
    runs::Span rows{frame.height, 0};
    for (auto y = std::max(mask.top(), 0); y < std::min(mask.bottom(), frame.height); ++y) {
      const auto spans = mask.row(y);
      if (spans.empty()) continue;
      columns = {std::min(columns.begin, spans.front().begin), std::max(columns.end, spans.back().end)};
      rows = {std::min(rows.begin, y), y + 1};
    }
    columns = {std::max(columns.begin, 0), std::min(columns.end, frame.width)};
    if (columns.begin >= columns.end) return;
    boxes_->push_back({columns.begin, rows.begin, columns.end - columns.begin, rows.end - rows.begin});
  }

  const composite::Painter& painter_;
  std::vector<runs::Box>* boxes_;
};

/// Turns the masks of an entry into objects in frame pixels, and draws them. Keeps its memory from frame to frame.
class OverlayRenderer {
 public:
  /// What is wanted: nothing to draw, or masks to draw, with coverages where they are scaled up.
  enum class Detail { Moments, Runs, Coverage };

  /// Makes objects() those of the moment's entry, which is ready, carried along their tracks where the moment is behind
  /// it; the ones of which no pixel is left on the frame are not among them. `masks` must outlive the use of objects().
  /// The same moment as in the last call costs nothing.
  void select(const masks::MaskSet& masks, const tracking::Tracks& tracks, const tracking::Moment& moment,
              runs::FrameTransform& placement, Detail detail);
  void clear() { count_ = 0; }
  /// Other masks follow, or they lie elsewhere on the frame.
  void forget() {
    carrier_.forget();
    selected_.reset();
  }

  [[nodiscard]] std::span<const FrameObject> objects() const { return {objects_.data(), count_}; }
  [[nodiscard]] std::span<FrameObject> objects() { return {objects_.data(), count_}; }

  /// Drawing with this look would change pixels.
  [[nodiscard]] bool would_draw(const Look& look) const;

  /// Draws objects(), which must have been selected for drawing, and for frames of this size: in slot order, each
  /// one's fill and then its contour.
  void draw_masks(const Brush& painter, const composite::FrameView& frame, const Look& look);

  /// Draws the centroid markers of all objects(), after all masks, so that no object hides another's.
  void draw_markers(const Brush& painter, const composite::FrameView& frame, const Look& look);

 private:
  struct Selection {
    tracking::Moment moment;
    Detail detail;
    std::size_t count;
  };

  static void draw_fill(const Brush& painter, const composite::FrameView& frame, const FrameObject& object,
                        const composite::Paint& paint);
  void draw_marker(const Brush& painter, const composite::FrameView& frame, const FrameObject& object,
                   composite::Rgb color, std::int32_t line_width);

  std::vector<FrameObject> objects_;
  std::size_t count_ = 0;
  std::optional<Selection> selected_;  ///< what objects_ holds
  tracking::MaskCarrier carrier_;
  runs::RunMask unpacked_;
  runs::RunMask half_covered_;
  runs::RunMask shape_;
  composite::ContourMaker contour_maker_;
};

}  // namespace sam2::drawing
