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

  /// Enough has been seen; until then more planes help. Planes without masks tell nothing.
  [[nodiscard]] bool is_ready() const { return overlaps_.size() >= kPairs; }

  /// 'T' or 'N', by what has been seen. With `may_be_labels`, a value above 1 (but not 255 alone, which is a way to say
  /// "true") makes it 'T'.
  [[nodiscard]] char decide(bool may_be_labels) const;

 private:
  static constexpr std::size_t kPairs = 16;

  bool has_previous_ = false;
  std::vector<ValueSpan> previous_;
  std::vector<double>
      overlaps_;  ///< intersection over union of each pair of consecutive planes that are not both empty
  bool has_value_above_1_ = false;
  bool has_other_than_255_ = false;
};

}  // namespace sam2::masks
