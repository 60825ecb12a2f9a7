// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "runs/run_writer.hpp"

namespace sam2::composite {

/// Rows of pixels with a bit each, for operations that are slower on spans. Keeps its memory.
class BitRows {
 public:
  /// Sets all pixels of `rows` rows of columns [columns.begin, columns.end) to 0.
  void reset(runs::Span columns, std::size_t rows) {
    columns_ = columns;
    words_ = (static_cast<std::size_t>(columns.end - columns.begin) + kWordBits - 1) / kWordBits;
    rows_ = rows;
    bits_.assign(rows * words_, 0);
  }

  /// Sets the pixels of a span to 1, clipped to the columns.
  void add(std::size_t row, runs::Span span) {
    const auto begin = std::max(span.begin, columns_.begin);
    const auto end = std::min(span.end, columns_.end);
    if (begin >= end) return;
    const auto first = static_cast<std::size_t>(begin - columns_.begin);
    const auto last = static_cast<std::size_t>(end - columns_.begin) - 1;
    auto* const words = bits_.data() + row * words_;
    const auto head = kOnes << first % kWordBits;
    const auto tail = kOnes >> (kWordBits - 1 - last % kWordBits);
    auto* const first_word = words + first / kWordBits;
    auto* const last_word = words + last / kWordBits;
    if (first_word == last_word) {
      *first_word |= head & tail;
      return;
    }
    *first_word |= head;
    std::fill(first_word + 1, last_word, kOnes);
    *last_word |= tail;
  }

  /// Intersects each row with the row `shift` below it, and drops the last `shift` rows.
  void intersect(std::size_t shift) {
    rows_ -= shift;
    auto* const bits = bits_.data();
    const auto count = rows_ * words_;
    const auto distance = shift * words_;
    // The compiler makes vectors of this.
    for (std::size_t i = 0; i < count; ++i) bits[i] &= bits[i + distance];
  }

  /// Writes the spans of a row.
  void write(std::size_t row, runs::RunWriter& writer) const {
    writer.begin_row(words_ * kWordBits / 2 + 1);
    const auto* const words = bits_.data() + row * words_;
    std::uint64_t last = 0;
    std::int32_t begin = 0;
    for (std::size_t i = 0; i < words_; ++i) {
      const auto word = words[i];
      // Ones where a pixel differs from the one before it.
      for (auto edges = word ^ (word << 1 | last); edges != 0; edges &= edges - 1) {
        const auto at = columns_.begin + static_cast<std::int32_t>(i * kWordBits) + std::countr_zero(edges);
        const bool is_begin = (word >> std::countr_zero(edges) & 1) != 0;
        if (is_begin) {
          begin = at;
        } else {
          writer.add_span(begin, at);
        }
      }
      last = word >> (kWordBits - 1);
    }
    if (last != 0) writer.add_span(begin, columns_.end);
    writer.end_row();
  }

 private:
  static constexpr std::size_t kWordBits = 64;
  static constexpr auto kOnes = ~std::uint64_t{0};

  runs::Span columns_{0, 0};
  std::size_t words_ = 0;
  std::size_t rows_ = 0;
  std::vector<std::uint64_t> bits_;
};

}  // namespace sam2::composite
