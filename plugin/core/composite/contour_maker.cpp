// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "composite/contour_maker.hpp"

#include <algorithm>
#include <limits>
#include <span>

#include "runs/run_writer.hpp"

namespace sam2::composite {
namespace {

using runs::RunMask;
using runs::RunWriter;
using runs::Size;
using runs::Span;
using Spans = std::span<const Span>;

/// Writes a row: the columns of `a` that are not in `b`, each span of which lies in one of `a`.
void write_difference(Spans a, Spans b, RunWriter& result) {
  result.begin_row(a.size() + b.size());
  auto hole = b.begin();
  for (const auto& span : a) {
    auto begin = span.begin;
    for (; hole != b.end() && hole->end <= span.end; ++hole) {
      result.add_span(begin, hole->begin);
      begin = hole->end;
    }
    result.add_span(begin, span.end);
  }
  result.end_row();
}

/// Writes rows [first, end) of a mask as they are.
void write_all(const RunMask& mask, std::size_t first, std::size_t end, RunWriter& result) {
  for (auto row = first; row < end; ++row) {
    write_difference(mask.row(mask.top() + static_cast<std::int32_t>(row)), {}, result);
  }
}

constexpr auto kHighest = std::numeric_limits<std::int32_t>::max();

/// Where a span begins and ends once it is eroded by `margin` to the left and right, but not from the frame's edges;
/// the end is not behind the begin where nothing is left.
std::int32_t erode_begin(std::int32_t begin, std::int32_t margin) {
  return begin > 0 ? std::min(begin, kHighest - margin) + margin : begin;
}
std::int32_t erode_end(std::int32_t end, Size frame, std::int32_t margin) {
  return end < frame.width ? end - margin : end;
}

/// Makes each value the larger one of itself and the one `shift` behind it. The compiler makes vectors of this.
template <typename T>
void keep_largest(T* values, std::size_t count, std::size_t shift) {
  for (std::size_t i = 0; i < count; ++i) values[i] = std::max(values[i], values[i + shift]);
}

}  // namespace

void ContourMaker::make(const RunMask& mask, Size frame, std::int32_t line_width, RunMask& contour) {
  // A square is as good as infinite in a direction once it exceeds the frame.
  margin_ = std::min(line_width, frame.width);
  reach_ = std::min(line_width, frame.height);
  erode_hulls(mask, frame);

  const auto rows = mask.row_ends().size();
  RunWriter writer(contour, mask.top(), rows);
  for (std::size_t row = 0; row < rows;) {
    const auto kind = kind_of(row);
    const auto first = row;
    while (++row < rows && kind_of(row) == kind) {
    }
    switch (kind) {
      case Kind::Lost:
        write_all(mask, first, row, writer);
        break;
      case Kind::OneSpan:
        write_one_span(mask, first, row, writer);
        break;
      case Kind::Any:
        write_any(mask, frame, first, row, writer);
        break;
    }
  }
}

/// Rows of one span, as are all around them.
void ContourMaker::write_one_span(const RunMask& mask, std::size_t first, std::size_t end, RunWriter& writer) const {
  const auto* const spans = mask.row(mask.top() + static_cast<std::int32_t>(first)).data();
  const auto* const begins = hull_begins_.data() + first;
  const auto* const ends = hull_ends_.data() + first;
  writer.add_rows(end - first, 2, [=](std::size_t i, Span* next) {
    const auto span = spans[i];
    const Span core{begins[i], -ends[i]};
    if (span.begin < core.begin) *next++ = {span.begin, core.begin};
    if (core.end < span.end) *next++ = {core.end, span.end};
    return next;
  });
}

/// Makes the hulls those of the eroded rows of the mask. Most rows of most masks are one span, for which the erosion is
/// but the largest begin and the smallest end of the rows around.
void ContourMaker::erode_hulls(const RunMask& mask, Size frame) {
  const auto reach = static_cast<std::size_t>(reach_);
  const auto rows = static_cast<std::size_t>(mask.bottom() - mask.top()) + 2 * reach;
  hull_begins_.resize(rows);
  hull_ends_.resize(rows);
  have_gaps_.resize(rows);
  // The rows are written through what no store can change, so that it need not be read anew after each of them.
  auto* begins = hull_begins_.data() + reach;
  auto* ends = hull_ends_.data() + reach;
  auto* have_gaps = have_gaps_.data() + reach;
  mask.for_each_row([=, margin = margin_](Spans spans) mutable {
    const bool is_empty = spans.empty();
    *begins++ = is_empty ? kHighest : erode_begin(spans.front().begin, margin);
    *ends++ = is_empty ? kHighest : -erode_end(spans.back().end, frame, margin);
    *have_gaps++ = spans.size() > 1;
  });
  const auto is_outside = [&](std::size_t i) {
    const auto y = mask.top() - reach_ + static_cast<std::int32_t>(i);
    return y < 0 || y >= frame.height;
  };
  for (std::size_t i = 0; i < reach; ++i) {
    for (const auto at : {i, rows - 1 - i}) {
      hull_begins_[at] = hull_ends_[at] = is_outside(at) ? -kHighest : kHighest;
      have_gaps_[at] = 0;
    }
  }

  // The entry of row y is of `height` rows from y on. It doubles until two of them, overlapping, make up the window.
  auto count = rows;
  const auto combine = [&](std::size_t shift) {
    count -= shift;
    keep_largest(hull_begins_.data(), count, shift);
    keep_largest(hull_ends_.data(), count, shift);
    keep_largest(have_gaps_.data(), count, shift);
  };
  const auto window = 2 * reach + 1;
  std::size_t height = 1;
  for (; 2 * height <= window; height *= 2) combine(height);
  combine(window - height);
}

void ContourMaker::write_any(const RunMask& mask, Size frame, std::size_t first, std::size_t end, RunWriter& writer) {
  const auto top = mask.top() + static_cast<std::int32_t>(first);
  const auto bottom = mask.top() + static_cast<std::int32_t>(end);
  erode_rows(mask, frame, top, bottom);
  for (auto y = top; y < bottom; ++y) write_difference(mask.row(y), eroded_.row(y), writer);
}

/// Makes eroded_ the eroded rows [first, end) of the mask, whatever their spans.
void ContourMaker::erode_rows(const RunMask& mask, Size frame, std::int32_t first, std::int32_t end) {
  // Nothing of them is outside of their hulls.
  Span columns{kHighest, 0};
  for (auto y = first; y < end; ++y) {
    const auto [left, right] = hull(static_cast<std::size_t>(y - mask.top()));
    columns = {std::min(columns.begin, left), std::max(columns.end, right)};
  }
  const auto rows = static_cast<std::size_t>(end - first) + 2 * static_cast<std::size_t>(reach_);
  bits_.reset(columns, rows);
  for (std::size_t i = 0; i < rows; ++i) {
    const auto y = first - reach_ + static_cast<std::int32_t>(i);
    // What lies outside of the frame counts as mask.
    if (y < 0 || y >= frame.height) bits_.add(i, columns);
    for (const auto& span : mask.row(y)) {
      bits_.add(i, {erode_begin(span.begin, margin_), erode_end(span.end, frame, margin_)});
    }
  }

  // Row y is the intersection of `height` rows from y on; see erode_hulls().
  const auto window = 2 * static_cast<std::size_t>(reach_) + 1;
  std::size_t height = 1;
  for (; 2 * height <= window; height *= 2) bits_.intersect(height);
  bits_.intersect(window - height);
  const auto count = static_cast<std::size_t>(end - first);
  RunWriter writer(eroded_, first, count);
  for (std::size_t i = 0; i < count; ++i) bits_.write(i, writer);
}

}  // namespace sam2::composite
