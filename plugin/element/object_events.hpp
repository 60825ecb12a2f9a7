// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <gst/gst.h>

#include <span>
#include <string>
#include <vector>

#include "drawing/scene.hpp"
#include "element/frame_clock.hpp"

namespace sam2::element {

/// Posts an element message "sam2overlay-object" for each object that appears or is lost between one frame and the
/// next. After a seek, the frames before and after it are compared. So an application that adds and removes objects by
/// these messages always knows the objects of the current frame.
class ObjectEvents {
 public:
  void post(GstElement* element, const GstSegment& segment, const GstBuffer* buffer, const FrameTime& time,
            std::span<const drawing::FrameObject> objects);

 private:
  struct Seen {
    gint id = 0;
    std::string label;
  };

  std::vector<Seen> seen_;  ///< objects of the previous frame, sorted by id
  std::vector<Seen> now_;
};

}  // namespace sam2::element
