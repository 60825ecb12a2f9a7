// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "runs/run_mask.hpp"

#include <algorithm>
#include <limits>

namespace sam2::runs {

void RunMask::reset(std::int32_t top) {
  top_ = top;
  row_count_ = 0;
  span_count_ = 0;
}

void RunMask::repeat_row() {
  const std::size_t end = row_ends_[row_count_ - 1];
  const std::size_t begin = row_count_ == 1 ? 0 : row_ends_[row_count_ - 2];
  make_room(spans_, end + (end - begin));
  std::copy(spans_.begin() + static_cast<std::ptrdiff_t>(begin), spans_.begin() + static_cast<std::ptrdiff_t>(end),
            spans_.begin() + static_cast<std::ptrdiff_t>(end));
  span_count_ = end + (end - begin);
  end_row();
}

RegionProps region_props(const RunMask& mask) {
  if (mask.empty()) return {};
  // Sums of pixel indices times two, so that all is exact: far below 2^63 for any frame.
  std::int64_t area = 0;
  std::int64_t sum_x2 = 0;
  std::int64_t sum_y = 0;
  std::int32_t left = std::numeric_limits<std::int32_t>::max();
  std::int32_t right = std::numeric_limits<std::int32_t>::min();
  std::int32_t top = right;
  std::int32_t bottom = 0;
  for (auto y = mask.top(); y < mask.bottom(); ++y) {
    const auto spans = mask.row(y);
    if (spans.empty()) continue;
    if (area == 0) top = y;
    bottom = y + 1;
    left = std::min(left, spans.front().begin);
    right = std::max(right, spans.back().end);
    for (const auto& span : spans) {
      const std::int64_t length = span.end - span.begin;
      area += length;
      sum_x2 += length * (std::int64_t{span.begin} + span.end - 1);
      sum_y += length * y;
    }
  }
  const auto count = static_cast<double>(area);
  return {static_cast<std::uint64_t>(area),
          {static_cast<double>(sum_x2) / 2 / count, static_cast<double>(sum_y) / count},
          {left, top, right - left, bottom - top}};
}

}  // namespace sam2::runs
