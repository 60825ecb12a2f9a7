// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "element/object_events.hpp"

#include <algorithm>

#include "element/metadata.hpp"

namespace sam2::element {

void ObjectEvents::post(GstElement* element, const GstSegment& segment, const GstBuffer* buffer, const FrameTime& time,
                        std::span<const drawing::FrameObject> objects) {
  now_.resize(objects.size());
  for (std::size_t i = 0; i < objects.size(); ++i) {
    now_[i].id = objects[i].info->id;
    now_[i].label = objects[i].info->label;
  }
  std::ranges::sort(now_, {}, &Seen::id);
  const auto post_missing = [&](const char* event, const std::vector<Seen>& from, const std::vector<Seen>& in) {
    for (const auto& [id, label] : from) {
      if (std::ranges::binary_search(in, id, {}, &Seen::id)) continue;
      auto* structure = make_time_structure("sam2overlay-object", segment, buffer, time);
      gst_structure_set(structure, "event", G_TYPE_STRING, event, "id", G_TYPE_INT, id, "label", G_TYPE_STRING,
                        label.c_str(), nullptr);
      gst_element_post_message(element, gst_message_new_element(GST_OBJECT(element), structure));
    }
  };
  post_missing("lost", seen_, now_);
  post_missing("appeared", now_, seen_);
  std::swap(seen_, now_);
}

}  // namespace sam2::element
