// SPDX-License-Identifier: LGPL-2.1-or-later
#include "composite/shapes.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
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
    result.append_span(begin, end);
    if (i->end < j->end) {
      ++i;
    } else {
      ++j;
    }
  }
  result.end_row();
}

/// Appends the columns of `a` that are not in `b`, each span of which lies in one of `a`.
void add_difference(Spans a, Spans b, RunMask& result) {
  auto hole = b.begin();
  for (const auto& span : a) {
    auto begin = span.begin;
    for (; hole != b.end() && hole->end <= span.end; ++hole) {
      result.append_span(begin, hole->begin);
      begin = hole->end;
    }
    result.append_span(begin, span.end);
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

  contour.reset(mask.top());
  std::int32_t row = 0;
  auto hard_end = row;
  mask.for_each_row([&](Spans spans) {
    const auto core = hull(row);
    if (core.begin >= core.end) {
      for (const auto& span : spans) contour.append_span(span.begin, span.end);
    } else if (!has_gaps(row)) {
      // So it is one span.
      contour.append_span(spans.front().begin, core.begin);
      contour.append_span(core.end, spans.front().end);
    } else {
      if (row >= hard_end) {
        for (hard_end = row + 1; hard_end < mask.bottom() - mask.top() && is_hard(hard_end);) ++hard_end;
        erode_rows(mask, frame, mask.top() + row, mask.top() + hard_end);
      }
      add_difference(spans, eroded_.row(mask.top() + row), contour);
    }
    contour.end_row();
    ++row;
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
  auto row = reach;
  mask.for_each_row([&](Spans spans) {
    const bool is_empty = spans.empty();
    hull_begins_[row] = is_empty ? kHighest : erode_begin(spans.front().begin, margin_);
    hull_ends_[row] = is_empty ? kHighest : -erode_end(spans.back().end, frame, margin_);
    have_gaps_[row] = spans.size() > 1;
    ++row;
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

/// Makes eroded_ the eroded rows [first, end) of the mask, whatever their spans.
void ContourMaker::erode_rows(const RunMask& mask, Size frame, std::int32_t first, std::int32_t end) {
  auto* window = &window_;
  auto* longer = &scratch_;
  window->reset(first - reach_);
  for (auto y = first - reach_; y < end + reach_; ++y) {
    // What lies outside of the frame counts as mask.
    if (y < 0 || y >= frame.height) {
      window->append_span(0, frame.width);
    } else {
      for (const auto& span : mask.row(y)) {
        window->append_span(erode_begin(span.begin, margin_), erode_end(span.end, frame, margin_));
      }
    }
    window->end_row();
  }

  // Row y of `window` is the intersection of `rows` rows from y on; see erode_hulls().
  const auto window_rows = 2 * std::int64_t{reach_} + 1;
  std::int32_t rows = 1;
  for (; 2 * std::int64_t{rows} <= window_rows; rows *= 2) {
    longer->reset(window->top());
    for (auto y = window->top(); y < window->bottom() - rows; ++y) {
      add_intersection(window->row(y), window->row(y + rows), *longer);
    }
    std::swap(window, longer);
  }
  const auto overlap_shift = static_cast<std::int32_t>(window_rows - rows);
  eroded_.reset(window->top() + reach_);
  for (auto y = window->top(); y < window->bottom() - overlap_shift; ++y) {
    add_intersection(window->row(y), window->row(y + overlap_shift), eroded_);
  }
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
