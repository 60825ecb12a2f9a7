// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <array>
#include <cstdint>

#include "element/buffer_pool.hpp"
#include "runs/run_mask.hpp"

namespace sam2::element {

/// Masks as GRAY8 pictures of the size of their boxes, in memory that is used again from frame to frame. There is a
/// pool for each power of two of bytes, so that a picture takes less than twice what it needs.
class MaskPictures {
 public:
  /// The pixels of `box`, which `mask` must lie in: `value` inside the mask, 0 outside. With a video meta. Transfer
  /// full; nullptr where there is no memory.
  GstBuffer* make(const runs::RunMask& mask, const runs::Box& box, std::uint8_t value);

 private:
  static constexpr unsigned kLeastExponent = 12;
  static constexpr unsigned kMostExponent = 30;

  GstBuffer* acquire(gsize bytes);

  std::array<BufferPool, kMostExponent + 1> pools_;
};

}  // namespace sam2::element
