// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/fraction.hpp"
#include "base/result.hpp"
#include "timing/timeline.hpp"

namespace sam2::timing {

/// What the user wants the masks to be timed by.
enum class Timing {
  Auto,        ///< timestamps, else frame rate, else buffers
  Timestamps,  ///< the file's timestamps
  Framerate,   ///< the file's frame numbers at a frame rate
  Buffers,     ///< k-th buffer, k-th mask
};

/// ns from one frame to the next at `rate`, rounded down but at least 1; 0 where the rate is unknown.
[[nodiscard]] std::int64_t period_of(const Fraction& rate);

/// Begin of frame `number` in ns at `rate` (positive), rounded down.
[[nodiscard]] std::int64_t time_of_frame(std::int64_t number, const Fraction& rate);

/// What is known of the masks and of the stream; rates of 0 are unknown.
struct ScheduleInput {
  bool still = false;
  std::span<const std::int64_t> frame_numbers;  ///< one for each entry
  std::span<const std::int64_t> timestamps;     ///< ns, one for each entry; empty: none
  Timing timing = Timing::Auto;
  Fraction wanted_rate;  ///< what the user says the frame numbers refer to
  Fraction file_rate;
  Fraction stream_rate;
  TimelineOptions options;
};

/// How frames find their masks, decided once for a file and a stream. Immutable.
class Schedule {
 public:
  enum class Basis {
    Still,    ///< the one entry, always
    Time,     ///< by stream time
    Buffers,  ///< by counting
  };

  /// Errors: Settings, where Timing::Timestamps is asked of a file that has none.
  static Result<Schedule> make(const ScheduleInput& input);

  [[nodiscard]] Basis basis() const { return basis_; }
  [[nodiscard]] std::size_t entry_count() const { return entry_count_; }
  /// Entries are at times of their own, not at frame numbers: frames may have any length.
  [[nodiscard]] bool has_timestamps() const { return has_timestamps_; }
  /// Counting is only a makeshift here: masks by frame number, but no frame rate is known.
  [[nodiscard]] bool lacks_rate() const { return lacks_rate_; }
  /// ns from one frame to the next, as far as known; 0: unknown.
  [[nodiscard]] std::int64_t period() const { return period_; }

  /// The rate that frame numbers count in. Not positive unless the masks are timed by frame numbers.
  [[nodiscard]] const Fraction& rate() const { return rate_; }
  /// Mask time of frame `number` in ns. For frame numbers only.
  [[nodiscard]] std::int64_t time_of_frame(std::int64_t number) const;
  /// True if the first entry is at about stream time `first`, at which the stream begins, and not at mask time 0. Then
  /// the times of the file are stream times: the stream was cut out of a longer one, or timestamps were saved as read.
  [[nodiscard]] bool counts_from_before(std::int64_t first) const;

  /// When `entry` is shown first, in ns of mask time; 0 where that is not known: in a still, or counting without a
  /// rate.
  [[nodiscard]] std::int64_t time_of(std::size_t entry) const { return times_[entry]; }
  /// The entry (in the order of the file) for mask time `time` in ns. For Basis::Time.
  [[nodiscard]] std::optional<std::size_t> entry_at(std::int64_t time) const;
  /// The same, and how long it has held by then.
  [[nodiscard]] std::optional<Held> held_at(std::int64_t time) const;
  /// The last entry that has begun by mask time `time`, whether it still holds or not. For Basis::Time.
  [[nodiscard]] std::optional<std::size_t> entry_begun_at(std::int64_t time) const;
  /// The entry whose timestamp is nearest to `begin` and at most `slack` from it: that of the frame which begins there,
  /// however long the frame is. None where the file has no timestamps, or `slack` is 0.
  [[nodiscard]] std::optional<std::size_t> entry_beginning_at(std::int64_t begin, std::int64_t slack) const;
  /// The entry whose timestamp is nearest to mask time `time`, if it is at most the median spacing away.
  [[nodiscard]] std::optional<std::size_t> entry_nearest(std::int64_t time) const;
  /// All entries begin before mask time `time` in ns. For Basis::Time.
  [[nodiscard]] bool all_begin_before(std::int64_t time) const;
  /// The entry for the `buffer`-th buffer, counted from 0. For Basis::Buffers.
  [[nodiscard]] std::optional<std::size_t> entry_of(std::uint64_t buffer) const;

 private:
  Basis basis_ = Basis::Still;
  bool has_timestamps_ = false;
  bool lacks_rate_ = false;
  std::int64_t period_ = 0;
  Fraction rate_;
  std::int64_t first_time_ = 0;  ///< lowest of times_
  std::int64_t last_time_ = 0;   ///< highest of times_
  std::size_t entry_count_ = 0;
  AtEnd at_end_ = AtEnd::Clear;
  std::optional<Timeline> timeline_;
  std::vector<std::int64_t> times_;  ///< of each entry
};

}  // namespace sam2::timing
