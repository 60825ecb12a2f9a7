// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "runs/margin.hpp"

#include <algorithm>
#include <cstdlib>
#include <span>
#include <utility>

namespace sam2::runs {
namespace {

using Spans = std::span<const Span>;

void add_union(Spans a, Spans b, RunMask& result) {
  while (!a.empty() || !b.empty()) {
    auto& first = b.empty() || (!a.empty() && a.front().begin <= b.front().begin) ? a : b;
    result.add_span(first.front().begin, first.front().end);
    first = first.subspan(1);
  }
  result.end_row();
}

/// Adds the columns of `a` that are not in `b`.
void add_difference(Spans a, Spans b, RunMask& result) {
  for (const auto& span : a) {
    auto begin = span.begin;
    for (const auto& hole : b) {
      if (hole.end <= begin) continue;
      if (hole.begin >= span.end) break;
      result.add_span(begin, hole.begin);
      begin = hole.end;
    }
    result.add_span(begin, span.end);
  }
  result.end_row();
}

/// Calls combine(shift) so that windows of one item become windows of `size` items: they double, and the last two
/// overlap.
template <typename Combine>
void build_windows(std::int32_t size, Combine combine) {
  std::int32_t length = 1;
  for (; 2 * length <= size; length *= 2) combine(length);
  if (length < size) combine(size - length);
}

void keep_larger(std::uint8_t* values, const std::uint8_t* others, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) values[i] = std::max(values[i], others[i]);
}

}  // namespace

MarginMaker::Reach MarginMaker::reach_of(Size frame, std::int32_t margin) {
  const auto size = std::abs(std::int64_t{margin});
  return {static_cast<std::int32_t>(std::min<std::int64_t>(size, frame.width)),
          static_cast<std::int32_t>(std::min<std::int64_t>(size, frame.height))};
}

Rectangle MarginMaker::expand(const Rectangle& rectangle, Reach reach, Size frame) {
  return clipped({rectangle.left - reach.columns, rectangle.top - reach.rows, rectangle.right + reach.columns,
                  rectangle.bottom + reach.rows},
                 frame);
}

/* Runs */

void MarginMaker::apply(const RunMask& mask, Size frame, std::int32_t margin, RunMask& result) {
  const auto reach = reach_of(frame, margin);
  if (margin >= 0) return grow(mask, frame, reach, result);
  // What is not mask grows.
  const auto box = bounds_of(mask);
  const auto around = expand(box, reach, frame);
  outside_.reset(around.top);
  for (auto y = around.top; y < around.bottom; ++y) {
    const Span all{around.left, around.right};
    add_difference(Spans(&all, 1), mask.row(y), outside_);
  }
  grow(outside_, frame, reach, grown_);
  result.reset(box.top);
  for (auto y = box.top; y < box.bottom; ++y) add_difference(mask.row(y), grown_.row(y), result);
}

void MarginMaker::grow(const RunMask& mask, Size frame, Reach reach, RunMask& result) {
  rows_.reset(mask.top());
  for (auto y = mask.top(); y < mask.bottom(); ++y) {
    for (const auto& span : mask.row(y)) {
      rows_.add_span(std::max(span.begin - reach.columns, 0), std::min(span.end + reach.columns, frame.width));
    }
    rows_.end_row();
  }
  build_windows(2 * reach.rows + 1, [this](std::int32_t shift) { unite_rows(shift); });
  // Row y of rows_ is now the union of the window that begins there.
  const auto top = std::max(rows_.top() + reach.rows, 0);
  const auto bottom = std::min(rows_.bottom() + reach.rows, frame.height);
  result.reset(top);
  for (auto y = top; y < bottom; ++y) add_union(rows_.row(y - reach.rows), {}, result);
}

/// Makes each row the union of itself and the row `shift` below it.
void MarginMaker::unite_rows(std::int32_t shift) {
  const auto top = rows_.top() - shift;
  const auto bottom = rows_.bottom();
  united_.reset(top);
  for (auto y = top; y < bottom; ++y) add_union(rows_.row(y), rows_.row(y + shift), united_);
  std::swap(rows_, united_);
}

/* Coverages */

void MarginMaker::apply(const CoverageMask& mask, Size frame, std::int32_t margin, CoverageMask& result) {
  const auto reach = reach_of(frame, margin);
  const bool shrinks = margin < 0;
  const auto box = bounds_of(mask);
  const auto area = shrinks ? clipped(box, frame) : expand(box, reach, frame);
  result.reset(area.top);
  if (box.empty() || area.empty()) return;
  // With all pixels that those of the area depend on.
  const Rectangle padded{area.left - reach.columns, area.top - reach.rows, area.right + reach.columns,
                         area.bottom + reach.rows};
  load(mask, frame, padded, shrinks);
  const auto columns = static_cast<std::size_t>(padded.right - padded.left);
  keep_largest(columns, static_cast<std::size_t>(padded.bottom - padded.top), reach);
  const auto width = static_cast<std::size_t>(area.right - area.left);
  for (auto y = area.top; y < area.bottom; ++y) {
    auto* const row = bytes_.data() + static_cast<std::size_t>(y - area.top) * columns;
    if (shrinks) std::transform(row, row + width, row, [](std::uint8_t byte) { return 255 - byte; });
    result.add_bytes(area.left, std::span<const std::uint8_t>(row, width));
    result.end_row();
  }
}

/// Makes bytes_ the coverages of the area, or 255 minus them where it is on the frame.
void MarginMaker::load(const CoverageMask& mask, Size frame, const Rectangle& area, bool is_inverted) {
  const auto columns = static_cast<std::size_t>(area.right - area.left);
  bytes_.assign(columns * static_cast<std::size_t>(area.bottom - area.top), 0);
  const Span visible{std::max(area.left, 0), std::min(area.right, frame.width)};
  for (auto y = std::max(area.top, 0); y < std::min(area.bottom, frame.height); ++y) {
    auto* const row = bytes_.data() + static_cast<std::size_t>(y - area.top) * columns;
    const auto at = [&](std::int32_t x) { return row + (x - area.left); };
    for (const auto& span : mask.row(y)) {
      const auto begin = std::max(span.begin, visible.begin);
      const auto end = std::min(span.end, visible.end);
      if (begin >= end) continue;
      if (span.first_byte == CoverageSpan::kConstant) {
        std::fill(at(begin), at(end), span.coverage);
      } else {
        const auto* const bytes = mask.bytes().data() + span.first_byte;
        std::copy(bytes + (begin - span.begin), bytes + (end - span.begin), at(begin));
      }
    }
    if (!is_inverted) continue;
    std::transform(at(visible.begin), at(visible.end), at(visible.begin), [](std::uint8_t byte) { return 255 - byte; });
  }
}

/// Makes each byte the largest of the window that begins there.
void MarginMaker::keep_largest(std::size_t columns, std::size_t rows, Reach reach) {
  auto width = columns;
  build_windows(2 * reach.columns + 1, [&](std::int32_t shift) {
    width -= static_cast<std::size_t>(shift);
    for (std::size_t row = 0; row < rows; ++row) {
      auto* const bytes = bytes_.data() + row * columns;
      keep_larger(bytes, bytes + shift, width);
    }
  });
  auto height = rows;
  build_windows(2 * reach.rows + 1, [&](std::int32_t shift) {
    height -= static_cast<std::size_t>(shift);
    const auto distance = static_cast<std::size_t>(shift) * columns;
    for (std::size_t row = 0; row < height; ++row) {
      auto* const bytes = bytes_.data() + row * columns;
      keep_larger(bytes, bytes + distance, width);
    }
  });
}

}  // namespace sam2::runs
