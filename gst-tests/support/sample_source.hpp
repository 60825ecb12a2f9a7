// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "support/harness.hpp"

namespace sam2::test {

/// A playing pipeline whose frames are taken one by one from its appsink `sink`.
class SampleSource {
 public:
  explicit SampleSource(const std::string& description)
      : pipeline_(parse_pipeline(description)),
        sink_(gst_bin_get_by_name(GST_BIN(pipeline_.get()), "sink")),
        bus_(gst_element_get_bus(pipeline_.get())) {
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
    const bool keeps_position = (seek.flags & GST_SEEK_FLAG_INSTANT_RATE_CHANGE) != 0;
    const auto type = keeps_position ? GST_SEEK_TYPE_NONE : GST_SEEK_TYPE_SET;
    const bool done =
        gst_element_seek(pipeline_.get(), seek.rate, GST_FORMAT_TIME, static_cast<GstSeekFlags>(seek.flags), type,
                         gint64(seek.start), type, gint64(seek.stop)) == TRUE;
    fail_unless(done, "the seek to %" GST_TIME_FORMAT " failed", GST_TIME_ARGS(seek.start));
  }
  /// A flushing accurate seek.
  void seek(GstClockTime position) { seek(Seek{.start = position}); }

  /// The sam2overlay messages so far.
  [[nodiscard]] const std::vector<Owned<GstMessage>>& frame_messages() {
    collect_messages();
    return frames_;
  }

 private:
  void collect_messages() {
    while (Owned<GstMessage> message{gst_bus_pop(bus_.get())}) {
      if (GST_MESSAGE_TYPE(message.get()) == GST_MESSAGE_ERROR) {
        GError* error = nullptr;
        gst_message_parse_error(message.get(), &error, nullptr);
        fail_unless(false, "%s", error->message);
      }
      if (GST_MESSAGE_TYPE(message.get()) == GST_MESSAGE_SEGMENT_DONE) segment_done_ = true;
      if (gst_message_has_name(message.get(), "sam2overlay")) frames_.push_back(std::move(message));
    }
  }

  Owned<GstElement> pipeline_;
  Owned<GstElement> sink_;
  Owned<GstBus> bus_;
  std::vector<Owned<GstMessage>> frames_;
  bool segment_done_ = false;
};

}  // namespace sam2::test
