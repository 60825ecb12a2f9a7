// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>

#include "base/fraction.hpp"
#include "runs/axis_map.hpp"
#include "runs/coverage_mask.hpp"
#include "runs/run_mask.hpp"
#include "runs/smooth_scaling.hpp"
#include "runs/transpose.hpp"

namespace sam2::runs {

/// How masks of another size than the frame come to lie on it.
enum class Fit {
  Stretch,  ///< over all of it
  Contain,  ///< in their own shape, as large as fits into it; nothing beside them
  Cover,    ///< in their own shape, as small as covers it; what juts out is cut off
  Error,    ///< not at all
};

/// What the edges of masks are where they are scaled up.
enum class Edges {
  Hard,    ///< those of the mask's pixels
  Smooth,  ///< interpolated between them
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

/// Lays masks on frames, in exact integer arithmetic. With Fit::Stretch, frame pixel (X, Y) takes mask pixel
/// (floor((X + 0.5) w / W), floor((Y + 0.5) h / H)). The other fits keep the mask's pixels square on a frame whose
/// pixels are `pixel_aspect`; a mask of the frame's own shape, w / h = W / H, was made on stored pixels and is
/// stretched.
class FrameTransform {
 public:
  FrameTransform() = default;
  explicit FrameTransform(const Geometry& geometry);

  [[nodiscard]] const Geometry& geometry() const { return geometry_; }
  /// Masks lie on the frame pixel by pixel.
  [[nodiscard]] bool is_identity() const;

  /// Runs in mask pixels to runs in frame pixels. Does not allocate once its memory and that of `placed` have grown.
  void apply(const RunMask& mask, RunMask& placed);

  /// Masks have more pixels on the frame than they have themselves, along one axis at least.
  [[nodiscard]] bool scales_up() const { return scales_up_; }

  /// The same for each pixel in part: bilinearly interpolated between the centres of mask pixels along each axis that
  /// is scaled up. Pixels that no mask pixel is taken for by apply() take none.
  void apply_smooth(const RunMask& mask, CoverageMask& placed);

  /// A point in mask pixel indices (the centre of the first pixel is 0) to frame pixel indices.
  [[nodiscard]] Point apply(Point point) const;

 private:
  /// `mask` with its axes those of the frame.
  const RunMask& along_frame(const RunMask& mask);

  Geometry geometry_;
  AxisMap columns_;
  AxisMap rows_;
  std::array<Extent, 2> extents_;  ///< along columns_ and rows_
  AxisWeights column_weights_;     ///< made when they are needed, as they are as long as the frame
  AxisWeights row_weights_;
  bool scales_up_ = false;
  SmoothScaler smooth_scaler_;
  Transposer transposer_;
  RunMask transposed_;
};

}  // namespace sam2::runs
