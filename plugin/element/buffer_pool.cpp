// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "element/buffer_pool.hpp"

namespace sam2::element {

bool BufferPool::start(guint size, GstCaps* caps, const MemoryKind& memory) {
  stop();
  auto* const pool = gst_buffer_pool_new();
  auto* const config = gst_buffer_pool_get_config(pool);
  gst_buffer_pool_config_set_params(config, caps, size, 0, 0);
  gst_buffer_pool_config_set_allocator(config, memory.allocator, &memory.params);
  if (!gst_buffer_pool_set_config(pool, config) || !gst_buffer_pool_set_active(pool, TRUE)) {
    gst_object_unref(pool);
    return false;
  }
  pool_ = pool;
  return true;
}

void BufferPool::stop() {
  if (pool_ == nullptr) return;
  gst_buffer_pool_set_active(pool_, FALSE);
  gst_clear_object(&pool_);
}

GstBuffer* BufferPool::acquire() {
  GstBuffer* buffer = nullptr;
  return gst_buffer_pool_acquire_buffer(pool_, &buffer, nullptr) == GST_FLOW_OK ? buffer : nullptr;
}

}  // namespace sam2::element
