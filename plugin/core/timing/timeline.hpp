// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/fraction.hpp"

namespace sam2::timing {

inline constexpr std::int64_t kNanosecondsPerSecond = 1'000'000'000;

/// What is shown after the last mask.
enum class AtEnd { Clear, Hold, Loop };

struct TimelineOptions {
  std::optional<std::int64_t> max_hold;  ///< ns that a mask stays at most; none: until the next one
  AtEnd at_end = AtEnd::Clear;

  friend bool operator==(const TimelineOptions&, const TimelineOptions&) = default;
};

/// An entry, and for how many ns it is what holds.
struct Held {
  std::size_t entry = 0;
  std::int64_t time = 0;
};

/// When each entry of a mask file is shown. Immutable.
///
/// Entries are sorted by time. Entry k holds from its own time until that of the next one, but not longer than
/// `max_hold`; the last one holds for the median spacing. Of entries with the same time the last one counts.
class Timeline {
 public:
  /// Entry k is shown from frame number frames[k] on, at `rate` (positive) frames a second.
  static Timeline from_frame_numbers(std::span<const std::int64_t> frames, Fraction rate,
                                     const TimelineOptions& options);
  /// Entry k is shown from times[k] ns on; a lone entry is shown for `frame_period` ns (positive).
  static Timeline from_timestamps(std::span<const std::int64_t> times, std::int64_t frame_period,
                                  const TimelineOptions& options);

  /// Index (in the order of the input) of the entry that holds at `time` ns, if any.
  [[nodiscard]] std::optional<std::size_t> entry_at(std::int64_t time) const;
  /// The same, and how long it has held by then.
  [[nodiscard]] std::optional<Held> held_at(std::int64_t time) const;

  /// The last entry that has begun by `time` ns, whether it still holds or not.
  [[nodiscard]] std::optional<std::size_t> entry_begun_at(std::int64_t time) const;

  /// Time in ns of the entry that is nearest to `time`, if it is at most `slack` from it.
  [[nodiscard]] std::optional<std::int64_t> time_near(std::int64_t time, std::int64_t slack) const;

  /// All entries begin before `time` ns.
  [[nodiscard]] bool all_begin_before(std::int64_t time) const;

  /// Median distance of neighbours in ns, at least 1; one frame where all entries have the same time.
  [[nodiscard]] std::int64_t median_spacing() const;

 private:
  /// An entry and its time in ticks.
  struct TimedEntry {
    std::int64_t tick;
    std::size_t entry;
  };

  /// Ticks are frames or ns: `ticks` of them last `nanoseconds`. Kept as a ratio, so that no time is ever rounded.
  struct TickRate {
    std::int64_t ticks;
    std::int64_t nanoseconds;
  };

  Timeline(std::span<const std::int64_t> ticks, TickRate rate, std::int64_t lone_spacing,
           const TimelineOptions& options);

  TickRate rate_;
  std::int64_t spacing_;
  TimelineOptions options_;
  std::vector<TimedEntry> entries_;
};

/// The k-th buffer shows the k-th entry; after the last one `at_end` decides.
[[nodiscard]] std::optional<std::size_t> entry_of_buffer(std::uint64_t buffer, std::size_t entry_count, AtEnd at_end);

/// How far into a frame its mask is looked up, in ns: about half a frame, so that rounded, jittered and clipped stamps
/// name the right one. With P = `period` and D = `duration` (0: unknown): P / 2, but max(D / 2, min(P / 4, 1 ms)) where
/// 0 < D < P. Source: measured over all usual rates and stamp roundings; plain flooring and nearest rounding both fail
/// on a third of the frames.
[[nodiscard]] std::int64_t lookup_offset(std::int64_t period, std::int64_t duration);

}  // namespace sam2::timing
