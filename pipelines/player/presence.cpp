// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "presence.hpp"

#include <algorithm>
#include <cmath>

#include "watched_pipeline.hpp"

namespace player {

PresenceScan::~PresenceScan() {
  stop();
}

void PresenceScan::stop() {
  clear_watched(pipeline_);
}

void PresenceScan::start(const std::string& masks, int width, int height, double rate, GstClockTime duration) {
  stop();
  lanes_.clear();
  frame_ = static_cast<GstClockTime>(GST_SECOND / rate);
  const auto frames = std::max<long>(1, std::lround(static_cast<double>(duration) / GST_SECOND * rate));
  pipeline_ = gst_parse_launch(
      "videotestsrc name=source pattern=black ! capsfilter name=caps ! sam2overlay name=overlay ! fakesink", nullptr);
  auto* source = gst_bin_get_by_name(GST_BIN(pipeline_), "source");
  g_object_set(source, "num-buffers", static_cast<int>(frames), nullptr);
  gst_object_unref(source);
  int numerator = 30;
  int denominator = 1;
  gst_util_double_to_fraction(rate, &numerator, &denominator);
  // The shape of the clip at an eighth of its size.
  auto* caps = gst_caps_new_simple("video/x-raw", "format", G_TYPE_STRING, "GRAY8", "width", G_TYPE_INT,
                                   std::max(8, width / 8), "height", G_TYPE_INT, std::max(8, height / 8), "framerate",
                                   GST_TYPE_FRACTION, numerator, denominator, nullptr);
  auto* filter = gst_bin_get_by_name(GST_BIN(pipeline_), "caps");
  g_object_set(filter, "caps", caps, nullptr);
  gst_object_unref(filter);
  gst_caps_unref(caps);
  auto* overlay = gst_bin_get_by_name(GST_BIN(pipeline_), "overlay");
  g_object_set(overlay, "location", masks.c_str(), "silent", TRUE, "post-messages", TRUE, nullptr);
  gst_object_unref(overlay);
  auto* bus = gst_element_get_bus(pipeline_);
  gst_bus_add_watch(bus, on_message, this);
  gst_object_unref(bus);
  gst_element_set_state(pipeline_, GST_STATE_PLAYING);
}

void PresenceScan::add(const FrameObjects& frame) {
  auto place = lanes_.begin();
  for (const auto& object : frame.objects) {
    auto lane = std::find_if(lanes_.begin(), lanes_.end(), [&](const Lane& l) { return l.id == object.id; });
    // A frame lists its objects in file order, so a new one belongs behind the one before it.
    if (lane == lanes_.end()) lane = lanes_.insert(place, Lane{object.id, object.label, {}});
    place = lane + 1;
    auto& spans = lane->spans;
    if (!spans.empty() && frame.time <= spans.back().end + frame_ / 2) {
      spans.back().end = frame.time + frame_;
    } else {
      spans.push_back({frame.time, frame.time + frame_});
    }
  }
}

gboolean PresenceScan::on_message(GstBus*, GstMessage* message, gpointer data) {
  auto* self = static_cast<PresenceScan*>(data);
  FrameObjects frame;
  if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ELEMENT && read_objects(message, frame)) {
    self->add(frame);
  } else if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_EOS) {
    self->on_done(self->lanes_);
  }
  return G_SOURCE_CONTINUE;
}

}  // namespace player
