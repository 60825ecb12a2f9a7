// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/fraction.hpp"

namespace sam2::timing {

/// What a FrameCounter has to know of a frame. Times are in ns since the begin of the first frame of the stream.
struct CountedFrame {
  std::int64_t time = 0;      ///< begin of the frame as stamped
  std::int64_t lookup = 0;    ///< time at which the rate of the masks would look up the frame
  std::int64_t duration = 0;  ///< 0: unknown
  bool is_first = false;      ///< the stream begins with this frame
  bool follows = false;       ///< no seek lies between this frame and the previous one
  bool is_marked = false;     ///< upstream says that frames before this one may be missing
  bool may_be_late = false;   ///< downstream was late: a decoder may have skipped frames before this one
  bool may_be_cut = false;    ///< the first frame after a seek: its begin may be cut off
};

/// Numbers the frames of a stream, and tells whether they come too unevenly for a frame rate to number them.
///
/// The counter keeps the time of each frame from the first one on, so that a frame has its number again after a seek.
/// At most kMostFrames times are kept, 8 bytes each. A gap of several periods is one of two things. Frames are missing
/// if upstream marks the frame after the gap, if a true duration says so, or if the gap is a multiple of the period in
/// a stream that never marks anything. Otherwise a frame lasts longer.
class FrameCounter {
 public:
  static constexpr std::size_t kMostFrames = std::size_t{1} << 22;

  /// Frame rates; not positive: unknown.
  struct Rates {
    Fraction stream;  ///< rate of the caps
    Fraction masks;   ///< rate that the mask file counts frames in
  };

  /// True if the masks can be one for each frame. They are not if their rate is the n-th part of that of the caps.
  /// Other rates say little: where frames come unevenly, tools guess them.
  [[nodiscard]] static bool is_mask_for_each_frame(const Rates& rates);

  /// Forgets the stream.
  void reset() { *this = FrameCounter(); }

  /// Adds `by` ns to the times of all frames so far: the first frame, which seemed to be cut, was not, and began that
  /// much earlier than was thought.
  void shift(std::int64_t by);

  /// Says whether upstream hands out all frames of a file, or marks where it does not.
  void set_complete(bool is_complete) { is_complete_ = is_complete; }

  /// Takes the next frame, and returns its number if that is known. Call it once for each frame.
  std::optional<std::int64_t> next(const CountedFrame& frame, const Rates& rates);

  /// Number of the frame that is shown at `time`. Behind the known frames it goes on at the rate of the masks.
  [[nodiscard]] std::int64_t number_at(std::int64_t time, const Rates& rates) const;
  /// Begin of frame `number`, which must be known.
  [[nodiscard]] std::int64_t begin_of(std::int64_t number) const { return begins_[static_cast<std::size_t>(number)]; }

  /// True once the rate of the masks has given a frame another number than its own, in a stream of uneven frames.
  [[nodiscard]] bool varies() const { return varies_; }
  /// True once the distance of two frames was no multiple of the period, or a frame lasted for several periods.
  [[nodiscard]] bool is_irregular() const { return is_irregular_; }
  /// True once the distance of two frames was far from every multiple of the period.
  [[nodiscard]] bool is_uneven() const { return is_uneven_; }

 private:
  /// Meaning of durations, as the frames that followed showed it.
  enum class Lengths { Unknown, True, Nominal };

  [[nodiscard]] std::int64_t stream_period(const Rates& rates) const;
  std::optional<std::int64_t> find(const CountedFrame& frame) const;
  std::optional<std::int64_t> step(const CountedFrame& frame, const Rates& rates);
  std::optional<std::int64_t> append(const CountedFrame& frame, const Rates& rates);
  [[nodiscard]] bool is_skip(std::int64_t gap, const Rates& rates) const;
  [[nodiscard]] bool is_loss(const CountedFrame& frame, std::int64_t gap, const Rates& rates) const;
  void learn(const CountedFrame& frame, std::int64_t gap, const Rates& rates);

  std::vector<std::int64_t> begins_;      ///< of all frames from the first one on
  std::int64_t end_ = 0;                  ///< end of the last of them, as far as its duration says
  std::optional<std::int64_t> position_;  ///< number of the previous frame
  bool is_from_first_ = false;            ///< frames have followed each other since the first one
  CountedFrame previous_;
  bool has_previous_ = false;
  std::int64_t nominal_duration_ = 0;  ///< the duration that frames have; 0: none or several
  std::int64_t first_gap_ = 0;         ///< distance of the first two frames, the period if the caps have no rate
  Lengths lengths_ = Lengths::Unknown;
  bool is_complete_ = false;  ///< no frame is missing without a mark
  bool is_irregular_ = false;
  bool is_uneven_ = false;
  bool varies_ = false;
};

/// The number that `rate` (positive) gives to a frame that begins at `time` ns, rounded to the nearest.
[[nodiscard]] std::int64_t number_by_rate(std::int64_t time, const Fraction& rate);

}  // namespace sam2::timing
