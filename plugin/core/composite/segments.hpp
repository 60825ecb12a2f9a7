// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <limits>
#include <span>

#include "composite/brush_set.hpp"

namespace sam2::composite {

/// Eight pairs of columns, how many of whose four pixels are covered in a byte each as they lie in memory.
using PairCounts = std::uint64_t;

inline constexpr auto kBlockPairs = static_cast<std::int32_t>(kBlockGroups);
inline constexpr std::int32_t kBlockColumns = 2 * kBlockPairs;

/// For each number of columns that are covered from the first one on, the counts of one row.
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

/// The spans of a row, clipped to a frame, as they are gone through from left to right. The lone last column of an odd
/// width counts as two: a span that ends with the frame covers both.
class PairedSpans {
 public:
  PairedSpans(std::span<const runs::Span> spans, std::int32_t width)
      : next_(spans.data()), end_(spans.data() + spans.size()), width_(width) {}

  /// Leaves behind what ends before a pair.
  void go_to(std::int32_t pair) {
    while (next_ != end_ && end_of(*next_) <= 2 * pair) ++next_;
    if (next_ != end_ && next_->begin >= width_) next_ = end_;
  }
  [[nodiscard]] bool at_end() const { return next_ == end_; }
  /// Pair in which the next span begins, or the one that it was gone to.
  [[nodiscard]] std::int32_t first_pair() const { return at_end() ? kNever : std::max(next_->begin, 0) >> 1; }

  /// Pairs from one on that are covered alike, wholly or not at all.
  struct Stretch {
    bool is_covered;
    std::int32_t end;  ///< the pair itself where it is covered in part
  };
  [[nodiscard]] Stretch stretch_at(std::int32_t pair) const {
    if (first_pair() > pair) return {false, first_pair()};
    return {true, next_->begin > 2 * pair ? pair : end_of(*next_) >> 1};
  }

  /// Of the block that begins with a pair, from pair `first` on.
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

/// Gives two rows of spans to brushes whose groups cover a pair of columns of both, in any order, each group that is
/// covered once. A block ends with the row at the latest, so that it begins before the row where that is shorter; what
/// of it is covered is in the row.
class PairSegments {
 public:
  using Spans = std::span<const runs::Span>;

  PairSegments(std::int32_t width, BrushSet& brushes)
      : width_(width), last_block_((width + 1) / 2 - kBlockPairs), brushes_(brushes) {}

  /// Rows of pairs, each of which covers `lines` rows of the mask, which holds all of these.
  void run_rows(const runs::RunMask& mask, RowRange rows, std::int32_t lines) {
    const auto* const spans = mask.spans().data();
    const auto first = static_cast<std::size_t>(rows.first * lines - mask.top());
    const auto* line_end = mask.row_ends().data() + first;
    const auto* upper = spans + (first == 0 ? 0 : line_end[-1]);
    for (auto row = rows.first; row < rows.end; ++row) {
      const auto* const upper_end = spans + *line_end++;
      const auto* const lower = lines == 1 ? upper : upper_end;
      const auto* const lower_end = lines == 1 ? upper_end : spans + *line_end++;
      brushes_.begin_row(row);
      run({upper, upper_end}, {lower, lower_end});
      upper = lower_end;
    }
  }

  /// The current row of pairs.
  void run(Spans upper, Spans lower) {
    const auto matched = brushes_.has_alpha_elsewhere() ? 0 : run_matched(upper, lower);
    if (matched < std::max(upper.size(), lower.size())) run_any(upper.subspan(matched), lower.subspan(matched));
  }

 private:
  /// The rows of most masks: each span is beside one of the other row and far from all others. Returns how many are.
  std::size_t run_matched(Spans upper, Spans lower) {
    const auto count = upper.size();
    if (count == 0 || count != lower.size()) return 0;
    auto outer = join(upper[0], lower[0]);
    if (outer.begin < 0) return 0;
    for (std::size_t i = 0; i < count; ++i) {
      const auto next = i + 1 < count ? join(upper[i + 1], lower[i + 1]) : runs::Span{width_, width_};
      // False as well for the lone last column of an odd width, which counts as two, and what is behind it.
      const bool is_alone = std::min(next.begin, width_) >> 1 >= (outer.end + 1) >> 1;
      if (!is_alone || !emit(upper[i], lower[i], outer)) return i;
      outer = next;
    }
    return count;
  }

  /// Two spans and the columns from the first to the last of them; false where it takes more than this.
  bool emit(runs::Span upper, runs::Span lower, runs::Span outer) {
    const auto left = outer.begin >> 1;
    const auto behind = left + kBlockPairs;
    const auto right = ((outer.end + 1) >> 1) - kBlockPairs;
    if (right <= left) {
      const auto block = std::min(left, last_block_);
      if (block < 0) return false;
      brushes_.push_block(block, counts(upper, block) + counts(lower, block));
      return true;
    }
    if (behind <= right) {
      const bool is_whole_between =
          std::max(upper.begin, lower.begin) <= 2 * behind && std::min(upper.end, lower.end) >= 2 * right;
      if (!is_whole_between) return false;
      brushes_.push_block(left, 2 * kPairCounts[kBlockColumns] - count(upper.begin, left) - count(lower.begin, left));
      if (behind < right) brushes_.push(behind, right, LayerBrush::kWhole);
      brushes_.push_block(right, count(upper.end, right) + count(lower.end, right));
      return true;
    }
    if (behind > last_block_) return false;
    for (const auto block : {left, behind}) {
      brushes_.push_block(block, counts(clip(upper, block), block) + counts(clip(lower, block), block));
    }
    return true;
  }

  [[gnu::noinline]] void run_any(Spans upper_spans, Spans lower_spans) {
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
        brushes_.add(pair, end, above.is_covered && below.is_covered ? LayerBrush::kWhole : LayerBrush::kTwoQuarters);
        pair = end;
      } else {
        const auto block = std::min(pair, last_block_);
        brushes_.add_block(block, upper.counts(block, pair) + lower.counts(block, pair));
        pair = block + kBlockPairs;
      }
    }
  }

  /// From the first to the last column of two spans.
  static runs::Span join(runs::Span a, runs::Span b) { return {std::min(a.begin, b.begin), std::max(a.end, b.end)}; }

  /// Of the columns of one row before one that is in the block, or its end.
  static PairCounts count(std::int32_t column, std::int32_t block) {
    return kPairCounts[static_cast<std::size_t>(column - 2 * block)];
  }
  /// Of a span that lies in the block.
  static PairCounts counts(runs::Span span, std::int32_t block) {
    return count(span.end, block) - count(span.begin, block);
  }
  static runs::Span clip(runs::Span span, std::int32_t block) {
    const auto clip_column = [&](auto column) { return std::clamp(column, 2 * block, 2 * block + kBlockColumns); };
    return {clip_column(span.begin), clip_column(span.end)};
  }

  std::int32_t width_;
  std::int32_t last_block_;
  BrushSet& brushes_;
};

}  // namespace sam2::composite
