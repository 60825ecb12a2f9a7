// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "runs/run_mask.hpp"

namespace sam2::runs {

/// Length of the frame along an axis in mask pixels, as a fraction; both numbers are positive.
struct Extent {
  __extension__ using Integer = __int128;
  Integer numerator = 1;
  Integer denominator = 1;

  /// True if the axis has more frame pixels than mask pixels.
  [[nodiscard]] bool is_below(std::int32_t frame) const { return numerator < frame * denominator; }
};

/// One axis of the frame, and the masks that lie along it with the same centre: the centre of frame pixel i is at mask
/// position mask / 2 + ((i + 1/2) / frame - 1/2) extent, and takes the mask pixel that is there, if any.
class AxisMap {
 public:
  AxisMap() = default;
  AxisMap(std::int32_t mask, std::int32_t frame, const Extent& extent, bool flipped);

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

 private:
  [[nodiscard]] std::int32_t first_frame_pixel(std::int32_t position) const {
    return edges_[static_cast<std::size_t>(std::clamp(position, 0, mask_))];
  }

  std::int32_t mask_ = 0;
  std::int32_t frame_ = 0;
  bool flipped_ = false;
  double frame_pixels_per_mask_pixel_ = 1;
  /// For each mask pixel in frame order, and the end: the first frame pixel that takes it or one behind it.
  std::vector<std::int32_t> edges_;
};

}  // namespace sam2::runs
