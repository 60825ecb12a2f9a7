// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <gst/gst.h>

#include <cstdint>
#include <optional>

#include "base/fraction.hpp"
#include "element/enums.hpp"
#include "element/frame_clock.hpp"
#include "element/stream_origin.hpp"
#include "element/upstream.hpp"
#include "timing/frame_counter.hpp"

namespace sam2::element {

/// Follows a stream: when its first frame is, when each frame is, and which number it has. Used by the streaming thread
/// only.
class StreamFrames {
 public:
  /// What the masks say about the frames that they were made from.
  struct MaskFrames {
    std::int64_t period = 0;  ///< ns; 0: unknown
    Fraction rate;            ///< rate of their frame numbers; not positive: none
    bool have_times = false;  ///< each has a timestamp of its own
  };

  explicit StreamFrames(GstElement* element) : element_(element) {}

  void on_event(GstEvent* event);
  /// Sets the frame rate of the caps. A rate that is not positive means unknown.
  void set_rate(const Fraction& rate);
  [[nodiscard]] const Fraction& rate() const { return rate_; }
  /// Sets the running time before which upstream may have dropped frames, since downstream said that they are late.
  void set_earliest_time(GstClockTime running_time) { earliest_time_ = running_time; }

  /// Returns the time of the next buffer. Call it once for each buffer.
  FrameTime next(const GstSegment& segment, const GstBuffer* buffer, const MaskFrames& masks, TimeOrigin origin);
  /// The timestamps of the file contradict the durations.
  void distrust_durations() { clock_.distrust_durations(); }

  /// Stream time of the first frame in the current segment. Without a value, it was not seen.
  [[nodiscard]] std::optional<std::int64_t> first(TimeOrigin origin) const;
  /// The first frame was not seen, and the container does not say that it is at stream time 0.
  [[nodiscard]] bool is_first_uncertain() const { return origin_.is_uncertain(); }

  /// The rate of the masks numbers frames wrongly, since they come unevenly.
  [[nodiscard]] bool varies(const MaskFrames& masks) const;
  /// Frames come so unevenly that a rate may number them wrongly.
  [[nodiscard]] bool may_vary(const MaskFrames& masks) const;
  /// Number of the frame that is shown `time` ns after the first frame's begin.
  [[nodiscard]] std::int64_t number_at(std::int64_t time, const MaskFrames& masks) const;

  /// A videorate upstream has raised the rate above that of the masks, so that frames repeat.
  [[nodiscard]] bool repeats_frames(const MaskFrames& masks) const;

 private:
  [[nodiscard]] timing::FrameCounter::Rates rates(const MaskFrames& masks) const { return {rate_, masks.rate}; }
  bool learn_origin(const GstSegment& segment, const StreamOrigin::Frame& frame);
  /// What says that frames before this one may be missing.
  struct Marks {
    bool is_discont = false;
    bool may_be_late = false;
  };
  void count(FrameTime& time, bool is_first, const Marks& marks, const MaskFrames& masks, TimeOrigin origin);
  bool may_be_late(const GstSegment& segment, const FrameTime& time);
  [[nodiscard]] bool is_live() const;

  GstElement* element_;
  FrameClock clock_;
  StreamOrigin origin_;
  timing::FrameCounter counter_;
  TimeOrigin counts_from_ = TimeOrigin::Auto;  ///< what counter_ was used with
  Fraction rate_;
  bool is_live_ = false;
  bool has_looked_upstream_ = false;
  Upstream upstream_;
  GstClockTime earliest_time_ = 0;
  GstClockTime previous_running_time_ = GST_CLOCK_TIME_NONE;
};

}  // namespace sam2::element
