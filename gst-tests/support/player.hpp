// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include "support/overlay.hpp"

namespace sam2::test {

inline constexpr GstClockTime kFramePeriod = GST_SECOND / 25;
inline constexpr gsize kWidth = 16;
inline constexpr gsize kHeight = 12;
inline constexpr gsize kFrameBytes = kWidth * kHeight;
inline constexpr const char* kGrayCaps = "video/x-raw,format=GRAY8,width=16,height=12,framerate=25/1";

/// Frame number `k` at 25 frames a second; every byte is `value`.
inline GstBuffer* make_frame(guint64 k, gsize bytes = kFrameBytes, guint8 value = 0) {
  return make_buffer(Bytes(bytes, value), k * kFramePeriod, kFramePeriod);
}

/// Brings an overlay to PLAYING between two harness pads.
class Player {
 public:
  explicit Player(Overlay& overlay, const char* caps = kGrayCaps)
      : harness_(gst_harness_new_with_element(overlay.element(), "sink", "src")) {
    // Tests show frames in any order: the first one that comes is not the first one of the stream.
    overlay.set("time-origin", "stream");
    gst_harness_set_src_caps_str(harness_, caps);
  }
  Player(const Player&) = delete;
  Player& operator=(const Player&) = delete;
  ~Player() {
    const auto leave = [](GstPad* pad) { return GST_PAD(gst_object_ref(pad)); };
    auto* source = leave(harness_->srcpad);
    auto* sink = leave(harness_->sinkpad);
    gst_harness_teardown(harness_);
    // The element may get another harness.
    for (auto* const pad : {source, sink}) {
      if (auto* const peer = gst_pad_get_peer(pad)) {
        GST_PAD_IS_SRC(pad) ? gst_pad_unlink(pad, peer) : gst_pad_unlink(peer, pad);
        gst_object_unref(peer);
      }
      gst_object_unref(pad);
    }
  }

  [[nodiscard]] GstHarness* harness() const { return harness_; }

  /// Takes `buffer`; what comes out.
  BufferPtr pass(GstBuffer* buffer) {
    const auto flow = gst_harness_push(harness_, buffer);
    fail_unless(flow == GST_FLOW_OK, "flow %s", gst_flow_get_name(flow));
    auto* result = gst_harness_try_pull(harness_);
    fail_unless(result != nullptr, "the buffer was dropped");
    return BufferPtr(result);
  }
  /// Bytes of frame `k` after the element.
  Bytes show(guint64 k, gsize bytes = kFrameBytes, guint8 value = 0) {
    return bytes_of(pass(make_frame(k, bytes, value)).get());
  }

 private:
  GstHarness* harness_;
};

/// (T,1,H,W): frame t is column t.
inline Array column_masks(std::size_t frames = kWidth) {
  return mask_array(frames, 1, kHeight, kWidth, [](auto t, auto, auto, auto x) { return x == t; });
}

/// Frame `k` of column_masks() in the plain look, on black GRAY8.
inline Bytes column_frame(std::size_t k) {
  Bytes frame(kFrameBytes, 0);
  for (std::size_t i = 0; i < frame.size(); ++i) {
    if (i % kWidth == k) frame[i] = 255;
  }
  return frame;
}

/// (T,1,H,W): frame t is everything but row t.
inline Array row_masks(std::size_t frames = kHeight) {
  return mask_array(frames, 1, kHeight, kWidth, [](auto t, auto, auto y, auto) { return y != t; });
}

inline Bytes row_frame(std::size_t k) {
  Bytes frame(kFrameBytes, 255);
  for (std::size_t i = 0; i < frame.size(); ++i) {
    if (i / kWidth == k) frame[i] = 0;
  }
  return frame;
}

/// (1,H,W), which axes=NHW makes a still.
template <typename Inside>
Array still_array(std::size_t height, std::size_t width, Inside inside) {
  auto array = mask_array(1, 1, height, width, [&](auto, auto, auto y, auto x) { return inside(y, x); });
  array.shape = {1, height, width};
  return array;
}

/// Writes a file of column_masks().
inline std::string column_file(const TemporaryDirectory& directory) {
  const auto path = directory.file("columns.npz");
  write_npz(path, {column_masks()});
  return path;
}

/// A mask file and an element that plays it in the plain look.
struct PlainFixture {
  PlainFixture(const Array& array, const char* axes) {
    write_npz(path, {array});
    overlay.set_location(path).set("axes", axes).set_plain_look().set("attach-meta", "false");
  }

  TemporaryDirectory directory;
  std::string path = directory.file("masks.npz");
  Overlay overlay;
};

}  // namespace sam2::test
