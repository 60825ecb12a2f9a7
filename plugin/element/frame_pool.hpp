// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <gst/gst.h>
#include <gst/video/video.h>

#include <atomic>

#include "element/buffer_pool.hpp"

namespace sam2::element {

/// Copies frames that other elements hold as well. The memory of the copies is used again from frame to frame.
///
/// A copy has the same byte layout as the original, so that its video and crop metas are valid for the copy. Downstream
/// may propose an allocator. Its pool is not used: an in-place element passes on the ALLOCATION query of upstream,
/// which may use the same pool already.
class FramePool {
 public:
  /// Frees the memory. Copies that are still in use keep theirs.
  void release() { pool_.stop(); }
  /// Makes the next copy ask downstream again for its proposal. Any thread may call this.
  void renegotiate() { outdated_ = true; }

  /// Returns a writable copy with flags, times and metas, or nullptr if there is no memory. Transfer full.
  GstBuffer* copy(GstBuffer* buffer, GstPad* source_pad);

 private:
  bool configure(gsize size, GstPad* source_pad);

  BufferPool pool_;
  gsize size_ = 0;
  std::atomic<bool> outdated_{false};
};

/// True if the pixels of `buffer` may be written without a copy.
[[nodiscard]] bool is_exclusive(GstBuffer* buffer);

}  // namespace sam2::element
