// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "timing/timeline.hpp"

#include <algorithm>
#include <numeric>

#include "base/wide_math.hpp"

namespace sam2::timing {

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
  entries_.reserve(ticks.size());
  for (std::size_t entry = 0; entry < ticks.size(); ++entry) entries_.push_back({ticks[entry], entry});
  std::ranges::stable_sort(entries_, {}, &TimedEntry::tick);

  std::vector<std::int64_t> gaps;
  for (std::size_t k = 1; k < entries_.size(); ++k) {
    const auto gap = saturated(Int128{entries_[k].tick} - entries_[k - 1].tick);
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
  if (entries_.empty()) return std::nullopt;
  // In units of 1 / ticks_per_unit of a tick, in which both ns and ticks are whole numbers.
  Int128 position = Int128{time} * rate_.ticks;
  const Int128 end = (Int128{entries_.back().tick} + spacing_) * rate_.nanoseconds;
  if (options_.at_end == AtEnd::Loop && position >= end) {
    const Int128 begin = std::min(Int128{0}, Int128{entries_.front().tick} * rate_.nanoseconds);
    if (end > begin) position = begin + floor_mod(position - begin, end - begin);
  }
  const Int128 tick = floor_div(position, rate_.nanoseconds);
  const auto next = std::ranges::upper_bound(entries_, tick, {}, [](const TimedEntry& e) { return Int128{e.tick}; });
  if (next == entries_.begin()) return std::nullopt;
  const auto& last = *(next - 1);
  const Int128 held = position - Int128{last.tick} * rate_.nanoseconds;
  const Held result{last.entry, saturated(held / rate_.ticks)};

  const bool is_last = next == entries_.end();
  if (is_last && options_.at_end == AtEnd::Hold) return result;
  if (is_last && position >= end) return std::nullopt;
  if (options_.max_hold && held >= Int128{*options_.max_hold} * rate_.ticks) return std::nullopt;
  return result;
}

std::optional<std::size_t> Timeline::entry_begun_at(std::int64_t time) const {
  const auto tick = floor_div(Int128{time} * rate_.ticks, rate_.nanoseconds);
  const auto next = std::ranges::upper_bound(entries_, tick, {}, [](const TimedEntry& e) { return Int128{e.tick}; });
  return next != entries_.begin() ? std::optional((next - 1)->entry) : std::nullopt;
}

std::optional<std::int64_t> Timeline::time_near(std::int64_t time, std::int64_t slack) const {
  const auto time_of = [this](const TimedEntry& e) { return Int128{e.tick} * rate_.nanoseconds / rate_.ticks; };
  const auto next = std::ranges::upper_bound(entries_, Int128{time}, {}, time_of);
  std::optional<Int128> nearest;
  if (next != entries_.begin()) nearest = time_of(*(next - 1));
  if (next != entries_.end() && (!nearest || time_of(*next) - time < time - *nearest)) nearest = time_of(*next);
  if (!nearest || *nearest > Int128{time} + slack || *nearest < Int128{time} - slack) return std::nullopt;
  return saturated(*nearest);
}

bool Timeline::all_begin_before(std::int64_t time) const {
  return entries_.empty() || Int128{entries_.back().tick} * rate_.nanoseconds < Int128{time} * rate_.ticks;
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
