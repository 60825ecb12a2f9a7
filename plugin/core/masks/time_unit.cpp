// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "masks/time_unit.hpp"

#include <algorithm>
#include <vector>

namespace sam2::masks {
namespace {

constexpr TimeUnit kSeconds{"seconds", 1e9};
constexpr TimeUnit kNanoseconds{"ns", 1};
constexpr TimeUnit kMilliseconds{"ms", 1e6, true};
constexpr TimeUnit kMicroseconds{"us", 1e3, true};
/// MPEG-TS counts in these.
constexpr TimeUnit kTicks{"ticks of 90 kHz", 1e9 / 90'000, true};

/// Ten days in ns: no clip is as long.
constexpr double kLongestClip = 864'000e9;

/// Median distance of neighbours that differ, in units; 0 if there is none.
double median_spacing(std::span<const double> times) {
  std::vector<double> sorted(times.begin(), times.end());
  std::ranges::sort(sorted);
  std::vector<double> gaps;
  for (std::size_t i = 1; i < sorted.size(); ++i) {
    if (sorted[i] > sorted[i - 1]) gaps.push_back(sorted[i] - sorted[i - 1]);
  }
  if (gaps.empty()) return 0;
  const auto middle = gaps.begin() + static_cast<std::ptrdiff_t>(gaps.size() / 2);
  std::ranges::nth_element(gaps, middle);
  return *middle;
}

/// The ranges of the units do not meet at usual frame rates: 2 to 500 ms, 180 to 22.5 frames a second in 90 kHz, 4 ms
/// to 4 s in us.
TimeUnit unit_by_spacing(double spacing, bool is_float) {
  if (spacing >= 4e6) return {kNanoseconds.name, kNanoseconds.nanoseconds, true};
  if (spacing > 4000) return kMicroseconds;
  if (spacing > 500) return kTicks;
  if (spacing >= 2) return kMilliseconds;
  return {kSeconds.name, kSeconds.nanoseconds, !is_float};
}

}  // namespace

TimeUnit find_time_unit(std::span<const double> times, bool is_float) {
  const auto usual = is_float ? kSeconds : kNanoseconds;
  const auto spacing = median_spacing(times);
  // 1 ms, and 4 ms where us would be 4 s.
  const double shortest = is_float ? 1e6 : 4e6;
  constexpr double kLongest = 8e9;
  const auto usual_spacing = spacing * usual.nanoseconds;
  // A still or a single frame has no spacing. Masks of a slide show may be minutes apart.
  if (spacing == 0 || (usual_spacing >= shortest && (usual_spacing <= kLongest || !is_float))) return usual;
  const auto found = unit_by_spacing(spacing, is_float);
  const auto [first, last] = std::ranges::minmax(times);
  return (last - first) * found.nanoseconds <= kLongestClip ? found : usual;
}

double find_epoch(std::span<const double> times, const TimeUnit& unit) {
  if (times.empty()) return 0;
  const auto first = *std::ranges::min_element(times);
  return first * unit.nanoseconds > kLongestClip ? first : 0;
}

}  // namespace sam2::masks
