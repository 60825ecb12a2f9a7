// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <gst/gst.h>

#include <array>
#include <cstdint>

#include "element/buffer_pool.hpp"
#include "runs/run_mask.hpp"

namespace sam2::element {

/// Makes GRAY8 pictures of masks, each of the size of its box. Their memory is used again from frame to frame: there is
/// a pool for each power of two, so that a picture takes less than twice the memory that it needs.
class MaskPictures {
 public:
  /// Returns a picture of `box` with `value` inside the mask and 0 outside, and a video meta. `mask` must lie within
  /// `box`. Returns nullptr if there is no memory. Transfer full.
  GstBuffer* make(const runs::RunMask& mask, const runs::Box& box, std::uint8_t value);

 private:
  static constexpr unsigned kLeastExponent = 12;
  static constexpr unsigned kMostExponent = 30;

  GstBuffer* acquire(gsize bytes);

  std::array<BufferPool, kMostExponent + 1> pools_;
};

}  // namespace sam2::element
