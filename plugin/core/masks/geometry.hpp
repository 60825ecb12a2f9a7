// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/fraction.hpp"
#include "masks/run_mask.hpp"
#include "masks/transpose.hpp"

namespace sam2::masks {

/// How masks of another size than the frame come to lie on it.
enum class Fit {
  Stretch,  ///< over all of it
  Contain,  ///< in their own shape, as large as fits into it; nothing beside them
  Cover,    ///< in their own shape, as small as covers it; what juts out is cut off
  Error,    ///< not at all
};

/// How the stored frame was turned into the picture that the masks were made on: rows and columns swapped, or not, and
/// then the directions along the stored frame's axes that the picture runs through backwards.
struct Orientation {
  bool transposed = false;
  bool flipped_x = false;
  bool flipped_y = false;

  friend bool operator==(const Orientation&, const Orientation&) = default;
};

/// Sizes are positive, and so is the width of a pixel over its height.
struct Geometry {
  Size mask;
  Size frame;
  Fraction pixel_aspect{1, 1};
  Fit fit = Fit::Stretch;
  Orientation orientation{};

  friend bool operator==(const Geometry&, const Geometry&) = default;
};

[[nodiscard]] constexpr Size transposed(Size size) {
  return {size.height, size.width};
}

/// How many mask pixels the frame reaches over along an axis; both positive.
struct Extent {
  __extension__ using Integer = __int128;
  Integer numerator = 1;
  Integer denominator = 1;
};

/// One axis of the frame, and the masks that lie along it with the same centre: the centre of frame pixel i is at mask
/// position mask / 2 + ((i + 1/2) / frame - 1/2) extent, and takes the mask pixel that is there, if any.
class AxisMap {
 public:
  AxisMap() = default;
  AxisMap(std::int32_t mask, std::int32_t frame, const Extent& extent, bool flipped);

  /// Mask pixels as they come along the frame's axis.
  [[nodiscard]] Span in_frame_order(Span pixels) const {
    return flipped_ ? Span{mask_ - pixels.end, mask_ - pixels.begin} : pixels;
  }
  /// The frame pixels that take these mask pixels in frame order, which are clipped to the mask.
  [[nodiscard]] Span to_frame(Span ordered) const {
    return {first_frame_pixel(ordered.begin), first_frame_pixel(ordered.end)};
  }
  /// A position in pixel indices (the centre of the first pixel is 0), from mask to frame.
  [[nodiscard]] double to_frame(double index) const;

  [[nodiscard]] std::int32_t mask_length() const { return mask_; }
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

/// Lays masks on frames, in exact integer arithmetic. With Fit::Stretch, frame pixel (X, Y) takes mask pixel
/// (floor((X + 0.5) w / W), floor((Y + 0.5) h / H)). The other fits keep the mask's pixels square on a frame whose
/// pixels are `pixel_aspect`; a mask of the frame's own shape, w / h = W / H, was made on stored pixels and is
/// stretched.
class Placement {
 public:
  Placement() = default;
  explicit Placement(const Geometry& geometry);

  [[nodiscard]] const Geometry& geometry() const { return geometry_; }
  /// Masks lie on the frame pixel by pixel.
  [[nodiscard]] bool is_identity() const;

  /// Runs in mask pixels to runs in frame pixels. Does not allocate once its memory and that of `placed` have grown.
  void apply(const RunMask& mask, RunMask& placed);

  /// A point in mask pixel indices (the centre of the first pixel is 0) to frame pixel indices.
  [[nodiscard]] Point apply(Point point) const;

 private:
  Geometry geometry_;
  AxisMap columns_;
  AxisMap rows_;
  Transposer transposer_;
  RunMask transposed_;
};

}  // namespace sam2::masks
