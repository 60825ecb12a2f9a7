// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <vector>

namespace sam2::masks {

/// Pixels [begin, end) of a row that share one value other than 0. Narrow, as planes may be kept until their axes are
/// known.
struct ValueSpan {
  std::uint16_t row;
  std::uint16_t begin;
  std::uint16_t end;
  std::int32_t value;
};

/// One (H,W) plane of the mask array as runs of equal values, row by row, left to right.
struct PlaneRuns {
  std::vector<ValueSpan> spans;
  /// A value was above what 32 bits hold, and was cut to it: good enough for "is object", not for a label.
  bool clipped = false;
  /// A value was no whole number (only where labels were asked of floats) and was rounded.
  bool rounded = false;

  /// Every value is 1: a threshold or "not 0" decided, and the values are no labels.
  bool is_thresholded = false;

  void clear() {
    spans.clear();
    is_thresholded = false;
    clipped = false;
    rounded = false;
  }
};

}  // namespace sam2::masks
