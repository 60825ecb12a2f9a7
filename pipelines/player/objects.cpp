// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "objects.hpp"

#include <array>
#include <cstdio>

namespace player {
namespace {

/// The ten colours of tab10, which the notebooks of SAM 2 use.
constexpr std::array<unsigned, 10> kColors{0x1f77b4, 0xff7f0e, 0x2ca02c, 0xd62728, 0x9467bd,
                                           0x8c564b, 0xe377c2, 0x7f7f7f, 0xbcbd22, 0x17becf};

Object read_object(const GstStructure* structure) {
  Object object;
  gst_structure_get_int(structure, "id", &object.id);
  const char* label = gst_structure_get_string(structure, "label");
  object.label = label != nullptr ? label : "";
  guint64 area = 0;
  gst_structure_get_uint64(structure, "area", &area);
  object.area = area;
  gst_structure_get_int(structure, "left", &object.left);
  gst_structure_get_int(structure, "top", &object.top);
  gst_structure_get_int(structure, "width", &object.width);
  gst_structure_get_int(structure, "height", &object.height);
  return object;
}

}  // namespace

bool read_objects(GstMessage* message, FrameObjects& frame) {
  if (!gst_message_has_name(message, "sam2overlay")) return false;
  const auto* structure = gst_message_get_structure(message);
  gst_structure_get_uint64(structure, "stream-time", &frame.time);
  frame.objects.clear();
  const auto* list = gst_structure_get_value(structure, "objects");
  for (guint i = 0; list != nullptr && i < gst_value_list_get_size(list); ++i) {
    frame.objects.push_back(read_object(gst_value_get_structure(gst_value_list_get_value(list, i))));
  }
  return true;
}

Color color_of(std::size_t slot) {
  const auto color = kColors[slot % kColors.size()];
  return {(color >> 16) / 255.0, (color >> 8 & 0xff) / 255.0, (color & 0xff) / 255.0};
}

std::string colors_property(std::size_t count) {
  std::string text;
  for (std::size_t slot = 0; slot < count; ++slot) {
    std::array<char, 16> color{};
    std::snprintf(color.data(), color.size(), "%s#%06x", slot == 0 ? "" : ",", kColors[slot % kColors.size()]);
    text += color.data();
  }
  return text;
}

}  // namespace player
