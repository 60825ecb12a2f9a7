// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <gst/gst.h>

#include <optional>
#include <span>

#include "drawing/scene.hpp"
#include "element/frame_clock.hpp"

namespace sam2::element {

/// Attaches a GstVideoRegionOfInterestMeta to `buffer` for each object. The type is the label of the object or "sam2",
/// the id is that of the object, and the parameter structure "sam2overlay" has the same fields as the objects of the
/// message. `buffer` must be writable.
void attach_region_metas(GstBuffer* buffer, std::span<const drawing::FrameObject> objects);

/// Makes a structure with the times of a frame: timestamp, stream-time, running-time and duration. Transfer full.
GstStructure* make_time_structure(const char* name, const GstSegment& segment, const GstBuffer* buffer,
                                  const FrameTime& time);

/// Makes the element message "sam2overlay" of one frame. `mask_index` is the row of the mask array, or -1. Transfer
/// full.
GstMessage* make_frame_message(GstElement* element, const GstSegment& segment, const GstBuffer* buffer,
                               const FrameTime& time, gint mask_index, std::span<const drawing::FrameObject> objects);

}  // namespace sam2::element
