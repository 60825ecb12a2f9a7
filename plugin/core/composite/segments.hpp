// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <limits>
#include <span>

#include "masks/run_mask.hpp"

namespace sam2::composite {

/// A column behind all others.
inline constexpr std::int32_t kNever = std::numeric_limits<std::int32_t>::max() - 1;

/// The spans of a row, clipped to a frame, in its pairs of columns. The lone last column of an odd width counts as a
/// pair: a span that ends with the frame covers both.
class PairedSpans {
 public:
  PairedSpans(std::span<const masks::Span> spans, std::int32_t width)
      : next_(spans.data()), end_(spans.data() + spans.size()), width_(width) {
    read();
  }

  [[nodiscard]] bool at_end() const { return begin_ == kNever; }
  [[nodiscard]] std::int32_t begin() const { return begin_; }
  [[nodiscard]] std::int32_t end() const { return last_; }
  [[nodiscard]] std::int32_t first_pair() const { return begin_ >> 1; }
  [[nodiscard]] std::int32_t end_pair() const { return (last_ + 1) >> 1; }
  /// Pair in which the span after this one begins.
  [[nodiscard]] std::int32_t following_pair() const {
    return next_ + 1 >= end_ || next_[1].begin >= width_ ? kNever : next_[1].begin >> 1;
  }

  void advance() {
    ++next_;
    read();
  }

 private:
  void read() {
    while (next_ != end_ && next_->end <= 0) ++next_;
    if (next_ == end_ || next_->begin >= width_) {
      begin_ = last_ = kNever;
      return;
    }
    begin_ = std::max(next_->begin, 0);
    last_ = next_->end >= width_ ? width_ + (width_ & 1) : next_->end;
  }

  const masks::Span* next_;
  const masks::Span* end_;
  std::int32_t width_;
  std::int32_t begin_ = 0;
  std::int32_t last_ = 0;
};

/// Eight pairs of columns, how many of whose four pixels are covered in a byte each as they lie in memory.
using PairCounts = std::uint64_t;

inline constexpr std::int32_t kBlockPairs = 8;
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

/// Two rows of spans as segments of pairs of columns, in any order, each pair that is covered once:
/// sink.run(begin, end, quarters) has all of [begin, end) covered by that many of their four pixels, sink.block(begin,
/// counts) has the eight pairs from `begin` on. A block ends with the row at the latest, so that it begins before the
/// row where that is shorter; what of it is covered is in the row.
template <typename Sink>
class PairSegments {
 public:
  using Spans = std::span<const masks::Span>;

  PairSegments(std::int32_t width, Sink& sink)
      : width_(width), last_block_((width + 1) / 2 - kBlockPairs), sink_(sink) {}

  void run(Spans upper, Spans lower) {
    const auto matched = run_matched(upper, lower);
    if (matched < std::max(upper.size(), lower.size())) run_any(upper.subspan(matched), lower.subspan(matched));
  }

 private:
  /// The rows of most masks: each span is beside one of the other row and far from all others. Returns how many are.
  std::size_t run_matched(Spans upper, Spans lower) {
    const auto count = upper.size();
    if (count == 0 || count != lower.size()) return 0;
    // The lone last column of an odd width counts as a pair.
    const auto width = width_ & ~1;
    auto begin = std::min(upper[0].begin, lower[0].begin);
    if (begin < 0 || upper[count - 1].end > width || lower[count - 1].end > width) return 0;
    for (std::size_t i = 0; i < count; ++i) {
      const auto next = i + 1 < count ? std::min(upper[i + 1].begin, lower[i + 1].begin) : kNever;
      const auto end = std::max(upper[i].end, lower[i].end);
      const bool is_alone = next >> 1 >= (end + 1) >> 1;
      if (!is_alone || !emit_both(upper[i], lower[i], {begin, end})) return i;
      begin = next;
    }
    return count;
  }

  [[gnu::noinline]] void run_any(Spans upper_spans, Spans lower_spans) {
    PairedSpans upper(upper_spans, width_);
    PairedSpans lower(lower_spans, width_);
    while (!upper.at_end() || !lower.at_end()) {
      if (upper.end_pair() <= lower.first_pair()) {
        run_one(upper);
      } else if (lower.end_pair() <= upper.first_pair()) {
        run_one(lower);
      } else {
        run_both(upper, lower);
      }
    }
  }

  /// A span beside which the other row is empty.
  void run_one(PairedSpans& spans) {
    emit_one({spans.begin(), spans.end()});
    spans.advance();
  }

  /// Two spans that share pairs.
  void run_both(PairedSpans& upper, PairedSpans& lower) {
    const masks::Span outer{std::min(upper.begin(), lower.begin()), std::max(upper.end(), lower.end())};
    const auto end = (outer.end + 1) >> 1;
    const bool is_alone = upper.following_pair() >= end && lower.following_pair() >= end;
    if (is_alone && emit_both({upper.begin(), upper.end()}, {lower.begin(), lower.end()}, outer)) {
      upper.advance();
      lower.advance();
    } else {
      step_through(upper, lower);
    }
  }

