// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <gst/gst.h>

namespace player {

/// Stops a pipeline whose bus has a watch, and lets go of both; nothing if there is none.
inline void clear_watched(GstElement*& pipeline) {
  if (pipeline == nullptr) return;
  auto* bus = gst_element_get_bus(pipeline);
  gst_bus_remove_watch(bus);
  gst_object_unref(bus);
  gst_element_set_state(pipeline, GST_STATE_NULL);
  gst_clear_object(&pipeline);
}

}  // namespace player
