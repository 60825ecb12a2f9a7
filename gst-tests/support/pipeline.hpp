// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include "support/gst_check.hpp"
#include "support/owned.hpp"

namespace sam2::test {

/// A pipeline, played to its end; the sam2overlay messages in it.
struct Played {
  std::vector<Owned<GstMessage>> frames;
  int warnings = 0;

  [[nodiscard]] std::vector<int> mask_indices() const {
    std::vector<int> indices;
    for (const auto& frame : frames) {
      int index = -2;
      gst_structure_get_int(gst_message_get_structure(frame.get()), "mask-index", &index);
      indices.push_back(index);
    }
    return indices;
  }
};

inline Owned<GstElement> parse_pipeline(const std::string& description) {
  GError* error = nullptr;
  auto* pipeline = gst_parse_launch(description.c_str(), &error);
  fail_unless(error == nullptr, "%s: %s", description.c_str(), error != nullptr ? error->message : "");
  gst_object_ref_sink(pipeline);
  return Owned<GstElement>(pipeline);
}

inline Played play(const std::string& description) {
  const auto pipeline = parse_pipeline(description);
  Played played;
  gst_element_set_state(pipeline.get(), GST_STATE_PLAYING);
  const Owned<GstBus> bus(gst_element_get_bus(pipeline.get()));
  bool ended = false;
  while (!ended) {
    Owned<GstMessage> message(gst_bus_timed_pop(bus.get(), 60 * GST_SECOND));
    fail_unless(message != nullptr, "no end: %s", description.c_str());
    if (GST_MESSAGE_TYPE(message.get()) == GST_MESSAGE_ERROR) {
      GError* error = nullptr;
      gst_message_parse_error(message.get(), &error, nullptr);
      fail_unless(false, "%s: %s", description.c_str(), error->message);
    }
    ended = GST_MESSAGE_TYPE(message.get()) == GST_MESSAGE_EOS;
    if (GST_MESSAGE_TYPE(message.get()) == GST_MESSAGE_WARNING) ++played.warnings;
    const bool is_frame =
        GST_MESSAGE_TYPE(message.get()) == GST_MESSAGE_ELEMENT && gst_message_has_name(message.get(), "sam2overlay");
    if (is_frame) played.frames.push_back(std::move(message));
  }
  gst_element_set_state(pipeline.get(), GST_STATE_NULL);
  return played;
}

}  // namespace sam2::test
