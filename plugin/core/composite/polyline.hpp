// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <cstdint>
#include <vector>

#include "runs/coverage_mask.hpp"
#include "runs/run_mask.hpp"

namespace sam2::composite {

/// Draws lines of round ends into coverages: where lines cross, the greater coverage counts, so that joints do not
/// show. Keeps its memory from one picture to the next.
class LineMaker {
 public:
  /// Begins a picture that is clipped to `frame`.
  void reset(runs::Size frame);

  /// Adds all pixels whose centre is at most width / 2 from the line from `from` to `to` (pixel indices), width > 0.
  /// Ends that are no numbers, or far outside of the frame, make the line vanish.
  void add_line(runs::Point from, runs::Point to, double width, std::uint8_t coverage);

  void finish(runs::CoverageMask& lines);

 private:
  struct Piece {
    std::int32_t row;
    std::int32_t begin;
    std::int32_t end;
    std::uint8_t coverage;
  };

  void finish_row(std::size_t first, std::size_t last, runs::CoverageMask& lines);

  runs::Size frame_;
  std::vector<Piece> pieces_;
  std::vector<std::int32_t> edges_;
};

}  // namespace sam2::composite
