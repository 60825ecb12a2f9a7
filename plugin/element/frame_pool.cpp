// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "element/frame_pool.hpp"

#include "element/debug.hpp"

namespace sam2::element {
namespace {

/// Asks downstream for the kind of memory that it prefers.
MemoryKind ask_downstream(GstPad* source_pad, GstCaps* caps) {
  MemoryKind proposal;
  const Owned<GstQuery> query(gst_query_new_allocation(caps, FALSE));
  if (gst_pad_peer_query(source_pad, query.get()) && gst_query_get_n_allocation_params(query.get()) > 0) {
    GstAllocator* allocator = nullptr;
    gst_query_parse_nth_allocation_param(query.get(), 0, &allocator, &proposal.params);
    proposal.allocator.reset(allocator);
  }
  // An allocator with this flag cannot allocate by size alone.
  auto* const allocator = proposal.allocator.get();
  if (allocator != nullptr && GST_OBJECT_FLAG_IS_SET(allocator, GST_ALLOCATOR_FLAG_CUSTOM_ALLOC)) {
    proposal.allocator.reset();
  }
  return proposal;
}

/// Copies the metas that describe where the pixels lie in memory. gst_buffer_copy_into() skips them, since it cannot
/// know that the new memory has the same layout.
void copy_layout_metas(GstBuffer* from, GstBuffer* to) {
  GstMetaTransformCopy whole{FALSE, 0, static_cast<gsize>(-1)};
  gpointer state = nullptr;
  while (auto* const meta = gst_buffer_iterate_meta(from, &state)) {
    const auto api = meta->info->api;
    if (api != GST_VIDEO_META_API_TYPE && api != GST_VIDEO_CROP_META_API_TYPE) continue;
    if (meta->info->transform_func != nullptr) {
      meta->info->transform_func(to, meta, from, _gst_meta_transform_copy, &whole);
    }
  }
}

bool copy_bytes(GstBuffer* from, GstBuffer* to, gsize size) {
  GstMapInfo map;
  if (!gst_buffer_map(to, &map, GST_MAP_WRITE)) return false;
  const bool whole = map.size >= size && gst_buffer_extract(from, 0, map.data, size) == size;
  gst_buffer_unmap(to, &map);
  return whole;
}

}  // namespace

bool FramePool::configure(gsize size, GstPad* source_pad) {
  const bool outdated = outdated_.exchange(false);
  if (pool_.is_started() && size == size_ && !outdated) return true;
  release();
  const Owned<GstCaps> caps(gst_pad_get_current_caps(source_pad));
  if (caps == nullptr) return false;
  const auto proposal = ask_downstream(source_pad, caps.get());
  const bool started = pool_.start(static_cast<guint>(size), caps.get(), proposal);
  size_ = size;
  GST_DEBUG_OBJECT(source_pad, "pool of %" G_GSIZE_FORMAT " bytes per frame %s, allocator %s", size,
                   started ? "started" : "could not be started",
                   proposal.allocator != nullptr ? proposal.allocator->mem_type : "default");
  return started;
}

GstBuffer* FramePool::copy(GstBuffer* buffer, GstPad* source_pad) {
  const auto size = gst_buffer_get_size(buffer);
  if (size == 0 || size > G_MAXUINT || !configure(size, source_pad)) return nullptr;
  auto* const copy = pool_.acquire();
  if (copy == nullptr) return nullptr;
  constexpr auto kAllButMemory =
      static_cast<GstBufferCopyFlags>(GST_BUFFER_COPY_FLAGS | GST_BUFFER_COPY_TIMESTAMPS | GST_BUFFER_COPY_META);
  const bool copied =
      copy_bytes(buffer, copy, size) && gst_buffer_copy_into(copy, buffer, kAllButMemory, 0, static_cast<gsize>(-1));
  if (!copied) {
    GST_DEBUG_OBJECT(source_pad, "the bytes of a frame could not be copied");
    gst_buffer_unref(copy);
    return nullptr;
  }
  copy_layout_metas(buffer, copy);
  return copy;
}

bool is_exclusive(GstBuffer* buffer) {
  if (!gst_buffer_is_writable(buffer) || !gst_buffer_is_all_memory_writable(buffer)) return false;
  for (guint i = 0; i < gst_buffer_n_memory(buffer); ++i) {
    if (GST_MEMORY_IS_READONLY(gst_buffer_peek_memory(buffer, i))) return false;
  }
  return true;
}

}  // namespace sam2::element
