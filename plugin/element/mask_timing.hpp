// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <cstdint>
#include <optional>

#include "base/fraction.hpp"
#include "element/frame_clock.hpp"
#include "element/settings.hpp"
#include "masks/mask_set.hpp"
#include "timing/schedule.hpp"
#include "tracking/mask_carrier.hpp"
#include "tracking/tracks.hpp"

namespace sam2::element {

/// Chooses the entry that each frame shows: follows the events of the stream, and looks frames up in the schedule of
/// the masks. Used by the streaming thread only. Posts warnings through the element, each once a stream.
class MaskTiming {
 public:
  explicit MaskTiming(GstElement* element) : element_(element) {}

  void on_event(GstEvent* event);
  /// Sets the frame rate of the caps. A rate that is not positive means unknown.
  void set_stream_rate(const Fraction& rate) { stream_rate_ = rate; }

  /// Drops the schedule, since other masks follow.
  void forget_masks() { schedule_.reset(); }
  /// Call this first for each frame, with the masks that play. Returns true if the schedule has changed.
  bool update(const masks::MaskSet& masks, const Settings& settings);
  /// Returns nullptr if there is no schedule.
  [[nodiscard]] const timing::Schedule* schedule() const { return schedule_ ? &*schedule_ : nullptr; }

  /// Returns the time of the next buffer. Call it once for each buffer.
  FrameTime next(const GstSegment& segment, const GstBuffer* buffer);
  /// Returns the time of the masks that a frame shows, if any. Decides the length of the frame if that was uncertain.
  /// There must be a schedule, and `tracks` must belong to its masks.
  std::optional<tracking::Moment> moment_at(FrameTime& time, const tracking::Tracks& tracks, const Settings& settings);
  /// Stream time of mask time 0.
  [[nodiscard]] std::int64_t mask_origin(const Settings& settings) const;

 private:
  /// The inputs of a schedule besides the masks.
  struct ScheduleKey {
    timing::Timing timing = timing::Timing::Auto;
    Fraction wanted_rate;
    Fraction stream_rate;
    timing::TimelineOptions options;

    friend bool operator==(const ScheduleKey&, const ScheduleKey&) = default;
  };

  void make_schedule(const masks::MaskSet& masks);
  /// Checks durations against the timestamps of the file.
  void check_duration(FrameTime& time, const Settings& settings);
  std::optional<timing::Held> held_at(const FrameTime& time, const Settings& settings);
  std::optional<timing::Held> held_by_time(const FrameTime& time, const Settings& settings) const;
  std::optional<timing::Held> held_by_count(const FrameTime& time);
  void report_origin(const Settings& settings);

  GstElement* element_;
  FrameClock clock_;
  Fraction stream_rate_;
  std::optional<timing::Schedule> schedule_;
  ScheduleKey schedule_key_;

  bool reported_origin_ = false;
  bool warned_of_rate_ = false;
  bool warned_of_timing_ = false;
  bool warned_of_seek_ = false;
};

}  // namespace sam2::element
