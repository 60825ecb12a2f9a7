// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <gst/base/gstbasetransform.h>
#include <gst/gst.h>

#include <atomic>
#include <optional>

#include "base/error.hpp"
#include "base/guarded.hpp"
#include "element/frame_pool.hpp"
#include "element/mask_source.hpp"
#include "element/playback.hpp"
#include "element/stats.hpp"
#include "tracking/track_log.hpp"

namespace sam2::element {

/// What happens to each buffer of a stream: it is planned, waits for its masks, and is hidden or passed on. Posts the
/// error that ends a stream.
class FrameHandler {
 public:
  FrameHandler(GstBaseTransform* base, MaskSource& source) : base_(base), source_(source), playback_(element()) {}

  // Used by any thread. The pads accept data before the element has started, so that the streaming thread takes from
  // here what a start sets.

  /// Makes the next event or buffer begin a new stream.
  void expect_stream() { is_new_ = true; }
  /// Writes the objects of all frames that follow to `log`.
  void expect_track_log(tracking::TrackLog log) { opened_log_.set(std::move(log)); }
  /// Takes the running time before which downstream is too late to show frames.
  void on_qos(GstEvent* event);
  /// Makes the next copy of a frame ask downstream again for an allocator.
  void renegotiate() { frame_pool_.renegotiate(); }
  [[nodiscard]] FrameStats stats() const { return {rendered_, passed_through_, zone_bytes_}; }

  // Used by the streaming thread, or while there is none.

  /// Ends the stream, and forgets it.
  void stop();
  bool set_caps(GstCaps* caps);
  void set_output_mode(OutputMode mode) { playback_.set_output_mode(mode); }
  /// Takes a serialized event.
  void on_event(GstEvent* event);
  /// Makes copies of frames take new memory: those that are in use will not come back soon.
  void release_copies() { frame_pool_.release(); }

  /// Decides what happens to `input`, and sets `output` to the buffer that is passed on: `input` itself, a copy, or a
  /// frame that stands for one that is hidden. Draws into its pixels.
  GstFlowReturn prepare(const GstSegment& segment, GstBuffer* input, const SharedSettings& settings,
                        GstBuffer** output);
  /// Attaches to that buffer what prepare() decided, and posts its messages.
  void describe(const GstSegment& segment, GstBuffer* buffer);

 private:
  [[nodiscard]] GstElement* element() const { return GST_ELEMENT(base_); }
  void begin_if_new();
  GstFlowReturn end_stream(const Error& error);
  GstFlowReturn check_missing();
  GstFlowReturn plan_buffer(const GstSegment& segment, const GstBuffer* input, const SharedSettings& settings);
  GstBuffer* make_output(GstBuffer* input);
  GstFlowReturn hide_frame(GstBuffer* input, GstBuffer** output);
  GstFlowReturn pass_frame(GstBuffer* input, GstBuffer** output);

  GstBaseTransform* base_;
  MaskSource& source_;

  std::atomic<bool> is_new_{false};
  Guarded<std::optional<tracking::TrackLog>> opened_log_;
  std::atomic<GstClockTime> earliest_time_{0};  ///< running time before which frames are late
  std::atomic<guint64> rendered_{0};
  std::atomic<guint64> passed_through_{0};
  std::atomic<guint64> zone_bytes_{0};

  Playback playback_;
  FramePlan plan_;
  FramePool frame_pool_;
  bool has_posted_error_ = false;  ///< the frames since then failed as well
};

}  // namespace sam2::element
