// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <gst/gst.h>

namespace sam2::element {

/// Makes the element post an error when upstream sends caps that its sink pad refuses. Without it, users read only that
/// some element upstream had an "Internal data stream error". The error names the caps and what to put where.
void watch_refused_caps(GstElement* element, GstPad* sink);

/// Posts that error for caps that the pad took and the element, or downstream, refuses.
void post_refused_caps(GstElement* element, GstCaps* caps);

/// Posts the error for a buffer that comes before any caps, as from `filesrc ! sam2overlay`.
void post_missing_caps(GstElement* element);

}  // namespace sam2::element
