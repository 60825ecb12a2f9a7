// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>
#include <gst/video/video.h>

#include <atomic>

#include "element/buffer_pool.hpp"

namespace sam2::element {

/// Copies of frames that others hold, in memory that is used again from frame to frame.
///
/// A copy has the layout of the original byte by byte, so that its video and crop metas hold for it as well.
/// Downstream's proposal for the memory is asked for; its pool is not used, as it may have been handed to upstream too,
/// whose ALLOCATION query an in-place element passes on.
class FramePool {
 public:
  /// Gives the memory back; copies that are still in use keep theirs.
  void release() { pool_.stop(); }
  /// Downstream may propose other memory from the next copy on. Any thread.
  void renegotiate() { outdated_ = true; }

  /// A writable copy with flags, times and metas, or nullptr where there is no memory. Transfer full.
  GstBuffer* copy(GstBuffer* buffer, GstPad* source_pad);

 private:
  bool configure(gsize size, GstPad* source_pad);

  BufferPool pool_;
  gsize size_ = 0;
  std::atomic<bool> outdated_{false};
};

/// Whether the pixels of `buffer` may be written without a copy.
[[nodiscard]] bool is_exclusive(GstBuffer* buffer);

}  // namespace sam2::element
