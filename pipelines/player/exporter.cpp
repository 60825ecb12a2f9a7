// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "exporter.hpp"

#include <glib/gstdio.h>

#include "watched_pipeline.hpp"

namespace player {

void copy_looks(GstElement* from, GstElement* to) {
  guint count = 0;
  auto** properties = g_object_class_list_properties(G_OBJECT_GET_CLASS(from), &count);
  for (guint i = 0; i < count; ++i) {
    const auto* property = properties[i];
    const bool is_own = property->owner_type == G_OBJECT_TYPE(from);
    constexpr unsigned kBoth = G_PARAM_READWRITE;
    if (!is_own || (property->flags & kBoth) != kBoth || g_str_equal(property->name, "post-messages")) continue;
    GValue value = G_VALUE_INIT;
    g_value_init(&value, property->value_type);
    g_object_get_property(G_OBJECT(from), property->name, &value);
    g_object_set_property(G_OBJECT(to), property->name, &value);
    g_value_unset(&value);
  }
  g_free(properties);
}

Exporter::~Exporter() {
  cancel();
}

void Exporter::start(const Playback& playback, const std::string& path) {
  cancel();
  path_ = path;
  part_ = path + ".part";
  const std::string audio =
      playback.has_audio() ? "decode. ! queue ! audioconvert ! audioresample ! avenc_aac ! mux." : "";
  const auto flow =
      "filesrc name=file ! decodebin name=decode mp4mux name=mux ! filesink name=out "
      "decode. ! queue ! sam2overlay name=overlay ! videoflip video-direction=auto ! videoconvert ! "
      "video/x-raw,format=I420 ! "
      "x264enc bframes=0 pass=qual quantizer=20 speed-preset=fast ! h264parse ! queue ! mux. " +
      audio;
  GError* error = nullptr;
  pipeline_ = gst_parse_launch(flow.c_str(), &error);
  if (error != nullptr) {
    end(error->message);
    g_error_free(error);
    return;
  }
  const auto set = [&](const char* element, const std::string& location) {
    auto* found = gst_bin_get_by_name(GST_BIN(pipeline_), element);
    g_object_set(found, "location", location.c_str(), nullptr);
    gst_object_unref(found);
  };
  set("file", playback.clip());
  set("out", part_);
  auto* overlay = gst_bin_get_by_name(GST_BIN(pipeline_), "overlay");
  copy_looks(playback.overlay(), overlay);
  gst_object_unref(overlay);
  auto* bus = gst_element_get_bus(pipeline_);
  gst_bus_add_watch(bus, on_message, this);
  gst_object_unref(bus);
  timer_ = g_timeout_add(200, on_timer, this);
  gst_element_set_state(pipeline_, GST_STATE_PLAYING);
}

void Exporter::cancel() {
  if (timer_ != 0) g_source_remove(timer_);
  timer_ = 0;
  if (pipeline_ == nullptr) return;
  clear_watched(pipeline_);
  g_unlink(part_.c_str());
}

void Exporter::end(const std::string& problem) {
  auto outcome = problem;
  if (pipeline_ != nullptr) gst_element_set_state(pipeline_, GST_STATE_NULL);
  if (outcome.empty() && g_rename(part_.c_str(), path_.c_str()) != 0) outcome = path_ + " cannot be written";
  cancel();
  on_done(outcome);
}

gboolean Exporter::on_timer(gpointer data) {
  auto* self = static_cast<Exporter*>(data);
  gint64 position = 0;
  gint64 duration = 0;
  if (gst_element_query_position(self->pipeline_, GST_FORMAT_TIME, &position) &&
      gst_element_query_duration(self->pipeline_, GST_FORMAT_TIME, &duration) && duration > 0) {
    self->on_progress(double(position) / double(duration));
  }
  return G_SOURCE_CONTINUE;
}

gboolean Exporter::on_message(GstBus*, GstMessage* message, gpointer data) {
  auto* self = static_cast<Exporter*>(data);
  if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR) {
    GError* error = nullptr;
    gst_message_parse_error(message, &error, nullptr);
    const std::string text = error->message;
    g_error_free(error);
    self->end(text);
    return G_SOURCE_REMOVE;
  }
  if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_EOS) {
    self->end("");
    return G_SOURCE_REMOVE;
  }
  return G_SOURCE_CONTINUE;
}

}  // namespace player
