// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "masks/plane_runs.hpp"

namespace sam2::masks {

/// Tells the frames of a video from the objects of an image: masks of consecutive frames cover each other, those of
/// different objects do not. Planes of label maps, which hold several values, are frames.
class AxisProbe {
 public:
  /// `planes`: the length of the axis. `prefers_objects`: what lies beside the masks speaks for objects, so that only
  /// masks that cover each other well are frames.
  explicit AxisProbe(std::uint64_t planes, bool prefers_objects = false)
      : length_(planes), prefers_objects_(prefers_objects) {}

  /// Adds the next plane.
  void add(const PlaneRuns& plane);

  /// True if more planes would not help, or playing would have to wait for them: after 16 pairs, 64 planes or 100 ms.
  [[nodiscard]] bool is_ready() const;

  /// True if decide() guesses: the masks do not cover each other, as those of objects or of a fast object; there was
  /// nothing to compare; or there are three, which may be alternatives. A single plane is no guess.
  [[nodiscard]] bool is_guess(bool may_be_labels) const;

  /// True if two consecutive planes could be compared.
  [[nodiscard]] bool has_seen_pairs() const { return !overlaps_.empty(); }

  /// The median intersection over union of consecutive planes; 0 if none could be compared.
  [[nodiscard]] double overlap() const;

  /// 'T' or 'N', by what has been seen. With `may_be_labels`, a value above 1 (but not 255 alone, which is a way to say
  /// "true") makes it 'T'.
  [[nodiscard]] char decide(bool may_be_labels) const;

 private:
  static constexpr std::size_t kPairs = 16;
  static constexpr std::size_t kPlanes = 64;
  /// No tool saves more empty masks of objects.
  static constexpr std::uint64_t kEmptyObjects = 16;
  /// No image has more objects, and all of them would have to be read before the first frame.
  static constexpr std::uint64_t kMostObjects = 4096;
  static constexpr std::chrono::milliseconds kLongest{100};
  using Clock = std::chrono::steady_clock;

  [[nodiscard]] bool are_labels() const;

  std::uint64_t length_;
  bool prefers_objects_;
  std::size_t planes_ = 0;
  Clock::time_point deadline_;

  bool has_previous_ = false;
  bool has_masks_ = false;
  std::vector<ValueSpan> previous_;
  std::vector<double> overlaps_;  ///< intersection over union of each pair of consecutive planes with masks
  bool has_value_above_1_ = false;
  bool has_other_than_255_ = false;
};

}  // namespace sam2::masks
