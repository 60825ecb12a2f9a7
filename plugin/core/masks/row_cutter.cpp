// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "masks/row_cutter.hpp"

#include <algorithm>

namespace sam2::masks {
namespace {

/// Appends a span. Different bytes may mean the same, so neighbours merge.
void append(PlaneRuns& runs, std::uint64_t row, std::uint64_t begin, std::uint64_t end, std::int32_t value) {
  const ValueSpan span{static_cast<std::uint16_t>(row), static_cast<std::uint16_t>(begin),
                       static_cast<std::uint16_t>(end), value};
  if (!runs.spans.empty()) {
    auto& last = runs.spans.back();
    if (last.row == span.row && last.end == span.begin && last.value == value) {
      last.end = span.end;
      return;
    }
  }
  runs.spans.push_back(span);
}

}  // namespace

void cut_into_rows(std::span<const npz::ByteRun> plane, runs::Size size, const ByteMeanings& meanings,
                   PlaneRuns& runs) {
  const auto width = static_cast<std::uint64_t>(size.width);
  std::uint64_t row = 0;
  std::uint64_t row_begin = 0;
  std::uint64_t begin = 0;
  for (const auto& run : plane) {
    const auto end = run.end();
    const auto value = meanings[run.value()];
    if (value == 0) {
      begin = end;
      continue;
    }
    if (begin - row_begin >= width) {
      row = begin / width;
      row_begin = row * width;
    }
    while (begin < end) {
      const auto stop = std::min(end, row_begin + width);
      append(runs, row, begin - row_begin, stop - row_begin, value);
      begin = stop;
      if (stop == row_begin + width) {
        ++row;
        row_begin += width;
      }
    }
  }
}

}  // namespace sam2::masks
