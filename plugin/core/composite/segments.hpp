// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <span>

#include "masks/run_mask.hpp"

namespace sam2::composite {

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

  static constexpr std::int32_t kNever = std::numeric_limits<std::int32_t>::max() - 1;

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

/// A single pair of columns that is covered by 1 to 4 quarters.
struct ChromaEdge {
  std::int32_t group;
  std::uint32_t quarters;
  bool exists;
};

/// How many of the two pixels of each of four pairs are set, in a byte each, for the bits of eight pixels.
constexpr std::array<std::uint32_t, 256> make_pair_counts() {
  std::array<std::uint32_t, 256> counts{};
  for (std::uint32_t bits = 0; bits < counts.size(); ++bits) {
    for (std::uint32_t i = 0; i < 8; ++i) counts[bits] += (bits >> i & 1) << (i / 2 * 8);
  }
  return counts;
}

inline constexpr auto kPairCounts = make_pair_counts();

/// Two rows of spans as segments of pairs of columns, in any order, each pair that is covered once:
/// sink.run(begin, end, quarters) has all of [begin, end) covered by that many of their four pixels, sink.edges(edges)
/// is told of up to two single pairs, and sink.narrow(begin, quarters) of four, with their quarters in a byte each.
template <typename Sink>
class PairSegments {
 public:
  PairSegments(PairedSpans upper, PairedSpans lower, Sink& sink) : upper_(upper), lower_(lower), sink_(sink) {}

  void run() {
    while (!upper_.at_end() || !lower_.at_end()) {
      if (upper_.end_pair() <= lower_.first_pair()) {
        run_one(upper_);
      } else if (lower_.end_pair() <= upper_.first_pair()) {
        run_one(lower_);
      } else {
        run_both();
      }
    }
  }

 private:
  /// A span beside which the other row is empty.
  void run_one(PairedSpans& spans) {
    const auto first = (spans.begin() + 1) >> 1;
    const auto last = spans.end() >> 1;
    if (first < last) sink_.run(first, last, 2U);
    sink_.edges({{{first - 1, 1, (spans.begin() & 1) != 0}, {last, 1, (spans.end() & 1) != 0}}});
    spans.advance();
  }

  /// Two spans that share pairs. Nearly always their ends lie well apart and no other span is near.
  void run_both() {
    const auto first = (std::max(upper_.begin(), lower_.begin()) + 1) >> 1;
    const auto last = std::min(upper_.end(), lower_.end()) >> 1;
    const auto end = std::max(upper_.end_pair(), lower_.end_pair());
    const auto begin = std::min(upper_.first_pair(), lower_.first_pair());
    const bool is_alone = upper_.following_pair() >= end && lower_.following_pair() >= end;
    if (is_alone && end - begin <= 4) {
      run_narrow(begin);
      return;
    }
    if (!is_alone || first >= last) {
      step_through();
      return;
    }
    const auto left = [&](std::int32_t pair) {
      return pixels(2 * pair + 2 - upper_.begin()) + pixels(2 * pair + 2 - lower_.begin());
    };
    const auto right = [&](std::int32_t pair) {
      return pixels(upper_.end() - 2 * pair) + pixels(lower_.end() - 2 * pair);
    };
    emit_fringe(begin, first, left);
    sink_.run(first, last, 4U);
    emit_fringe(last, end, right);
    upper_.advance();
    lower_.advance();
  }

  /// Up to four pairs, as contours have them.
  void run_narrow(std::int32_t begin) {
    const auto counts = [&](const PairedSpans& spans) {
      const auto from = 0xffU << (spans.begin() - 2 * begin);
      const auto beyond = 0xffU << (spans.end() - 2 * begin);
      return kPairCounts[from & ~beyond & 0xff];
    };
    sink_.narrow(begin, counts(upper_) + counts(lower_));
    upper_.advance();
    lower_.advance();
  }

  /// Between its first and its last pair, only one row is covered.
  template <typename Quarters>
  void emit_fringe(std::int32_t begin, std::int32_t end, const Quarters& quarters) {
    if (begin + 2 < end) sink_.run(begin + 1, end - 1, 2U);
    sink_.edges({{{begin, quarters(begin), begin < end}, {end - 1, quarters(end - 1), begin + 1 < end}}});
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
  void step_through() {
    auto pair = std::min(upper_.first_pair(), lower_.first_pair());
    while (true) {
      const auto above = piece_at(upper_, pair);
      const auto below = piece_at(lower_, pair);
      if (above.pixels + below.pixels == 0) return;
      const auto until = std::min(above.until, below.until);
      sink_.run(pair, until, above.pixels + below.pixels);
      pair = until;
    }
  }

  PairedSpans upper_;
  PairedSpans lower_;
  Sink& sink_;
};

}  // namespace sam2::composite
