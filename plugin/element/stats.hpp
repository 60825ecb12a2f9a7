// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <gst/gst.h>

#include "element/mask_source.hpp"

namespace sam2::element {

/// What frames have left behind since the element started.
struct FrameStats {
  guint64 rendered = 0;
  guint64 passed_through = 0;
  guint64 zone_bytes = 0;  ///< memory of the counts at zones
};

/// The value of the property `stats`. Transfer full.
GstStructure* make_stats(const MaskSource::Stats& source, const FrameStats& frames);

}  // namespace sam2::element
