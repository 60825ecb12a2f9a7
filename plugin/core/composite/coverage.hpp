// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <span>

#include "masks/run_mask.hpp"

namespace sam2::composite {

/// Samples that lie on a frame, each covering 2^width_shift x 2^height_shift luma samples (shifts 0 or 1), fewer in an
/// odd last column or row.
struct SampleGrid {
  std::int32_t width;  ///< of the frame, in luma samples
  std::int32_t height;
  int width_shift;
  int height_shift;
};

/// Walks over one row of spans and tells how many luma samples of each column of a grid they hold. Spans do not touch
/// each other, so that no more than one of them reaches into a column of two.
class CoverageCursor {
 public:
  CoverageCursor() = default;
  CoverageCursor(std::span<const masks::Span> spans, const SampleGrid& grid)
      : next_(spans.data()), end_(spans.data() + spans.size()), width_(grid.width), shift_(grid.width_shift) {}

  struct Piece {
    std::int64_t pixels;  ///< luma samples of each column
    std::int64_t until;   ///< the same holds for all whole columns before this one
  };

  /// Columns must not descend from call to call.
  Piece at(std::int64_t column) {
    const auto first = column << shift_;
    const auto last = std::min((column + 1) << shift_, width_);
    while (next_ != end_ && next_->end <= first) ++next_;
    if (next_ == end_ || next_->begin >= width_) return {0, std::numeric_limits<std::int64_t>::max()};
    if (next_->begin >= last) return {0, next_->begin >> shift_};
    const auto pixels = std::min<std::int64_t>(next_->end, last) - std::max<std::int64_t>(next_->begin, first);
    if (pixels < last - first) return {pixels, column + 1};
    return {pixels, std::max(column + 1, std::min<std::int64_t>(next_->end, width_) >> shift_)};
  }

 private:
  const masks::Span* next_ = nullptr;
  const masks::Span* end_ = nullptr;
  std::int64_t width_ = 0;
  int shift_ = 0;
};

/// Calls segment(begin, end, quarters) from left to right for the samples of a grid's row that `mask` covers: each of
/// [begin, end) by quarters / 4 of the luma samples that it has within the frame. Every sample is in at most one
/// segment, and an odd last column is a segment of its own.
template <typename Function>
void for_each_segment(const masks::RunMask& mask, const SampleGrid& grid, std::int32_t row, Function&& segment) {
  const auto top = std::int64_t{row} << grid.height_shift;
  const auto rows = std::min<std::int64_t>(std::int64_t{1} << grid.height_shift, grid.height - top);
  std::array<CoverageCursor, 2> cursors;
  for (std::int64_t i = 0; i < rows; ++i) {
    cursors[static_cast<std::size_t>(i)] = {mask.row(static_cast<std::int32_t>(top + i)), grid};
  }
  const std::int64_t whole_columns = grid.width >> grid.width_shift;
  const std::int64_t columns = (std::int64_t{grid.width} + (1 << grid.width_shift) - 1) >> grid.width_shift;
  for (std::int64_t column = 0; column < columns;) {
    const bool whole = column < whole_columns;
    auto until = whole ? whole_columns : columns;
    std::int64_t pixels = 0;
    for (std::int64_t i = 0; i < rows; ++i) {
      const auto piece = cursors[static_cast<std::size_t>(i)].at(column);
      pixels += piece.pixels;
      until = std::min(until, piece.until);
    }
    // A column that is not whole has one luma sample in each row, for shifts are 0 or 1.
    const auto covered = rows * (whole ? std::int64_t{1} << grid.width_shift : 1);
    if (pixels > 0) segment(column, until, static_cast<std::uint32_t>(pixels * 4 / covered));
    column = until;
  }
}

}  // namespace sam2::composite
