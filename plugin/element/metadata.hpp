// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <optional>
#include <span>

#include "drawing/overlay_renderer.hpp"
#include "element/frame_clock.hpp"

namespace sam2::element {

/// Attaches one GstVideoRegionOfInterestMeta an object to `buffer`, which must be writable: type is the object's label
/// or "sam2", id its id, and one parameter structure "sam2overlay" has the same fields as the objects of the message.
void attach_region_metas(GstBuffer* buffer, std::span<const drawing::FrameObject> objects);

/// A structure with the times of a frame: timestamp, stream-time, running-time and duration. Transfer full.
GstStructure* make_time_structure(const char* name, const GstSegment& segment, const GstBuffer* buffer,
                                  const FrameTime& time);

/// The element message "sam2overlay" of one frame. `mask_index`: row of the mask array, -1 for none. Transfer full.
GstMessage* make_frame_message(GstElement* element, const GstSegment& segment, const GstBuffer* buffer,
                               const FrameTime& time, gint mask_index, std::span<const drawing::FrameObject> objects);

}  // namespace sam2::element
