// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "runs/geometry.hpp"
#include "runs/span.hpp"

namespace sam2::runs {

/// Area, centroid (mean of the pixel indices) and box of a mask.
struct RegionProps {
  std::uint64_t area = 0;
  Point centroid;
  Box box;
};

/// A binary image as runs. Canonical: the spans of a row ascend and neither touch nor overlap, and none is empty.
///
/// Build it row by row from top to bottom: reset(), then add_span() and end_row() for each row; or use a RunWriter.
/// reset() keeps the memory, so a mask that is rebuilt for each frame does not allocate.
class RunMask {
 public:
  /// Removes all rows. The next row is `top`.
  void reset(std::int32_t top);

  /// Adds [begin, end) to the current row. `begin` must not be left of the begin of the row's last span. Touching and
  /// overlapping spans merge. Empty spans are dropped.
  void add_span(std::int32_t begin, std::int32_t end) {
    if (begin >= end) return;
    const std::size_t row_begin = row_count_ == 0 ? 0 : row_ends_[row_count_ - 1];
    if (span_count_ > row_begin && begin <= spans_[span_count_ - 1].end) {
      auto& last = spans_[span_count_ - 1];
      last.end = std::max(last.end, end);
      return;
    }
    if (span_count_ == spans_.size()) make_room(spans_, span_count_ + 1);
    spans_[span_count_++] = {begin, end};
  }

  void end_row() {
    if (row_count_ == row_ends_.size()) make_room(row_ends_, row_count_ + 1);
    row_ends_[row_count_++] = static_cast<std::uint32_t>(span_count_);
  }

  /// Adds the last finished row again. There must be one.
  void repeat_row();

  /// First row, and the row after the last. Rows outside have no spans.
  [[nodiscard]] std::int32_t top() const { return top_; }
  [[nodiscard]] std::int32_t bottom() const { return top_ + static_cast<std::int32_t>(row_count_); }

  /// The spans of row `y`, for any y.
  [[nodiscard]] std::span<const Span> row(std::int32_t y) const {
    if (y < top_ || y >= bottom()) return {};
    const auto index = static_cast<std::size_t>(y - top_);
    const std::size_t begin = index == 0 ? 0 : row_ends_[index - 1];
    return {spans_.data() + begin, row_ends_[index] - begin};
  }

  /// Calls visit(spans) for each row from top() on.
  template <typename Visit>
  void for_each_row(Visit visit) const {
    std::size_t begin = 0;
    for (const std::size_t end : row_ends()) {
      visit(std::span<const Span>(spans_.data() + begin, end - begin));
      begin = end;
    }
  }

  [[nodiscard]] bool empty() const { return span_count_ == 0; }
  /// The spans of all rows, and for each row the number of spans up to its end.
  [[nodiscard]] std::span<const Span> spans() const { return {spans_.data(), span_count_}; }
  [[nodiscard]] std::span<const std::uint32_t> row_ends() const { return {row_ends_.data(), row_count_}; }

 private:
  friend class RunWriter;

  template <typename T>
  static void make_room(std::vector<T>& items, std::size_t count) {
    if (items.size() < count) items.resize(std::max(count, 2 * items.size()));
  }

  // The vectors never shrink: growing again would initialise the elements again. The counts say how many are used.
  std::int32_t top_ = 0;
  std::vector<std::uint32_t> row_ends_;
  std::size_t row_count_ = 0;
  std::vector<Span> spans_;
  std::size_t span_count_ = 0;
};

[[nodiscard]] RegionProps region_props(const RunMask& mask);

}  // namespace sam2::runs
