// SPDX-License-Identifier: LGPL-2.1-or-later
#include "timing/timeline.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

namespace sam2::timing {
namespace {

__extension__ using Int128 = __int128;

Int128 floor_div(Int128 dividend, Int128 divisor) {
  const Int128 quotient = dividend / divisor;
  return quotient - (dividend % divisor != 0 && (dividend < 0) != (divisor < 0) ? 1 : 0);
}

Int128 floor_mod(Int128 dividend, Int128 divisor) {
  return dividend - floor_div(dividend, divisor) * divisor;
}

std::int64_t saturated(Int128 value) {
  constexpr Int128 kLowest = std::numeric_limits<std::int64_t>::min();
  constexpr Int128 kHighest = std::numeric_limits<std::int64_t>::max();
  return static_cast<std::int64_t>(std::clamp(value, kLowest, kHighest));
}

}  // namespace

Timeline Timeline::from_frame_numbers(std::span<const std::int64_t> frames, Fraction rate,
                                      const TimelineOptions& options) {
  return {frames, {rate.numerator, kNanosecondsPerSecond * rate.denominator}, 1, options};
}

Timeline Timeline::from_timestamps(std::span<const std::int64_t> times, std::int64_t frame_period,
                                   const TimelineOptions& options) {
  return {times, {1, 1}, frame_period, options};
}

Timeline::Timeline(std::span<const std::int64_t> ticks, TickRate rate, std::int64_t lone_spacing,
                   const TimelineOptions& options)
    : rate_(rate), spacing_(lone_spacing), options_(options) {
  moments_.reserve(ticks.size());
  for (std::size_t entry = 0; entry < ticks.size(); ++entry) moments_.push_back({ticks[entry], entry});
  std::ranges::stable_sort(moments_, {}, &Moment::tick);

  std::vector<std::int64_t> gaps;
  for (std::size_t k = 1; k < moments_.size(); ++k) {
    const auto gap = saturated(Int128{moments_[k].tick} - moments_[k - 1].tick);
    if (gap > 0) gaps.push_back(gap);
  }
  if (gaps.empty()) return;
  const auto middle = gaps.begin() + static_cast<std::ptrdiff_t>(gaps.size() / 2);
  std::ranges::nth_element(gaps, middle);
  spacing_ = *middle;
  if (gaps.size() % 2 == 0) spacing_ = std::midpoint(*std::max_element(gaps.begin(), middle), spacing_);
}

std::optional<std::size_t> Timeline::entry_at(std::int64_t time) const {
  const auto held = held_at(time);
  return held ? std::optional(held->entry) : std::nullopt;
}

std::optional<Held> Timeline::held_at(std::int64_t time) const {
  if (moments_.empty()) return std::nullopt;
  // In units of 1 / ticks_per_unit of a tick, in which both ns and ticks are whole numbers.
  Int128 position = Int128{time} * rate_.ticks;
  const Int128 end = (Int128{moments_.back().tick} + spacing_) * rate_.nanoseconds;
  if (options_.at_end == AtEnd::Loop && position >= end) {
    const Int128 begin = std::min(Int128{0}, Int128{moments_.front().tick} * rate_.nanoseconds);
    if (end > begin) position = begin + floor_mod(position - begin, end - begin);
  }
  const Int128 tick = floor_div(position, rate_.nanoseconds);
  const auto next = std::ranges::upper_bound(moments_, tick, {}, [](const Moment& m) { return Int128{m.tick}; });
  if (next == moments_.begin()) return std::nullopt;
  const auto& moment = *(next - 1);
  const Int128 held = position - Int128{moment.tick} * rate_.nanoseconds;
  const Held result{moment.entry, saturated(held / rate_.ticks)};

  const bool is_last = next == moments_.end();
  if (is_last && options_.at_end == AtEnd::Hold) return result;
  if (is_last && position >= end) return std::nullopt;
  if (options_.max_hold && held >= Int128{*options_.max_hold} * rate_.ticks) return std::nullopt;
  return result;
}

std::optional<std::int64_t> Timeline::time_near(std::int64_t time, std::int64_t slack) const {
  const auto time_of = [this](const Moment& m) { return Int128{m.tick} * rate_.nanoseconds / rate_.ticks; };
  const auto next = std::ranges::upper_bound(moments_, Int128{time}, {}, time_of);
  std::optional<Int128> nearest;
  if (next != moments_.begin()) nearest = time_of(*(next - 1));
  if (next != moments_.end() && (!nearest || time_of(*next) - time < time - *nearest)) nearest = time_of(*next);
  if (!nearest || *nearest > Int128{time} + slack || *nearest < Int128{time} - slack) return std::nullopt;
  return saturated(*nearest);
}

bool Timeline::all_begin_before(std::int64_t time) const {
  return moments_.empty() || Int128{moments_.back().tick} * rate_.nanoseconds < Int128{time} * rate_.ticks;
}

std::int64_t Timeline::median_spacing() const {
  return std::max<std::int64_t>(1, saturated(Int128{spacing_} * rate_.nanoseconds / rate_.ticks));
}

std::optional<std::size_t> entry_of_buffer(std::uint64_t buffer, std::size_t entry_count, AtEnd at_end) {
  if (entry_count == 0) return std::nullopt;
  if (buffer < entry_count) return static_cast<std::size_t>(buffer);
  switch (at_end) {
    case AtEnd::Clear:
      return std::nullopt;
    case AtEnd::Hold:
      return entry_count - 1;
    case AtEnd::Loop:
      return static_cast<std::size_t>(buffer % entry_count);
  }
  return std::nullopt;
}

std::int64_t lookup_offset(std::int64_t period, std::int64_t duration) {
  constexpr std::int64_t kMillisecond = 1'000'000;
  if (duration <= 0 || duration >= period) return period / 2;
  return std::max(duration / 2, std::min(period / 4, kMillisecond));
}

}  // namespace sam2::timing
