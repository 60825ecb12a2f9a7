// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <atomic>

#include "support/overlay.hpp"
#include "support/pipeline.hpp"

namespace sam2::test {

/// A playing pipeline whose frames are taken one by one from its appsink `sink`.
class SampleSource {
 public:
  explicit SampleSource(const std::string& description)
      : pipeline_(parse_pipeline(description)),
        sink_(gst_bin_get_by_name(GST_BIN(pipeline_.get()), "sink")),
        bus_(gst_element_get_bus(pipeline_.get())) {
    // The message of the same name comes from upstream, before the last frames are here.
    auto* const pad = gst_element_get_static_pad(sink_.get(), "sink");
    gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, on_event, this, nullptr);
    gst_object_unref(pad);
    gst_element_set_state(pipeline_.get(), GST_STATE_PLAYING);
  }
  SampleSource(const SampleSource&) = delete;
  SampleSource& operator=(const SampleSource&) = delete;
  ~SampleSource() { gst_element_set_state(pipeline_.get(), GST_STATE_NULL); }

  /// The next frame; nothing at the end of the stream or segment. An error or half a minute without a frame fails the
  /// test.
  Owned<GstSample> pull() {
    GstSample* sample = nullptr;
    for (int i = 0; i < 1500 && sample == nullptr; ++i) {
      collect_messages();
      const bool segment_done = segment_done_;
      g_signal_emit_by_name(sink_.get(), "try-pull-sample", guint64{20 * GST_MSECOND}, &sample);
      if (sample != nullptr) break;
      gboolean ended = FALSE;
      g_object_get(sink_.get(), "eos", &ended, nullptr);
      if (ended || segment_done) return nullptr;
    }
    fail_unless(sample != nullptr, "no frame");
    return Owned<GstSample>(sample);
  }

  struct Seek {
    double rate = 1.0;
    int flags = GST_SEEK_FLAG_FLUSH | GST_SEEK_FLAG_ACCURATE;
    GstClockTime start = 0;
    GstClockTime stop = GST_CLOCK_TIME_NONE;
  };

  void seek(const Seek& seek) {
    // Without a frame there is nothing to seek in yet.
    gst_element_get_state(pipeline_.get(), nullptr, nullptr, GST_CLOCK_TIME_NONE);
    collect_messages();
    segment_done_ = false;
    const bool done =
        gst_element_seek(pipeline_.get(), seek.rate, GST_FORMAT_TIME, static_cast<GstSeekFlags>(seek.flags),
                         GST_SEEK_TYPE_SET, gint64(seek.start), GST_SEEK_TYPE_SET, gint64(seek.stop)) == TRUE;
    fail_unless(done, "the seek to %" GST_TIME_FORMAT " failed", GST_TIME_ARGS(seek.start));
  }
  /// A flushing accurate seek.
  void seek(GstClockTime position) { seek(Seek{.start = position}); }

  /// At once, without a seek. May be called by another thread than the one that takes frames.
  void change_rate(double rate) {
    const bool done = gst_element_seek(pipeline_.get(), rate, GST_FORMAT_TIME, GST_SEEK_FLAG_INSTANT_RATE_CHANGE,
                                       GST_SEEK_TYPE_NONE, 0, GST_SEEK_TYPE_NONE, 0) == TRUE;
    fail_unless(done, "the rate cannot be changed to %g", rate);
  }

  /// Says to upstream how late the frame of `sample` came; 0: in time.
  void report_lateness(GstSample* sample, GstClockTimeDiff lateness) {
    const auto running_time = gst_segment_to_running_time(gst_sample_get_segment(sample), GST_FORMAT_TIME,
                                                          GST_BUFFER_PTS(gst_sample_get_buffer(sample)));
    gst_element_send_event(sink_.get(), gst_event_new_qos(GST_QOS_TYPE_UNDERFLOW, 1.0, lateness, running_time));
  }

  /// Texts of the warnings since the last call.
  std::vector<std::string> warnings() {
    collect_messages();
    return std::exchange(warnings_, {});
  }

  /// The sam2overlay messages so far.
  [[nodiscard]] const std::vector<Owned<GstMessage>>& frame_messages() {
    collect_messages();
    return frames_;
  }

 private:
  static GstPadProbeReturn on_event(GstPad*, GstPadProbeInfo* info, gpointer self) {
    if (GST_EVENT_TYPE(GST_PAD_PROBE_INFO_EVENT(info)) == GST_EVENT_SEGMENT_DONE) {
      static_cast<SampleSource*>(self)->segment_done_ = true;
    }
    return GST_PAD_PROBE_OK;
  }

  void collect_messages() {
    while (Owned<GstMessage> message{gst_bus_pop(bus_.get())}) {
      if (GST_MESSAGE_TYPE(message.get()) == GST_MESSAGE_ERROR) {
        GError* error = nullptr;
        gst_message_parse_error(message.get(), &error, nullptr);
        fail_unless(false, "%s", error->message);
      }
      if (GST_MESSAGE_TYPE(message.get()) == GST_MESSAGE_WARNING) {
        warnings_.push_back(parse_report(message.get()).text);
      }
      if (gst_message_has_name(message.get(), "sam2overlay")) frames_.push_back(std::move(message));
    }
  }

  Owned<GstElement> pipeline_;
  Owned<GstElement> sink_;
  Owned<GstBus> bus_;
  std::vector<Owned<GstMessage>> frames_;
  std::vector<std::string> warnings_;
  std::atomic<bool> segment_done_{false};
};

}  // namespace sam2::test
