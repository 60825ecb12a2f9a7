// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "runs/transpose.hpp"

#include <algorithm>
#include <numeric>
#include <span>

namespace sam2::runs {
namespace {

using Spans = std::span<const Span>;

/// The begins and ends of a row, in ascending order.
class Boundaries {
 public:
  explicit Boundaries(Spans spans) : spans_(spans) {}

  [[nodiscard]] bool done() const { return index_ == 2 * spans_.size(); }
  [[nodiscard]] std::int32_t value() const {
    const auto& span = spans_[index_ / 2];
    return index_ % 2 == 0 ? span.begin : span.end;
  }
  void advance() { ++index_; }

 private:
  Spans spans_;
  std::size_t index_ = 0;
};

/// Calls `visit` with each column below `width` that is in exactly one of two rows: those behind an odd number of
/// boundaries of either.
template <typename Visit>
void for_each_difference(Spans a, Spans b, std::int32_t width, Visit visit) {
  Boundaries left(a);
  Boundaries right(b);
  bool inside = false;
  std::int32_t begin = 0;
  while (!left.done() || !right.done()) {
    auto& next = right.done() || (!left.done() && left.value() <= right.value()) ? left : right;
    const auto boundary = std::clamp(next.value(), 0, width);
    next.advance();
    if (inside) {
      for (auto x = begin; x < boundary; ++x) visit(static_cast<std::size_t>(x));
    }
    inside = !inside;
    begin = boundary;
  }
}

/// Calls `visit` with each row at which a column changes. The mask ends at `bottom`.
template <typename Visit>
void for_each_toggle(const RunMask& mask, std::int32_t top, std::int32_t bottom, std::int32_t width, Visit visit) {
  Spans above;
  for (auto y = top; y < bottom; ++y) {
    const auto row = mask.row(y);
    for_each_difference(above, row, width, [&](std::size_t x) { visit(x, y); });
    above = row;
  }
  for_each_difference(above, {}, width, [&](std::size_t x) { visit(x, bottom); });
}

}  // namespace

void Transposer::transpose(const RunMask& mask, Size size, RunMask& transposed) {
  transposed.reset(0);
  const auto top = std::max(mask.top(), 0);
  const auto bottom = std::min(mask.bottom(), size.height);
  if (top >= bottom) return;

  // A counting sort by column: each column's toggles lie together, from top to bottom, and are begin and end in turn.
  column_ends_.assign(static_cast<std::size_t>(size.width) + 1, 0);
  for_each_toggle(mask, top, bottom, size.width, [&](std::size_t x, std::int32_t) { ++column_ends_[x + 1]; });
  std::partial_sum(column_ends_.begin(), column_ends_.end(), column_ends_.begin());
  toggles_.resize(column_ends_.back());
  for_each_toggle(mask, top, bottom, size.width,
                  [&](std::size_t x, std::int32_t y) { toggles_[column_ends_[x]++] = y; });

  // Having been filled, each column begins where the one before ends.
  std::size_t toggle = 0;
  for (std::size_t x = 0; x < static_cast<std::size_t>(size.width); ++x) {
    for (; toggle < column_ends_[x]; toggle += 2) transposed.add_span(toggles_[toggle], toggles_[toggle + 1]);
    transposed.end_row();
  }
}

}  // namespace sam2::runs
