// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "playback.hpp"

#include <gst/app/gstappsink.h>
#include <gst/video/video.h>

#include <algorithm>
#include <utility>

#include "watched_pipeline.hpp"

namespace player {
namespace {

constexpr std::size_t kRecentFrames = 64;
constexpr const char* kSink =
    "videoflip video-direction=auto ! videoconvert ! video/x-raw,format=BGRA ! "
    "appsink name=sink max-buffers=2 emit-signals=true";

}  // namespace

Playback::Playback() {
  g_mutex_init(&lock_);
  player_ = gst_element_factory_make("playbin", nullptr);
  overlay_ = gst_element_factory_make("sam2overlay", nullptr);
  if (player_ == nullptr || overlay_ == nullptr) return;
  gst_object_ref_sink(player_);
  gst_object_ref_sink(overlay_);
  g_object_set(overlay_, "post-messages", TRUE, nullptr);
  gst_util_set_object_arg(G_OBJECT(overlay_), "render", "blend");
  auto* sink = gst_parse_bin_from_description(kSink, TRUE, nullptr);
  auto* appsink = gst_bin_get_by_name(GST_BIN(sink), "sink");
  g_signal_connect(appsink, "new-sample", G_CALLBACK(on_sample), this);
  g_signal_connect(appsink, "new-preroll", G_CALLBACK(on_sample), this);
  gst_object_unref(appsink);
  g_object_set(player_, "video-filter", overlay_, "video-sink", sink, nullptr);
  auto* bus = gst_element_get_bus(player_);
  gst_bus_add_watch(bus, on_message, this);
  gst_object_unref(bus);
}

Playback::~Playback() {
  clear_watched(player_);
  gst_clear_object(&overlay_);
  if (idle_ != 0) g_source_remove(idle_);
  if (newest_ != nullptr) gst_sample_unref(newest_);
  g_mutex_clear(&lock_);
}

void Playback::open_clip(const std::string& path) {
  clip_ = path;
  is_ready_ = false;
  has_failed_ = false;
  is_playing_ = false;
  rate_ = 1;
  recent_.clear();
  gst_element_set_state(player_, GST_STATE_READY);
  auto* uri = gst_filename_to_uri(path.c_str(), nullptr);
  g_object_set(player_, "uri", uri, nullptr);
  g_free(uri);
  gst_element_set_state(player_, GST_STATE_PAUSED);
}

void Playback::set_masks(const std::string& path) {
  masks_ = path;
  g_object_set(overlay_, "location", path.c_str(), nullptr);
  // The frame that is shown gets its masks by a seek to itself.
  if (is_ready_) seek(position());
}

/// Masks that cannot be read do not keep the clip from being seen.
void Playback::open_without_masks() {
  g_object_set(overlay_, "location", nullptr, nullptr);
  g_idle_add(
      +[](gpointer self) -> gboolean {
        static_cast<Playback*>(self)->open_clip(static_cast<Playback*>(self)->clip_);
        return G_SOURCE_REMOVE;
      },
      this);
}

void Playback::set_playing(bool is_playing) {
  is_playing_ = is_playing;
  gst_element_set_state(player_, is_playing ? GST_STATE_PLAYING : GST_STATE_PAUSED);
}

void Playback::send_seek(GstClockTime time, GstSeekFlags flags) {
  gst_element_seek(player_, rate_, GST_FORMAT_TIME, flags, GST_SEEK_TYPE_SET, static_cast<gint64>(time),
                   GST_SEEK_TYPE_NONE, 0);
}

void Playback::seek(GstClockTime time) {
  send_seek(std::min(time, duration()), static_cast<GstSeekFlags>(GST_SEEK_FLAG_FLUSH | GST_SEEK_FLAG_ACCURATE));
}

void Playback::step(int frames) {
  set_playing(false);
  if (frames > 0) {
    gst_element_send_event(player_,
                           gst_event_new_step(GST_FORMAT_BUFFERS, static_cast<guint64>(frames), 1, TRUE, FALSE));
    return;
  }
  const auto frame = static_cast<GstClockTime>(GST_SECOND / frame_rate_);
  const auto now = position();
  seek(now > frame ? now - frame : 0);
}

void Playback::set_rate(double rate) {
  rate_ = std::clamp(rate, 0.1, 8.0);
  seek(position());
}

bool Playback::has_audio() const {
  gint count = 0;
  g_object_get(player_, "n-audio", &count, nullptr);
  return count > 0;
}

GstClockTime Playback::position() const {
  gint64 position = 0;
  return gst_element_query_position(player_, GST_FORMAT_TIME, &position) && position > 0 ? GstClockTime(position) : 0;
}

GstClockTime Playback::duration() const {
  gint64 duration = 0;
  return gst_element_query_duration(player_, GST_FORMAT_TIME, &duration) && duration > 0 ? GstClockTime(duration) : 0;
}

// On a thread of the pipeline. Frames that the main thread has no time for are dropped.
GstFlowReturn Playback::on_sample(GstElement* sink, gpointer data) {
  auto* self = static_cast<Playback*>(data);
  auto* sample = gst_app_sink_try_pull_preroll(GST_APP_SINK(sink), 0);
  if (sample == nullptr) sample = gst_app_sink_try_pull_sample(GST_APP_SINK(sink), 0);
  if (sample == nullptr) return GST_FLOW_OK;
  g_mutex_lock(&self->lock_);
  std::swap(self->newest_, sample);
  if (self->idle_ == 0) self->idle_ = g_idle_add(show_newest, self);
  g_mutex_unlock(&self->lock_);
  if (sample != nullptr) gst_sample_unref(sample);
  return GST_FLOW_OK;
}

gboolean Playback::show_newest(gpointer data) {
  auto* self = static_cast<Playback*>(data);
  g_mutex_lock(&self->lock_);
  auto* sample = self->newest_;
  self->newest_ = nullptr;
  self->idle_ = 0;
  g_mutex_unlock(&self->lock_);
  if (sample != nullptr) {
    self->show(sample);
    gst_sample_unref(sample);
  }
  return G_SOURCE_REMOVE;
}

void Playback::show(GstSample* sample) {
  GstVideoInfo info;
  GstVideoFrame frame;
  auto* buffer = gst_sample_get_buffer(sample);
  if (!gst_video_info_from_caps(&info, gst_sample_get_caps(sample)) ||
      !gst_video_frame_map(&frame, &info, buffer, GST_MAP_READ)) {
    return;
  }
  const auto stride = static_cast<gsize>(GST_VIDEO_FRAME_PLANE_STRIDE(&frame, 0));
  // The texture outlives the buffer, so it has its own copy.
  auto* bytes = g_bytes_new(GST_VIDEO_FRAME_PLANE_DATA(&frame, 0), stride * static_cast<gsize>(info.height));
  auto* texture = gdk_memory_texture_new(info.width, info.height, GDK_MEMORY_B8G8R8A8, bytes, stride);
  g_bytes_unref(bytes);
  gst_video_frame_unmap(&frame);
  width_ = info.width;
  height_ = info.height;
  if (info.fps_n > 0) frame_rate_ = double(info.fps_n) / info.fps_d;
  const auto time = gst_segment_to_stream_time(gst_sample_get_segment(sample), GST_FORMAT_TIME, GST_BUFFER_PTS(buffer));
  on_frame(texture);
  g_object_unref(texture);
  const auto found = std::find_if(recent_.rbegin(), recent_.rend(), [&](const auto& f) { return f.time <= time; });
  if (found != recent_.rend()) on_objects(*found);
  if (!is_ready_ && duration() > 0) {
    is_ready_ = true;
    on_ready();
  }
}

void Playback::take_objects(GstMessage* message) {
  FrameObjects frame;
  if (!read_objects(message, frame)) return;
  if (!recent_.empty() && recent_.back().time >= frame.time) recent_.clear();  // after a seek
  recent_.push_back(std::move(frame));
  if (recent_.size() > kRecentFrames) recent_.pop_front();
  if (!is_playing_) on_objects(recent_.back());
}

gboolean Playback::on_message(GstBus*, GstMessage* message, gpointer data) {
  auto* self = static_cast<Playback*>(data);
  GError* error = nullptr;
  switch (GST_MESSAGE_TYPE(message)) {
    case GST_MESSAGE_ELEMENT:
      self->take_objects(message);
      break;
    case GST_MESSAGE_ERROR:
      if (std::exchange(self->has_failed_, true)) break;
      gst_message_parse_error(message, &error, nullptr);
      if (GST_MESSAGE_SRC(message) == GST_OBJECT(self->overlay_)) {
        self->open_without_masks();
      } else {
        g_prefix_error(&error, "%s: ", self->clip_.c_str());  // unlike sam2overlay, others do not name the file
      }
      break;
    case GST_MESSAGE_WARNING:
      if (GST_MESSAGE_SRC(message) == GST_OBJECT(self->overlay_)) gst_message_parse_warning(message, &error, nullptr);
      break;
    case GST_MESSAGE_EOS:
      self->set_playing(false);
      break;
    default:
      break;
  }
  if (error != nullptr) {
    self->on_problem(error->message);
    g_error_free(error);
  }
  return G_SOURCE_CONTINUE;
}

}  // namespace player
