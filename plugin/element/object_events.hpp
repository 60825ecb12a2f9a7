// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <span>
#include <string>
#include <vector>

#include "drawing/overlay_renderer.hpp"
#include "element/frame_clock.hpp"

namespace sam2::element {

/// Tells which objects come and go from one frame that passes to the next, in element messages "sam2overlay-object".
/// Over a seek, it is the frames on both sides of it that are compared: who adds and removes what the messages say
/// knows at any time what is on the frame.
class ObjectEvents {
 public:
  void post(GstElement* element, const GstSegment& segment, const GstBuffer* buffer, const FrameTime& time,
            std::span<const drawing::FrameObject> objects);

 private:
  struct Seen {
    gint id = 0;
    std::string label;
  };

  std::vector<Seen> seen_;  ///< on the frame before, by id
  std::vector<Seen> now_;
};

}  // namespace sam2::element
