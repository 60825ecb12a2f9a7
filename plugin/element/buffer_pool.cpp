// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "element/buffer_pool.hpp"

#include <utility>

namespace sam2::element {

bool BufferPool::start(guint size, GstCaps* caps, const MemoryKind& memory) {
  stop();
  Owned<GstBufferPool> pool(gst_buffer_pool_new());
  auto* const config = gst_buffer_pool_get_config(pool.get());
  gst_buffer_pool_config_set_params(config, caps, size, 0, 0);
  gst_buffer_pool_config_set_allocator(config, memory.allocator.get(), &memory.params);
  if (!gst_buffer_pool_set_config(pool.get(), config) || !gst_buffer_pool_set_active(pool.get(), TRUE)) return false;
  pool_ = std::move(pool);
  return true;
}

void BufferPool::stop() {
  if (pool_ == nullptr) return;
  gst_buffer_pool_set_active(pool_.get(), FALSE);
  pool_.reset();
}

GstBuffer* BufferPool::acquire() {
  GstBuffer* buffer = nullptr;
  return gst_buffer_pool_acquire_buffer(pool_.get(), &buffer, nullptr) == GST_FLOW_OK ? buffer : nullptr;
}

}  // namespace sam2::element
