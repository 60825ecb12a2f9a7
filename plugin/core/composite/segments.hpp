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
  PairedSpans(std::span<const masks::Span> spans, std::int32_t width)
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

  [[nodiscard]] std::int32_t end_of(const masks::Span& span) const {
    return span.end >= width_ ? width_ + (width_ & 1) : span.end;
  }

  const masks::Span* next_;
  const masks::Span* end_;
  std::int32_t width_;
};

/// Gives two rows of spans to brushes whose groups cover a pair of columns of both, in any order, each group that is
/// covered once. A block ends with the row at the latest, so that it begins before the row where that is shorter; what
/// of it is covered is in the row.
class PairSegments {
 public:
  using Spans = std::span<const masks::Span>;

  PairSegments(std::int32_t width, BrushSet& brushes)
      : width_(width), last_block_((width + 1) / 2 - kBlockPairs), brushes_(brushes) {}

  void run(Spans upper, Spans lower) {
    const auto matched = run_matched(upper, lower);
    if (matched < std::max(upper.size(), lower.size())) run_any(upper.subspan(matched), lower.subspan(matched));
  }

 private:
  /// The rows of most masks: each span is beside one of the other row and far from all others. Returns how many are.
  std::size_t run_matched(Spans upper, Spans lower) {
    const auto count = upper.size();
    if (count == 0 || count != lower.size()) return 0;
    // The lone last column of an odd width counts as two.
    const auto width = width_ & ~1;
    auto begin = std::min(upper[0].begin, lower[0].begin);
    if (begin < 0 || upper[count - 1].end > width || lower[count - 1].end > width) return 0;
    for (std::size_t i = 0; i < count; ++i) {
      const auto next = i + 1 < count ? std::min(upper[i + 1].begin, lower[i + 1].begin) : width + 2;
      const auto end = std::max(upper[i].end, lower[i].end);
      const bool is_alone = next >> 1 >= (end + 1) >> 1;
      if (!is_alone || !emit(upper[i], lower[i], {begin, end})) return i;
      begin = next;
    }
    return count;
  }

  /// Two spans and the columns from the first to the last of them; false where it takes more than this.
  bool emit(masks::Span upper, masks::Span lower, masks::Span outer) {
    const auto left = block_at(outer.begin);
    if (outer.end - 2 * left <= kBlockColumns) {
      brushes_.add_block(left, counts(upper, left) + counts(lower, left));
      return true;
    }
    const masks::Span inner{std::max(upper.begin, lower.begin), std::min(upper.end, lower.end)};
    const masks::Span whole{(inner.begin + 1) & ~1, inner.end & ~1};
    const auto right = block_at(whole.end);
    const bool fits = whole.begin - 2 * left <= kBlockColumns && outer.end - 2 * right <= kBlockColumns;
    if (whole.begin >= whole.end || !fits) return false;
    brushes_.add_block(left, counts({upper.begin, whole.begin}, left) + counts({lower.begin, whole.begin}, left));
    brushes_.add(whole.begin >> 1, whole.end >> 1, LayerBrush::kWhole);
    brushes_.add_block(right, counts({whole.end, upper.end}, right) + counts({whole.end, lower.end}, right));
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

  /// First pair of the block for what begins at a column.
  [[nodiscard]] std::int32_t block_at(std::int32_t column) const { return std::min(column >> 1, last_block_); }

  static PairCounts counts(masks::Span span, std::int32_t block) {
    return kPairCounts[static_cast<std::size_t>(span.end - 2 * block)] -
           kPairCounts[static_cast<std::size_t>(span.begin - 2 * block)];
  }

  std::int32_t width_;
  std::int32_t last_block_;
  BrushSet& brushes_;
};

}  // namespace sam2::composite
