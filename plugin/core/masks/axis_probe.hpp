// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <vector>

#include "masks/plane_runs.hpp"

namespace sam2::masks {

/// Tells the frames of a video from the objects of an image: masks of consecutive frames cover each other, those of
/// different objects do not. Planes of label maps, which hold several values, are frames.
class AxisProbe {
 public:
  /// Adds the next plane.
  void add(const PlaneRuns& plane);

  /// True if more planes would not help, or playing would have to wait for them.
  [[nodiscard]] bool is_ready() const { return overlaps_.size() >= kPairs || planes_ >= kPlanes; }

  /// True if decide() guesses: the masks do not cover each other, as those of objects or of a fast object, or there was
  /// nothing to compare. A single plane is no guess.
  [[nodiscard]] bool is_guess() const;

  /// True if two consecutive planes could be compared.
  [[nodiscard]] bool has_seen_pairs() const { return !overlaps_.empty(); }

  /// 'T' or 'N', by what has been seen. With `may_be_labels`, a value above 1 (but not 255 alone, which is a way to say
  /// "true") makes it 'T'.
  [[nodiscard]] char decide(bool may_be_labels) const;

 private:
  static constexpr std::size_t kPairs = 16;
  static constexpr std::size_t kPlanes = 64;

  std::size_t planes_ = 0;

  bool has_previous_ = false;
  std::vector<ValueSpan> previous_;
  std::vector<double>
      overlaps_;  ///< intersection over union of each pair of consecutive planes that are not both empty
  bool has_value_above_1_ = false;
  bool has_other_than_255_ = false;
};

}  // namespace sam2::masks
