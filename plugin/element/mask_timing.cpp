// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "element/mask_timing.hpp"

#include <algorithm>
#include <cstdlib>
#include <string>
#include <utility>

#include "base/checked_math.hpp"
#include "element/bus_error.hpp"
#include "element/debug.hpp"

namespace sam2::element {
namespace {

std::string seconds(std::int64_t nanoseconds) {
  return std::to_string(static_cast<double>(nanoseconds) / static_cast<double>(timing::kNanosecondsPerSecond)) + " s";
}

/// Stamps may be off by this much: the coarsest ones are in ms.
constexpr std::int64_t kRounding = 1'000'000;
/// Rounding of other stamps, in ticks of 1/12800 s or less.
constexpr std::int64_t kFine = 50'000;
/// Two frames are equally near, but for the rounding to ns.
constexpr std::int64_t kTie = 100;
/// Periods are rounded down to ns.
constexpr std::int64_t kDoubled = 4;

/// How far before the begin of a frame its stamp may be. videorate gives all frames the duration `period`.
std::int64_t grid_tolerance(const FrameTime& time, std::int64_t period) {
  const bool is_exact = time.duration == 0 || std::abs(time.duration - period) <= kTie;
  return is_exact && time.pts % GST_MSECOND != 0 ? kFine : kRounding;
}

const char* name_of(timing::Schedule::Basis basis) {
  switch (basis) {
    case timing::Schedule::Basis::Still:
      return "nothing: a still shows on every frame";
    case timing::Schedule::Basis::Time:
      return "stream time";
    case timing::Schedule::Basis::Buffers:
      return "counting buffers";
  }
  return "";
}

}  // namespace

bool MaskTiming::update(const masks::MaskSet& masks, const Settings& settings) {
  const ScheduleKey key{settings.timing, settings.framerate, frames_.rate(), settings.timeline_options()};
  if (schedule_ && key == schedule_key_) return false;
  schedule_key_ = key;
  make_schedule(masks);
  if (schedule_ && schedule_->lacks_rate()) {
    post_warning_once(
        element_, warned_of_rate_,
        {ErrorCode::Settings,
         "Neither the mask file nor the caps say a frame rate: the k-th buffer shows the k-th mask, until a seek; "
         "set the property framerate to be exact"});
  }
  return true;
}

void MaskTiming::make_schedule(const masks::MaskSet& masks) {
  timing::ScheduleInput input;
  input.still = masks.is_still();
  input.frame_numbers = masks.frame_numbers();
  input.timestamps = masks.timestamps();
  input.timing = schedule_key_.timing;
  input.wanted_rate = schedule_key_.wanted_rate;
  input.file_rate = masks.fps().value_or(Fraction{});
  input.stream_rate = schedule_key_.stream_rate;
  input.options = schedule_key_.options;
  auto schedule = timing::Schedule::make(input);
  if (!schedule) {
    // The property changed while playing; at start, this is an error.
    post_warning_once(element_, warned_of_timing_, schedule.error());
    input.timing = timing::Timing::Auto;
    schedule = timing::Schedule::make(input);
  }
  if (schedule) schedule_ = *std::move(schedule);
  if (!schedule_) return;
  GST_INFO_OBJECT(element_, "masks are chosen by %s, %" G_GUINT64_FORMAT " entries, period %" G_GINT64_FORMAT " ns",
                  name_of(schedule_->basis()), guint64{schedule_->entry_count()}, gint64{schedule_->period()});
}

StreamFrames::MaskFrames MaskTiming::mask_frames() const {
  if (!schedule_) return {};
  return {schedule_->period(), schedule_->rate(), schedule_->has_timestamps()};
}

FrameTime MaskTiming::next(const GstSegment& segment, const GstBuffer* buffer, const Settings& settings) {
  return frames_.next(segment, buffer, mask_frames(), settings.time_origin);
}

std::int64_t MaskTiming::mask_origin(const Settings& settings) const {
  const auto first = frames_.first(settings.time_origin).value_or(0);
  const bool is_absolute =
      settings.time_origin == TimeOrigin::Auto && schedule_ && schedule_->counts_from_before(first);
  return saturated_sum(is_absolute ? 0 : first, settings.ts_offset);
}

void MaskTiming::report_origin(const Settings& settings) {
  if (settings.time_origin == TimeOrigin::Auto) {
    if (frames_.first(TimeOrigin::Auto) || !frames_.is_first_uncertain()) return;
    is_guess_ = true;
    post_warning_once(element_, warned_of_origin_,
                      {ErrorCode::Settings,
                       "Playing began elsewhere than at the start, so the first frame of the stream is not known: mask "
                       "time 0 is taken to be stream time 0. Play from the start first, or set time-origin=stream if "
                       "that is right, or ts-offset to the stream time of the first frame"});
    return;
  }
  if (settings.time_origin != TimeOrigin::Stream || std::exchange(reported_origin_, true)) return;
  const auto first = frames_.first(TimeOrigin::Auto).value_or(0);
  if (first <= schedule_->period() / 2) return;
  post_info(element_, "The first frame is at stream time " + seconds(first) +
                          ", and mask time 0 is stream time 0, as time-origin=stream says. If the masks count from the "
                          "first frame, set time-origin=auto (time-origin=first-frame also where playing begins "
                          "elsewhere), or ts-offset=" +
                          std::to_string(first));
}

void MaskTiming::report_unevenness(const FrameTime& time) {
  if (time.frame_number || !frames_.may_vary(mask_frames())) return;
  is_guess_ = true;
  post_warning_once(element_, warned_of_unevenness_,
                    {ErrorCode::Settings,
                     "The frames of this stream come unevenly, and the ones before this frame were not all seen: its "
                     "mask is chosen by the frame rate and may be that of another frame. Save an array 'timestamps' "
                     "with the masks, or play the stream from its start"});
}

void MaskTiming::check_duration(FrameTime& time, const Settings& settings) {
  if (!time.uncertain_end) return;
  const auto origin = mask_origin(settings);
  const auto begin = saturated_difference(time.uncut_time, origin);
  const auto end = saturated_difference(*time.uncertain_end, origin);
  // As far as stamps in ms are off.
  constexpr std::int64_t kSlack = 510'000;
  // Nothing begins at the end of the last one.
  if (!schedule_->entry_beginning_at(end, kSlack) && !schedule_->all_begin_before(end)) {
    frames_.distrust_durations();
  } else if (time.uncut_time != time.stream_time) {
    const auto entry = schedule_->entry_beginning_at(begin, time.slack);
    // Where no other frame begins in between, the length is right in either case.
    if (!entry || entry != schedule_->entry_at(saturated_difference(end, 2 * kSlack))) FrameClock::trust_duration(time);
  }
}

std::optional<timing::Held> MaskTiming::held_at(const FrameTime& time, const Settings& settings) {
  switch (schedule_->basis()) {
    case timing::Schedule::Basis::Still:
      return schedule_->entry_count() == 0 ? std::nullopt : std::optional(timing::Held{});
    case timing::Schedule::Basis::Time:
      report_origin(settings);
      return held_by_time(time, settings);
    case timing::Schedule::Basis::Buffers:
      return held_by_count(time);
  }
  return std::nullopt;
}

bool MaskTiming::counts_frames(const Settings& settings) const {
  const auto first = frames_.first(settings.time_origin).value_or(0);
  return schedule_->rate().is_positive() && mask_origin(settings) == saturated_sum(first, settings.ts_offset);
}

std::optional<timing::Held> MaskTiming::held_by_time(const FrameTime& time, const Settings& settings) {
  const auto origin = mask_origin(settings);
  const auto begin = saturated_difference(time.uncut_time, origin);
  const auto masks = mask_frames();
  if (counts_frames(settings)) {
    if (time.frame_number && frames_.varies(masks)) {
      const bool is_shifted = settings.ts_offset != 0;
      return held_by_number(is_shifted ? frames_.number_at(begin, masks) : *time.frame_number, time);
    }
    report_unevenness(time);
  }
  if (frames_.repeats_frames(masks)) return held_by_nearest(time, begin);
  // Half a frame later there may be another one already, where some frames are short.
  const auto entry = schedule_->entry_beginning_at(begin, time.slack);
  if (entry) return timing::Held{*entry, saturated_difference(time.lookup, time.uncut_time)};
  if (is_inside_frame(time, begin)) return schedule_->held_at(begin);
  return schedule_->held_at(saturated_difference(time.lookup, origin));
}

std::optional<timing::Held> MaskTiming::held_by_number(std::int64_t number, const FrameTime& time) const {
  const auto half = schedule_->period() / 2;
  auto held = schedule_->held_at(saturated_sum(schedule_->time_of_frame(number), half));
  if (held) held->time += saturated_difference(time.lookup, time.uncut_time) - half;
  return held;
}

/// videorate gives a frame that a seek has cut its whole duration, but leaves its begin where the seek went to.
bool MaskTiming::is_inside_frame(const FrameTime& time, std::int64_t begin) const {
  if (!time.may_be_cut || !time.is_whole) return false;
  if (schedule_->has_timestamps()) return true;
  const auto& masks = schedule_->rate();
  const bool is_for_each = timing::FrameCounter::is_mask_for_each_frame({frames_.rate(), masks});
  const auto& grid = is_for_each ? masks : frames_.rate();
  // In the first half of a frame, both ways lead to the same mask.
  const auto rest = saturated_difference(timing::time_of_frame(timing::number_by_rate(begin, grid), grid), begin);
  return rest > grid_tolerance(time, timing::period_of(frames_.rate()));
}

std::optional<timing::Held> MaskTiming::held_by_nearest(const FrameTime& time, std::int64_t begin) {
  const auto& rate = schedule_->rate();
  if (!rate.is_positive()) {
    const auto position = saturated_sum(begin, time.is_repeat ? -kRounding : kRounding);
    const auto entry = time.may_be_cut ? std::nullopt : schedule_->entry_nearest(position);
    return entry ? std::optional(timing::Held{*entry, saturated_difference(time.lookup, time.uncut_time)})
                 : schedule_->held_at(begin);
  }
  if (time.may_be_cut) {
    const auto half = schedule_->period() / 2;
    source_frame_ = timing::number_by_rate(
        saturated_sum(begin, grid_tolerance(time, timing::period_of(frames_.rate())) - half), rate);
  } else if (!time.is_repeat || !time.follows || !source_frame_) {
    auto number = timing::number_by_rate(saturated_sum(begin, kTie), rate);
    const bool is_the_one_before = time.follows && source_frame_ && *source_frame_ == number;
    // It is another frame than the one before, where two are equally near but for the rounding of their stamps.
    if (is_the_one_before) number = timing::number_by_rate(saturated_sum(begin, kRounding), rate);
    source_frame_ = number;
    // At twice the rate, every second frame lies just between two others: each mask is shown twice.
    const auto earlier = timing::number_by_rate(saturated_difference(begin, kTie), rate);
    const bool is_tie = earlier != timing::number_by_rate(saturated_sum(begin, kTie), rate);
    const auto twice = 2 * timing::period_of(frames_.rate());
    if (is_tie && std::abs(twice - schedule_->period()) <= kDoubled) return held_by_number(earlier, time);
  }
  return held_by_number(*source_frame_, time);
}

std::optional<timing::Held> MaskTiming::held_by_count(const FrameTime& time) {
  if (time.countable) {
    const auto entry = schedule_->entry_of(time.number);
    return entry ? std::optional(timing::Held{*entry, 0}) : std::nullopt;
  }
  post_warning_once(
      element_, warned_of_seek_,
      {ErrorCode::Settings,
       "After a seek into the stream, counting buffers does not tell which mask is due: none is shown; set "
       "the property framerate, or timing=framerate"});
  return std::nullopt;
}

std::optional<tracking::MaskTime> MaskTiming::mask_time_at(FrameTime& time, const tracking::Tracks& tracks,
                                                           const Settings& settings) {
  check_duration(time, settings);
  is_guess_ = false;
  const auto held = held_at(time, settings);
  if (!held) return std::nullopt;
  const bool is_timed = schedule_->basis() == timing::Schedule::Basis::Time;
  const bool moves = settings.interpolation == Interpolation::Motion && is_timed;
  const auto next = moves ? tracks.entry_after(held->entry) : std::nullopt;
  if (!next) return tracking::MaskTime{held->entry, 0, 0};
  const auto interval = saturated_difference(schedule_->time_of(*next), schedule_->time_of(held->entry));
  const auto frame = timing::period_of(frames_.rate());
  const auto elapsed = saturated_difference(held->time, saturated_difference(time.lookup, time.uncut_time));
  return tracking::mask_time_after(held->entry, elapsed, interval, frame > 0 ? frame : schedule_->period());
}

std::optional<std::size_t> MaskTiming::entry_begun_at(const FrameTime& time, const Settings& settings) const {
  if (schedule_->entry_count() == 0) return std::nullopt;
  switch (schedule_->basis()) {
    case timing::Schedule::Basis::Still:
      return 0;
    case timing::Schedule::Basis::Time:
      return schedule_->entry_begun_at(saturated_difference(time.lookup, mask_origin(settings)));
    case timing::Schedule::Basis::Buffers:
      return time.countable ? std::optional(std::min<std::size_t>(time.number, schedule_->entry_count() - 1))
                            : std::nullopt;
  }
  return std::nullopt;
}

}  // namespace sam2::element
