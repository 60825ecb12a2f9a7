// SPDX-License-Identifier: LGPL-2.1-or-later
#include "masks/geometry.hpp"

#include <algorithm>

namespace sam2::masks {
namespace {

/// The first of `to` frame pixels along an axis that takes mask pixel `position` of `from` or one behind it: the
/// smallest X with (X + 1/2) from / to >= position, which is ceil((2 position to - from) / (2 from)). With 31 bits each
/// for `to` and `position`, the product stays within 63.
std::int32_t edge(std::int32_t position, std::int32_t from, std::int32_t to) {
  const std::int64_t inside = std::clamp(position, 0, from);
  return static_cast<std::int32_t>((2 * inside * to + from - 1) / (2 * std::int64_t{from}));
}

}  // namespace

void Stretch::apply(const RunMask& mask, RunMask& scaled) const {
  if (mask_ == frame_) {
    scaled = mask;
    return;
  }
  const auto row_edge = [&](std::int32_t y) { return edge(y, mask_.height, frame_.height); };
  const auto column_edge = [&](std::int32_t x) { return edge(x, mask_.width, frame_.width); };

  const auto bottom = std::min(mask.bottom(), mask_.height);
  auto y = std::max(mask.top(), 0);
  auto next = row_edge(y);
  scaled.reset(next);
  for (; y < bottom; ++y) {
    const auto first = next;
    next = row_edge(y + 1);
    if (first == next) continue;
    for (const auto& span : mask.row(y)) scaled.add_span(column_edge(span.begin), column_edge(span.end));
    scaled.end_row();
    for (auto row = first + 1; row < next; ++row) {
      // By index, since adding may move the spans.
      const auto count = scaled.row(first).size();
      for (std::size_t i = 0; i < count; ++i) {
        const auto span = scaled.row(first)[i];
        scaled.add_span(span.begin, span.end);
      }
      scaled.end_row();
    }
  }
}

Point Stretch::apply(Point point) const {
  const auto along = [](double position, std::int32_t from, std::int32_t to) {
    return (position + 0.5) * to / from - 0.5;
  };
  return {along(point.x, mask_.width, frame_.width), along(point.y, mask_.height, frame_.height)};
}

}  // namespace sam2::masks
