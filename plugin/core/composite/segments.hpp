// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <limits>
#include <span>

#include "composite/plane_group.hpp"

namespace sam2::composite {

/// A byte for each of eight pairs of columns, in the order of memory: how many of the four pixels of the pair are
/// covered.
using PairCounts = std::uint64_t;

inline constexpr auto kBlockPairs = static_cast<std::int32_t>(kBlockGroups);
inline constexpr std::int32_t kBlockColumns = 2 * kBlockPairs;

/// Makes the counts of one row of which the first `columns` columns are covered, for each number of columns.
constexpr std::array<PairCounts, kBlockColumns + 1> make_pair_counts() {
  std::array<PairCounts, kBlockColumns + 1> table{};
  for (int columns = 0; columns <= kBlockColumns; ++columns) {
    std::array<std::uint8_t, kBlockPairs> counts{};
    for (int i = 0; i < columns; ++i) ++counts[static_cast<std::size_t>(i / 2)];
    table[static_cast<std::size_t>(columns)] = std::bit_cast<PairCounts>(counts);
  }
  return table;
}

inline constexpr auto kPairCounts = make_pair_counts();

/// Walks through the spans of a row from left to right, clipped to the frame. The single last column of an odd width
/// counts as two: a span that ends with the frame covers both.
class PairedSpans {
 public:
  PairedSpans(std::span<const runs::Span> spans, std::int32_t width)
      : next_(spans.data()), end_(spans.data() + spans.size()), width_(width) {}

  /// Skips the spans that end before a pair.
  void go_to(std::int32_t pair) {
    while (next_ != end_ && end_of(*next_) <= 2 * pair) ++next_;
    if (next_ != end_ && next_->begin >= width_) next_ = end_;
  }
  [[nodiscard]] bool at_end() const { return next_ == end_; }
  /// The pair in which the next span begins.
  [[nodiscard]] std::int32_t first_pair() const { return at_end() ? kNever : std::max(next_->begin, 0) >> 1; }

  /// Consecutive pairs that are all covered wholly, or all not covered.
  struct Stretch {
    bool is_covered;
    std::int32_t end;  ///< equals the first pair if that one is covered in part
  };
  [[nodiscard]] Stretch stretch_at(std::int32_t pair) const {
    if (first_pair() > pair) return {false, first_pair()};
    return {true, next_->begin > 2 * pair ? pair : end_of(*next_) >> 1};
  }

  /// The counts of the block that begins with pair `block`. Pairs before `first` count 0.
  [[nodiscard]] PairCounts counts(std::int32_t block, std::int32_t first) const {
    PairCounts sum = 0;
    const auto columns = [&](std::int32_t column) {
      return kPairCounts[static_cast<std::size_t>(std::min(column - 2 * block, kBlockColumns))];
    };
    const auto end = std::min(2 * block + kBlockColumns, width_);
    for (const auto* span = next_; span != end_ && span->begin < end; ++span) {
      sum += columns(end_of(*span)) - columns(std::max(span->begin, 2 * first));
    }
    return sum;
  }

 private:
  static constexpr std::int32_t kNever = std::numeric_limits<std::int32_t>::max();

  [[nodiscard]] std::int32_t end_of(const runs::Span& span) const {
    return span.end >= width_ ? width_ + (width_ & 1) : span.end;
  }

  const runs::Span* next_;
  const runs::Span* end_;
  std::int32_t width_;
};

/// Draws two rows of spans into planes whose groups cover a pair of columns of both rows. Each covered group is drawn
/// once, in any order. Blocks never reach over the end of the row: in a row shorter than a block, the block begins
/// before the row, and its groups there have no quarters.
class PairSegments {
 public:
  using Spans = std::span<const runs::Span>;

  PairSegments(std::int32_t width, PlaneGroup& planes)
      : width_(width), last_block_((width + 1) / 2 - kBlockPairs), planes_(planes) {}

  /// Draws rows of groups, each of which covers `lines` (1 or 2) rows of the mask. The mask must hold all of them.
  void draw_rows(const runs::RunMask& mask, RowRange rows, std::int32_t lines) {
    const auto* const spans = mask.spans().data();
    const auto first = static_cast<std::size_t>(rows.first * lines - mask.top());
    const auto* line_end = mask.row_ends().data() + first;
    const auto* upper = spans + (first == 0 ? 0 : line_end[-1]);
    for (auto row = rows.first; row < rows.end; ++row) {
      const auto* const upper_end = spans + *line_end++;
      const auto* const lower = lines == 1 ? upper : upper_end;
      const auto* const lower_end = lines == 1 ? upper_end : spans + *line_end++;
      planes_.begin_row(row);
      draw({upper, upper_end}, {lower, lower_end});
      upper = lower_end;
    }
  }

