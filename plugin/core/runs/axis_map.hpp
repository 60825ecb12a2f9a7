// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/wide_math.hpp"
#include "runs/run_mask.hpp"

namespace sam2::runs {

/// Length of the frame along an axis in mask pixels, as a fraction; both numbers are positive.
struct Extent {
  Int128 numerator = 1;
  Int128 denominator = 1;

  /// True if the axis has more frame pixels than mask pixels.
  [[nodiscard]] bool is_below(std::int32_t frame) const { return numerator < frame * denominator; }
};

/// Which points of mask and frame coincide along an axis.
enum class Anchor {
  Centre,
  Begin,  ///< the begin of the mask's axis, at the frame's begin or, if flipped, at its end
};

/// One axis of the frame, and the masks that lie along it. With the same centre, the centre of frame pixel i is at mask
/// position mask / 2 + ((i + 1/2) / frame - 1/2) extent; with the same begin, at (i + 1/2) / frame extent. It takes the
/// mask pixel that is there, if any.
class AxisMap {
 public:
  AxisMap() = default;
  AxisMap(std::int32_t mask, std::int32_t frame, const Extent& extent, bool flipped, Anchor anchor = Anchor::Centre);

  /// Converts mask pixels to the direction of the frame's axis.
  [[nodiscard]] Span in_frame_order(Span pixels) const {
    return flipped_ ? Span{mask_ - pixels.end, mask_ - pixels.begin} : pixels;
  }
  /// The frame pixels that take these mask pixels in frame order, which are clipped to the mask.
  [[nodiscard]] Span to_frame(Span ordered) const {
    return {first_frame_pixel(ordered.begin), first_frame_pixel(ordered.end)};
  }
  /// Converts a position in pixel indices (the centre of the first pixel is 0) from mask to frame.
  [[nodiscard]] double to_frame(double index) const;

  [[nodiscard]] std::int32_t mask_length() const { return mask_; }
  [[nodiscard]] std::int32_t frame_length() const { return frame_; }
  [[nodiscard]] bool is_flipped() const { return flipped_; }
  [[nodiscard]] Anchor anchor() const { return anchor_; }

 private:
  [[nodiscard]] std::int32_t first_frame_pixel(std::int32_t position) const {
    return edges_[static_cast<std::size_t>(std::clamp(position, 0, mask_))];
  }

  std::int32_t mask_ = 0;
  std::int32_t frame_ = 0;
  bool flipped_ = false;
  Anchor anchor_ = Anchor::Centre;
  double frame_pixels_per_mask_pixel_ = 1;
  /// For each mask pixel in frame order, and the end: the first frame pixel that takes it or one behind it.
  std::vector<std::int32_t> edges_;
};

}  // namespace sam2::runs
