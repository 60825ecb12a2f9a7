// SPDX-License-Identifier: LGPL-2.1-or-later
#include "timing/schedule.hpp"

#include <algorithm>
#include <limits>

namespace sam2::timing {
namespace {

Fraction first_positive(const Fraction& a, const Fraction& b, const Fraction& c) {
  if (a.is_positive()) return a;
  return b.is_positive() ? b : c;
}

__extension__ using Int128 = __int128;

std::int64_t time_of_frame(std::int64_t number, const Fraction& rate) {
  constexpr Int128 kLowest = std::numeric_limits<std::int64_t>::min();
  constexpr Int128 kHighest = std::numeric_limits<std::int64_t>::max();
  // The numerator is 32 bits wide, so that the product fits.
  const Int128 time = Int128{number} * (kNanosecondsPerSecond * rate.denominator) / rate.numerator;
  return static_cast<std::int64_t>(std::clamp(time, kLowest, kHighest));
}

}  // namespace

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
                           [&](std::int64_t number) { return time_of_frame(number, rate); });
  } else {
    schedule.basis_ = Basis::Buffers;
    schedule.lacks_rate_ = input.timing != Timing::Buffers;
    schedule.period_ = period_of(input.stream_rate);
    for (std::size_t entry = 0; entry < schedule.times_.size(); ++entry) {
      if (schedule.period_ > 0)
        schedule.times_[entry] = time_of_frame(static_cast<std::int64_t>(entry), input.stream_rate);
    }
  }
  return schedule;
}

std::optional<std::size_t> Schedule::entry_at(std::int64_t time) const {
  return timeline_ ? timeline_->entry_at(time) : std::nullopt;
}

std::optional<std::size_t> Schedule::entry_beginning_at(std::int64_t begin, std::int64_t slack) const {
  if (!timeline_ || !has_timestamps_ || slack <= 0) return std::nullopt;
  const auto stamp = timeline_->time_near(begin, slack);
  return stamp ? timeline_->entry_at(*stamp) : std::nullopt;
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
