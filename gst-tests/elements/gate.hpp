// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
// An element that must not let a frame pass clear.
#pragma once

#include <gst/video/gstvideometa.h>

#include <optional>

#include "support/gst_check.hpp"
#include "support/player.hpp"

namespace sam2::test {

/// The values of `missing` with which no frame may pass whose masks are not known.
inline constexpr const char* kModes[] = {"hide", "error"};

/// What frames are before the element, and where they are hidden.
inline constexpr guint8 kClear = 77;
inline constexpr guint8 kHidden = 255;

inline GstBuffer* make_clear(guint64 k, gsize bytes = kFrameBytes) {
  return make_frame(k, bytes, kClear);
}

/// Frame `k` with the masks of column_file() in it.
inline Bytes masked(std::size_t k) {
  auto frame = column_frame(k);
  for (auto& byte : frame) byte = byte == 255 ? 255 : kClear;
  return frame;
}

/// An element that must not let a frame pass clear, and what comes out of it.
struct Gate {
  explicit Gate(const char* missing) {
    overlay.set("missing", missing).set("effect-color", "#ffffff").set("axes", "TNHW").set_plain_look();
    overlay.set("attach-meta", "false");
  }

  void begin(const char* caps = kGrayCaps) { player.emplace(overlay, caps); }
  [[nodiscard]] bool ends() const { return overlay.get("missing") == "error"; }

  /// The masks of `buffer` are not known: it is hidden, or the stream ends with one error that says `fragment`.
  void stop_buffer(GstBuffer* buffer, const char* fragment) {
    if (ends()) {
      fail_unless_equals_int(gst_harness_push(player->harness(), buffer), GST_FLOW_ERROR);
      fail_unless(gst_harness_try_pull(player->harness()) == nullptr, "a frame came out");
      const auto reports = overlay.reports(GST_MESSAGE_ERROR);
      // Frames that fail one after another are one error.
      fail_unless_equals_int(int(reports.size()), is_stopped ? 0 : 1);
      fail_unless(is_stopped || reports[0].says(fragment), "%s: '%s' is not in: %s", name, fragment,
                  is_stopped ? "" : reports[0].text.c_str());
      is_stopped = true;
      return;
    }
    fail_unless(bytes_of(player->pass(buffer).get()) == Bytes(kFrameBytes, kHidden), "%s: not hidden", name);
    const auto warnings = overlay.texts(GST_MESSAGE_WARNING);
    const auto is_said = [&](const std::string& text) { return text.find(fragment) != std::string::npos; };
    fail_unless(is_warned || std::ranges::any_of(warnings, is_said), "%s: no warning says '%s'", name, fragment);
    is_warned = true;
  }
  void stop(guint64 k, const char* fragment) { stop_buffer(make_clear(k), fragment); }
  /// The masks of frame `k` are known, and drawn.
  void pass(guint64 k) {
    fail_unless(bytes_of(player->pass(make_clear(k)).get()) == masked(k), "%s: frame %d is wrong", name, int(k));
    is_stopped = false;
  }
  void seek(GstClockTime time) {
    GstSegment segment;
    gst_segment_init(&segment, GST_FORMAT_TIME);
    segment.start = segment.time = segment.position = time;
    auto* const harness = player->harness();
    gst_harness_push_event(harness, gst_event_new_flush_start());
    gst_harness_push_event(harness, gst_event_new_flush_stop(TRUE));
    gst_harness_push_event(harness, gst_event_new_segment(&segment));
  }

  TemporaryDirectory directory;
  Overlay overlay;
  std::optional<Player> player;
  const char* name = "";    ///< of the test
  bool is_warned = false;   ///< each reason is one warning
  bool is_stopped = false;  ///< the last frame was an error
};

/// A buffer that does not hold a frame of the caps.
inline GstBuffer* make_wrong(gint stride) {
  auto* const buffer = make_clear(3);
  gsize offsets[GST_VIDEO_MAX_PLANES] = {};
  gint strides[GST_VIDEO_MAX_PLANES] = {stride};
  gst_buffer_add_video_meta_full(buffer, GST_VIDEO_FRAME_FLAG_NONE, GST_VIDEO_FORMAT_GRAY8, guint(kWidth),
                                 guint(kHeight), 1, offsets, strides);
  return buffer;
}

inline void play_columns(Gate& gate) {
  gate.overlay.set_location(column_file(gate.directory));
  gate.begin();
}

}  // namespace sam2::test
