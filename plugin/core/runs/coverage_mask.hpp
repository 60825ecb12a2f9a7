// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace sam2::runs {

/// Partly covered pixels [begin, end) of one row. A coverage is in 255ths.
struct CoverageSpan {
  static constexpr std::size_t kConstant = std::numeric_limits<std::size_t>::max();

  std::int32_t begin;
  std::int32_t end;
  std::uint8_t coverage;   ///< coverage of every pixel, if `first_byte` is kConstant
  std::size_t first_byte;  ///< index of the coverage of pixel `begin` in bytes(); those of the others follow
};

/// An image of coverages as runs, for anti-aliased edges and glyphs. The spans of a row ascend and do not overlap.
/// Pixels outside of all spans have coverage 0.
///
/// It is built like a RunMask: reset(), then for each row add_span()* and end_row(). It keeps its memory over reset().
class CoverageMask {
 public:
  /// Forgets all rows; the next row to be built is `top`.
  void reset(std::int32_t top);

  /// Adds [begin, end), every pixel covered by `coverage` / 255. `begin` must not be left of the row's last span's end.
  /// Empty spans and those of coverage 0 are dropped, touching ones of one coverage merge.
  void add_span(std::int32_t begin, std::int32_t end, std::uint8_t coverage);

  /// Adds [begin, begin + coverages.size()) with one coverage for each pixel.
  void add_span(std::int32_t begin, std::span<const std::uint8_t> coverages);

  /// Adds the same as spans of one coverage where that is shorter, without what is not covered.
  void add_bytes(std::int32_t begin, std::span<const std::uint8_t> coverages);

  void end_row() { row_ends_.push_back(spans_.size()); }

  /// First row, and the one after the last; rows outside have no spans.
  [[nodiscard]] std::int32_t top() const { return top_; }
  [[nodiscard]] std::int32_t bottom() const { return top_ + static_cast<std::int32_t>(row_ends_.size()); }

  /// The spans of row `y`, for any y.
  [[nodiscard]] std::span<const CoverageSpan> row(std::int32_t y) const;

  [[nodiscard]] std::span<const std::uint8_t> bytes() const { return bytes_; }
  [[nodiscard]] bool empty() const { return spans_.empty(); }

 private:
  std::int32_t top_ = 0;
  std::vector<std::size_t> row_ends_;
  std::vector<CoverageSpan> spans_;
  std::vector<std::uint8_t> bytes_;
};

}  // namespace sam2::runs
