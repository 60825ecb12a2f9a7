// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "runs/overlap.hpp"

#include <algorithm>

namespace sam2::runs {

std::uint64_t overlap(const RunMask& moved, Shift shift, const RunMask& still) {
  std::int64_t pixels = 0;
  const auto top = std::max(moved.top() + shift.y, still.top());
  const auto bottom = std::min(moved.bottom() + shift.y, still.bottom());
  for (auto y = top; y < bottom; ++y) {
    const auto a = moved.row(y - shift.y);
    const auto b = still.row(y);
    for (std::size_t i = 0, j = 0; i < a.size() && j < b.size();) {
      const auto begin = std::max(a[i].begin + shift.x, b[j].begin);
      const auto end = std::min(a[i].end + shift.x, b[j].end);
      pixels += std::max(0, end - begin);
      if (a[i].end + shift.x < b[j].end) {
        ++i;
      } else {
        ++j;
      }
    }
  }
  return static_cast<std::uint64_t>(pixels);
}

}  // namespace sam2::runs
