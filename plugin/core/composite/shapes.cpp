// SPDX-License-Identifier: LGPL-2.1-or-later
#include "composite/shapes.hpp"

#include <algorithm>
#include <cmath>
#include <span>

namespace sam2::composite {
namespace {

using masks::RunMask;
using masks::Size;
using masks::Span;
using Spans = std::span<const Span>;

/// Appends a row: the columns that are in both.
void add_intersection(Spans a, Spans b, RunMask& result) {
  auto i = a.begin();
  auto j = b.begin();
  while (i != a.end() && j != b.end()) {
    const auto begin = std::max(i->begin, j->begin);
    const auto end = std::min(i->end, j->end);
    if (begin < end) result.add_span(begin, end);
    if (i->end < j->end) {
      ++i;
    } else {
      ++j;
    }
  }
  result.end_row();
}

/// Appends a row: the columns of `a` that are not in `b`, which is a part of `a`.
void add_difference(Spans a, Spans b, RunMask& result) {
  auto hole = b.begin();
  for (const auto& span : a) {
    auto begin = span.begin;
    for (; hole != b.end() && hole->end <= span.end; ++hole) {
      if (begin < hole->begin) result.add_span(begin, hole->begin);
      begin = hole->end;
    }
    if (begin < span.end) result.add_span(begin, span.end);
  }
  result.end_row();
}

/// Erodes each row by `margin` to the left and right, but not from the frame's edges. The rows above and below the
/// frame are appended where the mask reaches them, as many as `rows_beyond`, since they count as mask.
void erode_rows(const RunMask& mask, Size frame, std::int32_t margin, std::int32_t rows_beyond, RunMask& result) {
  const auto add_rows_beyond = [&] {
    for (std::int32_t i = 0; i < rows_beyond; ++i) {
      result.add_span(0, frame.width);
      result.end_row();
    }
  };
  const bool from_top = mask.top() == 0;
  result.reset(from_top ? -rows_beyond : mask.top());
  if (from_top) add_rows_beyond();
  for (auto y = mask.top(); y < mask.bottom(); ++y) {
    for (auto [begin, end] : mask.row(y)) {
      // In this order no sum leaves the range.
      if (begin > 0) begin = end - begin > margin ? begin + margin : end;
      if (end < frame.width) end = end - begin > margin ? end - margin : begin;
      if (begin < end) result.add_span(begin, end);
    }
    result.end_row();
  }
  if (mask.bottom() == frame.height) add_rows_beyond();
}

}  // namespace

void ContourMaker::make(const RunMask& mask, Size frame, std::int32_t line_width, RunMask& contour) {
  // A square is as good as infinite in a direction once it exceeds the frame.
  const auto margin = std::min(line_width, frame.width);
  const auto reach = std::min(line_width, frame.height);
  const auto window_rows = 2 * std::int64_t{reach} + 1;

  auto* window = &window_;
  auto* longer = &scratch_;
  erode_rows(mask, frame, margin, reach, *window);

  // Row y of `window` is the intersection of `rows` rows from y on. It doubles until two of them, overlapping, make up
  // the whole window. Rows past the last are not mask, so the result ends before them.
  std::int32_t rows = 1;
  for (; 2 * std::int64_t{rows} <= window_rows; rows *= 2) {
    longer->reset(window->top());
    for (auto y = window->top(); y < window->bottom() - rows; ++y) {
      add_intersection(window->row(y), window->row(y + rows), *longer);
    }
    std::swap(window, longer);
  }
  const auto overlap_shift = static_cast<std::int32_t>(window_rows - rows);
  eroded_.reset(window->top() + reach);
  for (auto y = window->top(); y < window->bottom() - overlap_shift; ++y) {
    add_intersection(window->row(y), window->row(y + overlap_shift), eroded_);
  }

  contour.reset(mask.top());
  for (auto y = mask.top(); y < mask.bottom(); ++y) add_difference(mask.row(y), eroded_.row(y), contour);
}

void make_disc(masks::Point center, std::int32_t radius, Size frame, RunMask& disc) {
  disc.reset(0);
  // Also false for a centre that is not a number.
  const double reach = radius + 1.0;
  const bool near =
      center.x > -reach && center.x < frame.width + reach && center.y > -reach && center.y < frame.height + reach;
  if (!near) return;
  const std::int64_t cx = std::llround(center.x);
  const std::int64_t cy = std::llround(center.y);
  const auto limit = std::int64_t{radius} * (std::int64_t{radius} + 1);
  const auto first = std::max<std::int64_t>(cy - radius, 0);
  const auto last = std::min<std::int64_t>(cy + radius, std::int64_t{frame.height} - 1);
  const auto column = [&](std::int64_t x) {
    return static_cast<std::int32_t>(std::clamp<std::int64_t>(x, 0, frame.width));
  };

  disc.reset(static_cast<std::int32_t>(first));
  std::int64_t half = 0;
  for (auto y = first; y <= last; ++y) {
    const auto room = limit - (y - cy) * (y - cy);
    while ((half + 1) * (half + 1) <= room) ++half;
    while (half * half > room) --half;
    disc.add_span(column(cx - half), column(cx + half + 1));
    disc.end_row();
  }
}

}  // namespace sam2::composite