  /// Draws the row that PlaneGroup::begin_row() selected.
  void draw(Spans upper, Spans lower) {
    const auto matched = planes_.has_alpha_elsewhere() ? 0 : draw_matched(upper, lower);
    if (matched < std::max(upper.size(), lower.size())) draw_any(upper.subspan(matched), lower.subspan(matched));
  }

 private:
  /// Draws the spans of two rows as most masks have them: each span overlaps one of the other row and is far from all
  /// others. Returns how many spans it has drawn.
  std::size_t draw_matched(Spans upper, Spans lower) {
    const auto count = upper.size();
    if (count == 0 || count != lower.size()) return 0;
    auto outer = join(upper[0], lower[0]);
    if (outer.begin < 0) return 0;
    for (std::size_t i = 0; i < count; ++i) {
      const auto next = i + 1 < count ? join(upper[i + 1], lower[i + 1]) : runs::Span{width_, width_};
      // Also false for the single last column of an odd width, which counts as two.
      const bool is_alone = std::min(next.begin, width_) >> 1 >= (outer.end + 1) >> 1;
      if (!is_alone || !emit(upper[i], lower[i], outer)) return i;
      outer = next;
    }
    return count;
  }

  /// Draws two spans that lie in the columns of `outer`. Returns false, and draws nothing, for spans that need
  /// draw_any().
  bool emit(runs::Span upper, runs::Span lower, runs::Span outer) {
    const auto left = outer.begin >> 1;
    const auto behind = left + kBlockPairs;
    const auto right = ((outer.end + 1) >> 1) - kBlockPairs;
    if (right <= left) {
      const auto block = std::min(left, last_block_);
      if (block < 0) return false;
      planes_.push_block(block, counts(upper, block) + counts(lower, block));
      return true;
    }
    if (behind <= right) {
      const bool is_whole_between =
          std::max(upper.begin, lower.begin) <= 2 * behind && std::min(upper.end, lower.end) >= 2 * right;
      if (!is_whole_between) return false;
      planes_.push_block(left, 2 * kPairCounts[kBlockColumns] - count(upper.begin, left) - count(lower.begin, left));
      if (behind < right) planes_.push(behind, right, PlanePainter::kWhole);
      planes_.push_block(right, count(upper.end, right) + count(lower.end, right));
      return true;
    }
    if (behind > last_block_) return false;
    for (const auto block : {left, behind}) {
      planes_.push_block(block, counts(clip(upper, block), block) + counts(clip(lower, block), block));
    }
    return true;
  }

  [[gnu::noinline]] void draw_any(Spans upper_spans, Spans lower_spans) {
    PairedSpans upper(upper_spans, width_);
    PairedSpans lower(lower_spans, width_);
    for (std::int32_t pair = 0;;) {
      upper.go_to(pair);
      lower.go_to(pair);
      if (upper.at_end() && lower.at_end()) return;
      pair = std::max(pair, std::min(upper.first_pair(), lower.first_pair()));
      const auto above = upper.stretch_at(pair);
      const auto below = lower.stretch_at(pair);
      const auto end = std::min(above.end, below.end);
      if (end - pair >= kBlockPairs) {
        planes_.add(pair, end,
                    above.is_covered && below.is_covered ? PlanePainter::kWhole : PlanePainter::kTwoQuarters);
        pair = end;
      } else {
        const auto block = std::min(pair, last_block_);
        planes_.add_block(block, upper.counts(block, pair) + lower.counts(block, pair));
        pair = block + kBlockPairs;
      }
    }
  }

  /// The columns from the first to the last of two spans.
  static runs::Span join(runs::Span a, runs::Span b) { return {std::min(a.begin, b.begin), std::max(a.end, b.end)}; }

  /// The counts of a row that is covered up to `column`, which lies in the block or at its end.
  static PairCounts count(std::int32_t column, std::int32_t block) {
    return kPairCounts[static_cast<std::size_t>(column - 2 * block)];
  }
  /// The counts of a span that lies in the block.
  static PairCounts counts(runs::Span span, std::int32_t block) {
    return count(span.end, block) - count(span.begin, block);
  }
  static runs::Span clip(runs::Span span, std::int32_t block) {
    const auto clip_column = [&](auto column) { return std::clamp(column, 2 * block, 2 * block + kBlockColumns); };
    return {clip_column(span.begin), clip_column(span.end)};
  }

  std::int32_t width_;
  std::int32_t last_block_;
  PlaneGroup& planes_;
};

}  // namespace sam2::composite
