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

  /// The next frame; nothing at the end. An error or half a minute without a frame fails the test.
  Owned<GstSample> pull() {
    GstSample* sample = nullptr;
    for (int i = 0; i < 300 && sample == nullptr; ++i) {
      g_signal_emit_by_name(sink_.get(), "try-pull-sample", guint64{100 * GST_MSECOND}, &sample);
      collect_messages();
      if (sample != nullptr) break;
      gboolean ended = FALSE;
      g_object_get(sink_.get(), "eos", &ended, nullptr);
      if (ended) return nullptr;
    }
    fail_unless(sample != nullptr, "no frame");
    return Owned<GstSample>(sample);
  }

  /// A flushing accurate seek.
  void seek(GstClockTime position) {
    // Without a frame there is nothing to seek in yet.
    gst_element_get_state(pipeline_.get(), nullptr, nullptr, GST_CLOCK_TIME_NONE);
    fail_unless(gst_element_seek_simple(pipeline_.get(), GST_FORMAT_TIME,
                                        static_cast<GstSeekFlags>(GST_SEEK_FLAG_FLUSH | GST_SEEK_FLAG_ACCURATE),
                                        static_cast<gint64>(position)));
  }

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
      if (gst_message_has_name(message.get(), "sam2overlay")) frames_.push_back(std::move(message));
    }
  }

  Owned<GstElement> pipeline_;
  Owned<GstElement> sink_;
  Owned<GstBus> bus_;
  std::vector<Owned<GstMessage>> frames_;
};

}  // namespace sam2::test
