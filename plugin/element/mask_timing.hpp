// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <gst/gst.h>

#include <cstdint>
#include <optional>

#include "base/fraction.hpp"
#include "element/frame_clock.hpp"
#include "element/settings.hpp"
#include "element/stream_frames.hpp"
#include "masks/mask_set.hpp"
#include "timing/schedule.hpp"
#include "tracking/mask_interpolator.hpp"
#include "tracking/tracks.hpp"

namespace sam2::element {

/// Chooses the entry that each frame shows: follows the events of the stream, and looks frames up in the schedule of
/// the masks. Used by the streaming thread only. Posts warnings through the element, each once a stream.
class MaskTiming {
 public:
  explicit MaskTiming(GstElement* element) : element_(element), frames_(element) {}

  void on_event(GstEvent* event) { frames_.on_event(event); }
  /// Sets the frame rate of the caps. A rate that is not positive means unknown.
  void set_stream_rate(const Fraction& rate) { frames_.set_rate(rate); }
  /// Sets the running time before which upstream may have dropped frames, since downstream said that they are late.
  void set_earliest_time(GstClockTime running_time) { frames_.set_earliest_time(running_time); }

  /// Drops the schedule, since other masks follow.
  void forget_masks() { schedule_.reset(); }
  /// Call this first for each frame, with the masks that play. Returns true if the schedule has changed.
  bool update(const masks::MaskSet& masks, const Settings& settings);
  /// Returns nullptr if there is no schedule.
  [[nodiscard]] const timing::Schedule* schedule() const { return schedule_ ? &*schedule_ : nullptr; }

  /// Returns the time of the next buffer. Call it once for each buffer.
  FrameTime next(const GstSegment& segment, const GstBuffer* buffer, const Settings& settings);
  /// Returns the time of the masks that a frame shows, if any. Decides the length of the frame if that was uncertain.
  /// There must be a schedule, and `tracks` must belong to its masks.
  std::optional<tracking::MaskTime> mask_time_at(FrameTime& time, const tracking::Tracks& tracks,
                                                 const Settings& settings);
  /// True if the last mask_time_at() had to guess, since the first frame of the stream or frames before were not seen.
  [[nodiscard]] bool is_guess() const { return is_guess_; }
  /// Returns the last entry that has begun by the time of a frame, whether the frame shows it or not.
  [[nodiscard]] std::optional<std::size_t> entry_begun_at(const FrameTime& time, const Settings& settings) const;
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
  std::optional<timing::Held> held_by_time(const FrameTime& time, const Settings& settings);
  [[nodiscard]] std::optional<timing::Held> held_by_number(std::int64_t number, const FrameTime& time) const;
  std::optional<timing::Held> held_by_nearest(const FrameTime& time, std::int64_t begin);
  [[nodiscard]] bool is_inside_frame(const FrameTime& time, std::int64_t begin) const;
  std::optional<timing::Held> held_by_count(const FrameTime& time);
  [[nodiscard]] StreamFrames::MaskFrames mask_frames() const;
  [[nodiscard]] bool counts_frames(const Settings& settings) const;
  void report_origin(const Settings& settings);
  void report_unevenness(const FrameTime& time);

  GstElement* element_;
  StreamFrames frames_;
  std::optional<timing::Schedule> schedule_;
  ScheduleKey schedule_key_;

  /// Number of the frame that videorate took last. Frames that repeat it show its mask.
  std::optional<std::int64_t> source_frame_;

  bool is_guess_ = false;
  bool reported_origin_ = false;
  bool warned_of_origin_ = false;
  bool warned_of_unevenness_ = false;
  bool warned_of_rate_ = false;
  bool warned_of_timing_ = false;
  bool warned_of_seek_ = false;
};

}  // namespace sam2::element
