// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "element/stats.hpp"

namespace sam2::element {

GstStructure* make_stats(const MaskSource::Stats& source, const FrameStats& frames) {
  auto* const stats = gst_structure_new_empty("sam2overlay-stats");
  const auto set_number = [stats](const char* name, guint64 value) {
    gst_structure_set(stats, name, G_TYPE_UINT64, value, nullptr);
  };
  const auto* const masks = source.clip != nullptr ? &source.clip->masks() : nullptr;
  const auto words = masks != nullptr ? masks->words().stats() : masks::WordStore::Stats{};
  const guint64 scanned = masks != nullptr ? masks->published_count() : 0;
  set_number("frames-total", masks != nullptr ? masks->entry_count() : 0);
  set_number("frames-loaded", scanned);
  set_number("objects", masks != nullptr ? masks->object_count() : 0);
  gst_structure_set(stats, "axes", G_TYPE_STRING, masks != nullptr ? masks->axes().c_str() : "", nullptr);
  set_number("rendered", frames.rendered);
  set_number("passed-through", frames.passed_through);
  set_number("store-bytes", masks != nullptr ? masks->store_bytes() : 0);
  set_number("load-time", source.load_time);
  set_number("frames-scanned", scanned);
  set_number("cached-bytes", words.cached_bytes);
  set_number("dropped", words.dropped);
  set_number("read-again", words.read_again);
  set_number("zone-bytes", frames.zone_bytes);
  return stats;
}

}  // namespace sam2::element
