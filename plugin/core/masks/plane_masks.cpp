// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "masks/plane_masks.hpp"

#include <algorithm>
#include <tuple>

namespace sam2::masks {

void to_mask(std::span<const ValueSpan> spans, runs::RunMask& mask) {
  mask.reset(spans.empty() ? 0 : spans.front().row);
  for (const auto& span : spans) {
    while (mask.bottom() < span.row) mask.end_row();
    mask.add_span(span.begin, span.end);
  }
  if (!spans.empty()) mask.end_row();
}

void sort_by_value(const PlaneRuns& runs, std::vector<ValueSpan>& sorted) {
  sorted = runs.spans;
  std::ranges::sort(sorted, {}, [](const ValueSpan& span) { return std::tie(span.value, span.row, span.begin); });
}

std::span<const ValueSpan> take_first_value(std::span<const ValueSpan>& sorted) {
  const auto value = sorted.front().value;
  const auto end = std::ranges::find_if(sorted, [=](const ValueSpan& span) { return span.value != value; });
  const auto count = static_cast<std::size_t>(end - sorted.begin());
  const auto first = sorted.first(count);
  sorted = sorted.subspan(count);
  return first;
}

}  // namespace sam2::masks
