// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <gst/base/gstbasetransform.h>
#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_TYPE_SAM2_OVERLAY (gst_sam2_overlay_get_type())
G_DECLARE_FINAL_TYPE(GstSam2Overlay, gst_sam2_overlay, GST, SAM2_OVERLAY, GstBaseTransform)

GST_ELEMENT_REGISTER_DECLARE(sam2overlay)

G_END_DECLS
