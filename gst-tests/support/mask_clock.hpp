// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include "support/overlay.hpp"

namespace sam2::test {

/// One buffer, as far as time goes.
struct Stamp {
  GstClockTime pts = GST_CLOCK_TIME_NONE;
  GstClockTime duration = GST_CLOCK_TIME_NONE;
};

constexpr GstClockTime operator""_ms(unsigned long long value) {
  return value * GST_MSECOND;
}

/// The k-th frame at a whole number of frames a second.
inline Stamp frame_at(GstClockTime k, GstClockTime rate) {
  return {k * GST_SECOND / rate, (k + 1) * GST_SECOND / rate - k * GST_SECOND / rate};
}

inline std::vector<Stamp> frames_at(GstClockTime rate, GstClockTime from, GstClockTime count) {
  std::vector<Stamp> stamps;
  for (auto k = from; k < from + count; ++k) stamps.push_back(frame_at(k, rate));
  return stamps;
}

/// `count` tiny masks; entry k is row k of the array.
inline Array tiny_masks(std::size_t count) {
  return mask_array(count, 1, 1, 1, [](auto, auto, auto, auto) { return true; });
}

/// An Overlay of which only the choice of the mask matters.
class MaskClock : public Overlay {
 public:
  MaskClock(const MaskFile& masks, Properties properties, const std::string& framerate = "30/1",
            const std::string& axes = "TNHW")
      : Overlay(quiet(masks, std::move(properties), axes)) {
    set_caps(caps_text("GRAY8", 4, 1, framerate.empty() ? "" : "framerate=" + framerate));
  }

  /// mask-index of a buffer's message.
  int index(const Stamp& stamp) {
    const auto output = process(make_buffer(Bytes(4, 0), stamp.pts, stamp.duration));
    fail_unless(GST_BUFFER_PTS(output.get()) == stamp.pts && GST_BUFFER_DURATION(output.get()) == stamp.duration);
    // Warnings and infos stay for those who ask.
    std::optional<int> found;
    const Owned<GstBus> bus(gst_element_get_bus(element()));
    while (Owned<GstMessage> message{gst_bus_pop(bus.get())}) {
      if (gst_message_has_name(message.get(), "sam2overlay")) {
        int value = -2;
        gst_structure_get_int(gst_message_get_structure(message.get()), "mask-index", &value);
        fail_unless(!found, "two messages about one frame");
        found = value;
      } else if (GST_MESSAGE_TYPE(message.get()) == GST_MESSAGE_WARNING) {
        ++warnings_;
      } else if (GST_MESSAGE_TYPE(message.get()) == GST_MESSAGE_INFO) {
        ++infos_;
      }
    }
    fail_unless(found.has_value(), "no message about a frame");
    return *found;
  }

  std::vector<int> indices(const std::vector<Stamp>& stamps) {
    std::vector<int> found;
    for (const auto& stamp : stamps) found.push_back(index(stamp));
    return found;
  }

  void send_segment(const std::function<void(GstSegment&)>& change) { send(gst_event_new_segment(made(change))); }
  void seek_to(const std::function<void(GstSegment&)>& change) { seek(*made(change)); }
  /// A flushing seek to `position`.
  void seek_to(GstClockTime position) {
    seek_to([=](GstSegment& segment) { segment.start = segment.time = segment.position = position; });
  }

  /// Since the beginning.
  [[nodiscard]] int warnings() const { return warnings_; }
  [[nodiscard]] int infos() const { return infos_; }

 private:
  static Properties quiet(const MaskFile& masks, Properties properties, const std::string& axes) {
    properties.insert(properties.begin(), {{"post-messages", "true"}, {"attach-meta", "false"}, {"silent", "true"}});
    return masks.with(std::move(properties), axes);
  }

  const GstSegment* made(const std::function<void(GstSegment&)>& change) {
    gst_segment_init(&segment_, GST_FORMAT_TIME);
    change(segment_);
    return &segment_;
  }

  GstSegment segment_{};
  int warnings_ = 0;
  int infos_ = 0;
};

inline void assert_indices(const std::vector<int>& got, const std::vector<int>& expected, const std::string& what) {
  if (got == expected) return;
  std::string text;
  for (std::size_t i = 0; i < std::max(got.size(), expected.size()); ++i) {
    text += " " + (i < got.size() ? std::to_string(got[i]) : "-");
    if (i >= expected.size() || i >= got.size() || got[i] != expected[i]) {
      text += "(" + (i < expected.size() ? std::to_string(expected[i]) : "-") + ")";
    }
  }
  fail_unless(false, "%s:%s", what.c_str(), text.c_str());
}

}  // namespace sam2::test
