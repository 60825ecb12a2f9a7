// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <gst/gst.h>

GST_DEBUG_CATEGORY_EXTERN(gst_sam2_overlay_debug);
#define GST_CAT_DEFAULT gst_sam2_overlay_debug
