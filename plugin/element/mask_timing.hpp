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

/// Which masks are due when: follows the stream's clock, and looks its frames up in the schedule of the masks. Used by
/// the streaming thread only. What the user should know of it is posted through the element, once a stream.
class MaskTiming {
 public:
  explicit MaskTiming(GstElement* element) : element_(element) {}

  void on_event(GstEvent* event);
  /// Of the caps; not positive: unknown.
  void set_stream_rate(const Fraction& rate) { stream_rate_ = rate; }

  /// Other masks follow; until update() there is no schedule.
  void forget_masks() { schedule_.reset(); }
  /// To be called with the masks that play before anything is asked of them. True: they have another schedule now.
  bool update(const masks::MaskSet& masks, const Settings& settings);
  /// nullptr: none.
  [[nodiscard]] const timing::Schedule* schedule() const { return schedule_ ? &*schedule_ : nullptr; }

  /// Time of the next buffer, which must be asked for once.
  FrameTime next(const GstSegment& segment, const GstBuffer* buffer);
  /// The moment of the masks that a frame shows, if any; settles the frame's length where that was uncertain. There is
  /// a schedule, and `tracks` are those of its masks.
  std::optional<tracking::Moment> moment_at(FrameTime& time, const tracking::Tracks& tracks, const Settings& settings);
  /// Stream time of mask time 0.
  [[nodiscard]] std::int64_t mask_origin(const Settings& settings) const;

 private:
  /// What a schedule depends on, besides the masks.
  struct ScheduleKey {
    timing::Timing timing = timing::Timing::Auto;
    Fraction wanted_rate;
    Fraction stream_rate;
    timing::TimelineOptions options;

    friend bool operator==(const ScheduleKey&, const ScheduleKey&) = default;
  };

  void make_schedule(const masks::MaskSet& masks);
  /// Lets the file's stamps tell whether durations are true.
  void judge_length(FrameTime& time, const Settings& settings);
  std::optional<timing::Held> held_at(const FrameTime& time, const Settings& settings);
  std::optional<timing::Held> held_by_time(const FrameTime& time, const Settings& settings) const;
  std::optional<timing::Held> held_by_count(const FrameTime& time);
  void tell_origin(const Settings& settings);

  GstElement* element_;
  FrameClock clock_;
  Fraction stream_rate_;
  std::optional<timing::Schedule> schedule_;
  ScheduleKey schedule_key_;

  bool told_origin_ = false;
  bool warned_of_rate_ = false;
  bool warned_of_timing_ = false;
  bool warned_of_seek_ = false;
};

}  // namespace sam2::element
