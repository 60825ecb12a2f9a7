// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <gst/gst.h>

#include "element/owned.hpp"

namespace sam2::element {

/// How the memory of buffers is allocated.
struct MemoryKind {
  Owned<GstAllocator> allocator;  ///< nullptr: the default allocator
  GstAllocationParams params{};
};

/// Buffers of one size whose memory is used again. The number of buffers has no limit, since downstream may keep any
/// number of them.
class BufferPool {
 public:
  BufferPool() = default;
  BufferPool(const BufferPool&) = delete;
  BufferPool& operator=(const BufferPool&) = delete;
  ~BufferPool() { stop(); }

  /// Returns false if such memory cannot be allocated. `caps` may be nullptr.
  bool start(guint size, GstCaps* caps, const MemoryKind& memory);
  /// Frees the memory. Buffers that are still in use keep theirs.
  void stop();
  [[nodiscard]] bool is_started() const { return pool_ != nullptr; }

  /// Returns a buffer of a started pool, or nullptr if there is no memory. Transfer full.
  GstBuffer* acquire();

 private:
  Owned<GstBufferPool> pool_;
};

}  // namespace sam2::element
