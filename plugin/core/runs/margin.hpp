// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "runs/bounds.hpp"
#include "runs/coverage_mask.hpp"
#include "runs/geometry.hpp"
#include "runs/run_mask.hpp"

namespace sam2::runs {

/// Grows and shrinks masks by a margin m in pixels. It keeps its memory from call to call.
///
/// A square is the shape: it is the smallest that covers every way of measuring the distance, and rows and columns can
/// be grown one after the other. With m > 0, a pixel of the frame is in the result if any pixel at most m columns and m
/// rows away is in the mask. With m < 0, it is if all pixels of the frame at most -m columns and rows away are in the
/// mask, so that masks do not shrink from the edge of the frame. Coverages take the maximum and the minimum alike.
class MarginMaker {
 public:
  void apply(const RunMask& mask, Size frame, std::int32_t margin, RunMask& result);
  void apply(const CoverageMask& mask, Size frame, std::int32_t margin, CoverageMask& result);

 private:
  /// How far a mask reaches, in columns and rows. A margin beyond the frame is as good as the frame.
  struct Reach {
    std::int32_t columns;
    std::int32_t rows;
  };

  static Reach reach_of(Size frame, std::int32_t margin);
  static Rectangle expand(const Rectangle& rectangle, Reach reach, Size frame);
  void grow(const RunMask& mask, Size frame, Reach reach, RunMask& result);
  void unite_rows(std::int32_t shift);
  void load(const CoverageMask& mask, Size frame, const Rectangle& area, bool is_inverted);
  void keep_largest(std::size_t columns, std::size_t rows, Reach reach);

  RunMask rows_;
  RunMask united_;
  RunMask outside_;
  RunMask grown_;
  std::vector<std::uint8_t> bytes_;  ///< coverages of a rectangle of pixels
};

}  // namespace sam2::runs