  /// Two spans and the columns from the first to the last of them; false where it takes more than this.
  bool emit_both(masks::Span upper, masks::Span lower, masks::Span outer) {
    if (const auto block = block_at(outer.begin); fits(outer, block)) {
      emit_block(block, upper, lower);
      return true;
    }
    return emit_wide(upper, lower, outer);
  }

  bool emit_wide(masks::Span upper, masks::Span lower, masks::Span outer) {
    const masks::Span inner{std::max(upper.begin, lower.begin), std::min(upper.end, lower.end)};
    const auto first = (inner.begin + 1) >> 1;
    const auto last = inner.end >> 1;
    if (first >= last) return false;
    emit_left(outer.begin, inner.begin, first);
    sink_.run(first, last, 4U);
    emit_right(outer.end, inner.end, last);
    return true;
  }

  /// Up to pair `end`, where both rows are covered from then on.
  void emit_left(std::int32_t outer, std::int32_t inner, std::int32_t end) {
    if (const auto block = block_at(outer); fits({outer, 2 * end}, block)) {
      emit_block(block, {outer, 2 * end}, {inner, 2 * end});
      return;
    }
    const auto pair = inner & ~1;
    emit_one({outer, pair});
    emit_block(block_at(pair), {pair, 2 * end}, {inner, 2 * end});
  }

  /// From pair `begin` on, before which both rows are covered.
  void emit_right(std::int32_t outer, std::int32_t inner, std::int32_t begin) {
    if (const auto block = block_at(2 * begin); fits({2 * begin, outer}, block)) {
      emit_block(block, {2 * begin, outer}, {2 * begin, inner});
      return;
    }
    const auto pair_end = (inner + 1) & ~1;
    emit_block(block_at(2 * begin), {2 * begin, pair_end}, {2 * begin, inner});
    emit_one({pair_end, outer});
  }

  /// Columns that one row covers and the other one does not.
  [[gnu::noinline]] void emit_one(masks::Span span) {
    if (const auto block = block_at(span.begin); fits(span, block)) {
      sink_.block(block, counts(span, block));
      return;
    }
    const auto first = (span.begin + 1) >> 1;
    const auto last = span.end >> 1;
    sink_.run(first, last, 2U);
    emit_one({span.begin, 2 * first});
    emit_one({2 * last, span.end});
  }

  void emit_block(std::int32_t block, masks::Span a, masks::Span b) {
    sink_.block(block, counts(a, block) + counts(b, block));
  }

  /// First pair of the block for what begins at a column.
  [[nodiscard]] std::int32_t block_at(std::int32_t column) const { return std::min(column >> 1, last_block_); }

  static bool fits(masks::Span span, std::int32_t block) { return span.end - 2 * block <= kBlockColumns; }

  static PairCounts counts(masks::Span span, std::int32_t block) {
    return kPairCounts[static_cast<std::size_t>(span.end - 2 * block)] -
           kPairCounts[static_cast<std::size_t>(span.begin - 2 * block)];
  }

  static std::uint32_t pixels(std::int32_t count) { return static_cast<std::uint32_t>(std::clamp(count, 0, 2)); }

  static std::uint32_t pixels_of(const PairedSpans& spans, std::int32_t pair) {
    return pixels(std::min(spans.end() - 2 * pair, 2) - std::max(spans.begin() - 2 * pair, 0));
  }

  /// Pixels of a pair that the row covers, and up to where the same holds.
  struct Piece {
    std::uint32_t pixels;
    std::int32_t until;
  };

  static Piece piece_at(PairedSpans& spans, std::int32_t pair) {
    while (!spans.at_end() && spans.end() <= 2 * pair) spans.advance();
    if (spans.at_end() || spans.first_pair() > pair) return {0, spans.first_pair()};
    const auto count = pixels_of(spans, pair);
    return {count, count == 2 ? spans.end() >> 1 : pair + 1};
  }

  /// Any spans, up to the next pair of which nothing is covered.
  void step_through(PairedSpans& upper, PairedSpans& lower) {
    auto pair = std::min(upper.first_pair(), lower.first_pair());
    while (true) {
      const auto above = piece_at(upper, pair);
      const auto below = piece_at(lower, pair);
      if (above.pixels + below.pixels == 0) return;
      const auto until = std::min(above.until, below.until);
      sink_.run(pair, until, above.pixels + below.pixels);
      pair = until;
    }
  }

  std::int32_t width_;
  std::int32_t last_block_;
  Sink& sink_;
};

}  // namespace sam2::composite
