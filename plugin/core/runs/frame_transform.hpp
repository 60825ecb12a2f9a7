// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <array>

#include "base/fraction.hpp"
#include "runs/axis_map.hpp"
#include "runs/coverage_mask.hpp"
#include "runs/run_mask.hpp"
#include "runs/smooth_scaling.hpp"
#include "runs/transpose.hpp"

namespace sam2::runs {

/// How a mask of another size than the frame is mapped to it.
enum class Fit {
  Stretch,  ///< mask covers the whole frame; the shape may change
  Contain,  ///< shape is kept, and all of the mask is visible
  Cover,    ///< shape is kept, and the frame is covered; the rest is cut off
  Error,    ///< another size is an error
  Padded,   ///< shape is kept; the mask has more rows at the bottom or columns at the right than the frame
};

/// How to render mask edges when masks are scaled up.
enum class Edges {
  Hard,    ///< nearest mask pixel
  Smooth,  ///< interpolated between mask pixels, anti-aliased
};

/// How the stored frame relates to the upright picture that the masks were made on: rows and columns may be swapped,
/// and the picture may run backwards along each axis of the stored frame.
struct Orientation {
  bool transposed = false;
  bool flipped_x = false;
  bool flipped_y = false;

  friend bool operator==(const Orientation&, const Orientation&) = default;
};

/// The sizes and the pixel aspect ratio are positive.
struct Geometry {
  Size mask;
  Size frame;
  Fraction pixel_aspect{1, 1};
  Fit fit = Fit::Stretch;
  Orientation orientation{};

  friend bool operator==(const Geometry&, const Geometry&) = default;
};

/// Maps masks to frames in exact integer arithmetic. With Fit::Stretch, frame pixel (X, Y) takes mask pixel
/// (floor((X + 0.5) w / W), floor((Y + 0.5) h / H)). The other fits keep the mask's pixels square on a frame whose
/// pixels are `pixel_aspect`; a mask of the frame's own shape, w / h = W / H, was made on stored pixels and is
/// stretched. Fit::Padded counts in stored pixels: the frame fills the mask from the top left corner on, as far as its
/// shape allows, and the rest of the mask is padding.
class FrameTransform {
 public:
  FrameTransform() = default;
  explicit FrameTransform(const Geometry& geometry);

  [[nodiscard]] const Geometry& geometry() const { return geometry_; }
  /// True if mask pixels are frame pixels.
  [[nodiscard]] bool is_identity() const;

  /// Converts runs in mask pixels to runs in frame pixels. Does not allocate in steady use.
  void apply(const RunMask& mask, RunMask& placed);

  /// True if at least one axis has more frame pixels than mask pixels.
  [[nodiscard]] bool scales_up() const { return scales_up_; }

  /// Like apply(), but with a coverage for each pixel, interpolated bilinearly between the centres of mask pixels along
  /// each axis that is scaled up. A pixel without a mask pixel in apply() has coverage 0 here.
  void apply_smooth(const RunMask& mask, CoverageMask& placed);

  /// Converts a point in mask pixel indices (the centre of the first pixel is 0) to frame pixel indices.
  [[nodiscard]] Point apply(Point point) const;

 private:
  /// `mask` with the axes of the frame.
  const RunMask& along_frame(const RunMask& mask);

  Geometry geometry_;
  AxisMap columns_;
  AxisMap rows_;
  std::array<Extent, 2> extents_;  ///< along columns_ and rows_
  AxisWeights column_weights_;     ///< made on first use, since they are as long as the frame
  AxisWeights row_weights_;
  bool scales_up_ = false;
  SmoothScaler smooth_scaler_;
  Transposer transposer_;
  RunMask transposed_;
};

}  // namespace sam2::runs
