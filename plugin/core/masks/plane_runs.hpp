// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
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
  /// The values are labels; otherwise every value means "object".
  bool are_labels = false;
  /// Labels that count from 0 are stored as label + 1, since 0 is the background of runs.
  bool is_from_0 = false;

  void clear() {
    spans.clear();
    clipped = false;
    rounded = false;
    are_labels = false;
    is_from_0 = false;
  }
};

}  // namespace sam2::masks
