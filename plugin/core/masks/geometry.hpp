// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "masks/run_mask.hpp"

namespace sam2::masks {

/// Stretches masks of one size over frames of another: frame pixel (X, Y) takes mask pixel
/// (floor((X + 0.5) w / W), floor((Y + 0.5) h / H)), in exact integer arithmetic.
class Stretch {
 public:
  /// Both sizes positive.
  Stretch(Size mask, Size frame) : mask_(mask), frame_(frame) {}

  /// Runs in mask pixels to runs in frame pixels. Does not allocate once `scaled` has grown.
  void apply(const RunMask& mask, RunMask& scaled) const;

  /// A point in mask pixel indices (the centre of the first pixel is 0) to frame pixel indices.
  [[nodiscard]] Point apply(Point point) const;

 private:
  Size mask_;
  Size frame_;
};

}  // namespace sam2::masks
