// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "masks/plane_runs.hpp"

namespace sam2::masks {

/// Areas of two planes of masks, in pixels.
struct SpanOverlap {
  std::uint64_t first = 0;
  std::uint64_t second = 0;
  std::uint64_t common = 0;

  [[nodiscard]] bool is_any_set() const { return first + second > 0; }
  [[nodiscard]] bool are_both_set() const { return first > 0 && second > 0; }
  /// Intersection over union; one plane at least must not be empty.
  [[nodiscard]] double iou() const;
  /// Share of the smaller mask that the larger one covers; no plane may be empty.
  [[nodiscard]] double containment() const;
};

/// Compares planes by their pixels that are not background.
[[nodiscard]] SpanOverlap overlap_of(std::span<const ValueSpan> a, std::span<const ValueSpan> b);

/// As numpy.median of a list that is not empty.
[[nodiscard]] double median_of(std::vector<double> numbers);

}  // namespace sam2::masks
