// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "element/gstsam2overlay.h"

// gst-plugin-scanner runs this in a process of its own. It registers the element and does nothing else.
static gboolean plugin_init(GstPlugin* plugin) {
  return GST_ELEMENT_REGISTER(sam2overlay, plugin);
}

GST_PLUGIN_DEFINE(GST_VERSION_MAJOR, GST_VERSION_MINOR, sam2overlay, "Plays SAM 2 segmentation masks on top of video",
                  plugin_init, PACKAGE_VERSION, "LGPL", "sam2overlay", "sam2overlay")
