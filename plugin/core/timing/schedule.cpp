// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "timing/schedule.hpp"

#include <algorithm>

#include "base/checked_math.hpp"
#include "base/wide_math.hpp"

namespace sam2::timing {
namespace {

Fraction first_positive(const Fraction& a, const Fraction& b, const Fraction& c) {
  if (a.is_positive()) return a;
  return b.is_positive() ? b : c;
}

}  // namespace

std::int64_t time_of_frame(std::int64_t number, const Fraction& rate) {
  // The numerator is 32 bits wide, so that the product fits.
  return saturated(Int128{number} * (kNanosecondsPerSecond * rate.denominator) / rate.numerator);
}

std::int64_t period_of(const Fraction& rate) {
  if (!rate.is_positive()) return 0;
  // At least 1, so that a lone mask is shown at all.
  return std::max<std::int64_t>(1, kNanosecondsPerSecond * rate.denominator / rate.numerator);
}

Result<Schedule> Schedule::make(const ScheduleInput& input) {
  Schedule schedule;
  schedule.entry_count_ = input.frame_numbers.size();
  schedule.at_end_ = input.options.at_end;
  schedule.times_.assign(schedule.entry_count_, 0);
  const auto rate = first_positive(input.wanted_rate, input.file_rate, input.stream_rate);

  if (input.timing == Timing::Timestamps && input.timestamps.empty()) {
    return Error{
        ErrorCode::Settings,
        "timing=timestamps, but the file has no array 'timestamps' or 'pts'; save one, or set timing=framerate"};
  }
  if (input.still) {
    schedule.basis_ = Basis::Still;
    return schedule;
  }
  const bool by_timestamps =
      input.timing == Timing::Timestamps || (input.timing == Timing::Auto && !input.timestamps.empty());
  if (by_timestamps) {
    // The stamps may be far coarser than the frames; a frame is what the lookup offset has to be half of.
    const auto frame = period_of(first_positive(input.stream_rate, input.wanted_rate, input.file_rate));
    schedule.timeline_ =
        Timeline::from_timestamps(input.timestamps, frame > 0 ? frame : kNanosecondsPerSecond / 25, input.options);
    const auto spacing = schedule.timeline_->median_spacing();
    schedule.period_ = frame > 0 ? std::min(frame, spacing) : spacing;
    schedule.basis_ = Basis::Time;
    schedule.times_.assign(input.timestamps.begin(), input.timestamps.end());
    schedule.has_timestamps_ = true;
  } else if (input.timing != Timing::Buffers && rate.is_positive()) {
    schedule.timeline_ = Timeline::from_frame_numbers(input.frame_numbers, rate, input.options);
    schedule.period_ = period_of(rate);
    schedule.basis_ = Basis::Time;
    std::ranges::transform(input.frame_numbers, schedule.times_.begin(),
                           [&](std::int64_t number) { return timing::time_of_frame(number, rate); });
    schedule.rate_ = rate;
  } else {
    schedule.basis_ = Basis::Buffers;
    schedule.lacks_rate_ = input.timing != Timing::Buffers;
    schedule.period_ = period_of(input.stream_rate);
    for (std::size_t entry = 0; entry < schedule.times_.size(); ++entry) {
      if (schedule.period_ > 0)
        schedule.times_[entry] = timing::time_of_frame(static_cast<std::int64_t>(entry), input.stream_rate);
    }
  }
  if (!schedule.times_.empty()) {
    schedule.first_time_ = *std::ranges::min_element(schedule.times_);
    schedule.last_time_ = *std::ranges::max_element(schedule.times_);
  }
  return schedule;
}

std::optional<std::size_t> Schedule::entry_at(std::int64_t time) const {
  return timeline_ ? timeline_->entry_at(time) : std::nullopt;
}

std::optional<std::size_t> Schedule::entry_begun_at(std::int64_t time) const {
  return timeline_ ? timeline_->entry_begun_at(time) : std::nullopt;
}

std::optional<std::size_t> Schedule::entry_beginning_at(std::int64_t begin, std::int64_t slack) const {
  if (!timeline_ || !has_timestamps_ || slack <= 0) return std::nullopt;
  const auto stamp = timeline_->time_near(begin, slack);
  return stamp ? timeline_->entry_at(*stamp) : std::nullopt;
}

std::optional<std::size_t> Schedule::entry_nearest(std::int64_t time) const {
  return timeline_ ? entry_beginning_at(time, timeline_->median_spacing()) : std::nullopt;
}

std::int64_t Schedule::time_of_frame(std::int64_t number) const {
  return timing::time_of_frame(number, rate_);
}

bool Schedule::counts_from_before(std::int64_t first) const {
  // Frame numbers from some small number on are those of masks whose object comes late.
  constexpr auto kFar = 2 * kNanosecondsPerSecond;
  constexpr auto kVeryFar = 60 * kNanosecondsPerSecond;
  if (basis_ != Basis::Time || first_time_ <= (has_timestamps_ ? period_ / 2 : kFar)) return false;
  const auto apart = saturated_difference(first, first_time_);
  if (first_time_ > kVeryFar && apart >= -kNanosecondsPerSecond && first <= last_time_) return true;
  return apart <= period_ / 2 && apart >= -period_ / 2;
}

bool Schedule::all_begin_before(std::int64_t time) const {
  return timeline_ && timeline_->all_begin_before(time);
}

std::optional<Held> Schedule::held_at(std::int64_t time) const {
  return timeline_ ? timeline_->held_at(time) : std::nullopt;
}

std::optional<std::size_t> Schedule::entry_of(std::uint64_t buffer) const {
  return entry_of_buffer(buffer, entry_count_, at_end_);
}

}  // namespace sam2::timing
