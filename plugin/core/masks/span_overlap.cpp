// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "masks/span_overlap.hpp"

#include <algorithm>
#include <tuple>

namespace sam2::masks {
namespace {

std::uint64_t area_of(std::span<const ValueSpan> spans) {
  std::uint64_t area = 0;
  for (const auto& span : spans) area += static_cast<std::uint64_t>(span.end - span.begin);
  return area;
}

}  // namespace

double SpanOverlap::iou() const {
  return static_cast<double>(common) / static_cast<double>(first + second - common);
}

double SpanOverlap::containment() const {
  return static_cast<double>(common) / static_cast<double>(std::min(first, second));
}

SpanOverlap overlap_of(std::span<const ValueSpan> a, std::span<const ValueSpan> b) {
  SpanOverlap overlap{area_of(a), area_of(b), 0};
  while (!a.empty() && !b.empty()) {
    const auto& x = a.front();
    const auto& y = b.front();
    if (x.row == y.row) {
      const int common = std::min(x.end, y.end) - std::max(x.begin, y.begin);
      overlap.common += static_cast<std::uint64_t>(std::max(common, 0));
    }
    auto& first_to_end = std::tie(x.row, x.end) < std::tie(y.row, y.end) ? a : b;
    first_to_end = first_to_end.subspan(1);
  }
  return overlap;
}

double median_of(std::vector<double> numbers) {
  std::ranges::sort(numbers);
  const auto middle = numbers.size() / 2;
  return numbers.size() % 2 == 1 ? numbers[middle] : (numbers[middle - 1] + numbers[middle]) / 2;
}

}  // namespace sam2::masks
