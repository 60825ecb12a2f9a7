// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <gst/gst.h>

#include <cstdint>
#include <string>
#include <vector>

namespace player {

/// An object as a message of the element describes it. Coordinates are pixels of the stored frame.
struct Object {
  int id = 0;
  std::string label;
  std::uint64_t area = 0;
  int left = 0;
  int top = 0;
  int width = 0;
  int height = 0;
};

/// The objects of one frame. `time` is stream time in ns.
struct FrameObjects {
  GstClockTime time = GST_CLOCK_TIME_NONE;
  std::vector<Object> objects;
};

/// Reads a message `sam2overlay`. Returns false for any other message.
bool read_objects(GstMessage* message, FrameObjects& frame);

/// Colours of the objects in file order, as the property `colors` takes them.
struct Color {
  double red;
  double green;
  double blue;
};
Color color_of(std::size_t slot);
std::string colors_property(std::size_t count);

}  // namespace player
