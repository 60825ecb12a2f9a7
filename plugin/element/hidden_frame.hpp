// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <gst/gst.h>

#include "composite/color.hpp"
#include "element/caps.hpp"
#include "element/owned.hpp"
#include "element/unpacked_frame.hpp"

namespace sam2::element {

/// Frames that are covered by one colour. They have memory of their own, so that nothing of the frame that they stand
/// for is left, and no buffer is too broken to be hidden. All of them share it.
class HiddenFrame {
 public:
  /// Frees the memory, since the caps change. Frames that are in use keep it.
  void forget() { blank_.reset(); }

  /// Returns a frame of the caps that has the times, flags and metas of `buffer`, except those about its memory.
  /// `unpacked` is for formats that the painter does not draw. Returns nullptr if there is no memory. Transfer full.
  GstBuffer* make(GstBuffer* buffer, const FrameInfo& info, UnpackedFrame* unpacked, composite::Rgb color);

 private:
  bool make_blank(const FrameInfo& info, UnpackedFrame* unpacked, composite::Rgb color);

  /// A buffer and not only its memory: the reference of a buffer keeps others from writing to the memory.
  Owned<GstBuffer> blank_;
  composite::Rgb color_;
};

}  // namespace sam2::element
