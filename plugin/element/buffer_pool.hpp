// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

namespace sam2::element {

/// What the memory of buffers is to be.
struct MemoryKind {
  GstAllocator* allocator = nullptr;  ///< nullptr: the default one
  GstAllocationParams params{};
};

/// Buffers of one size whose memory is used again. Holds as many as were in use at once, for downstream may keep as
/// many as it likes.
class BufferPool {
 public:
  BufferPool() = default;
  BufferPool(const BufferPool&) = delete;
  BufferPool& operator=(const BufferPool&) = delete;
  ~BufferPool() { stop(); }

  /// False where there is no such memory. `caps` may be nullptr.
  bool start(guint size, GstCaps* caps, const MemoryKind& memory);
  /// Gives the memory back; buffers that are still in use keep theirs.
  void stop();
  [[nodiscard]] bool is_started() const { return pool_ != nullptr; }

  /// Of a pool that is started. Transfer full; nullptr where there is no memory.
  GstBuffer* acquire();

 private:
  GstBufferPool* pool_ = nullptr;
};

}  // namespace sam2::element
