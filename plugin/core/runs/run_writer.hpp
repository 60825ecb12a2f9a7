// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <cstddef>
#include <cstdint>

#include "runs/run_mask.hpp"

namespace sam2::runs {

/// Appends rows faster than add_span(). The spans of a row must not touch. The destructor completes the mask.
class RunWriter {
 public:
  /// `rows` is the largest number of rows.
  RunWriter(RunMask& mask, std::int32_t top, std::size_t rows) : mask_(mask) {
    mask.reset(top);
    RunMask::make_room(mask.row_ends_, rows);
    row_end_ = mask.row_ends_.data();
    make_room(0);
  }
  RunWriter(const RunWriter&) = delete;
  RunWriter& operator=(const RunWriter&) = delete;
  ~RunWriter() {
    mask_.row_count_ = static_cast<std::size_t>(row_end_ - mask_.row_ends_.data());
    mask_.span_count_ = count();
  }

  /// `spans` is the largest number of spans in the row, empty ones included.
  void begin_row(std::size_t spans) {
    if (static_cast<std::size_t>(room_end_ - next_) < spans) make_room(spans);
  }
  /// Empty spans are dropped.
  void add_span(std::int32_t begin, std::int32_t end) {
    if (begin < end) *next_++ = {begin, end};
  }
  void end_row() { *row_end_++ = static_cast<std::uint32_t>(count()); }

  /// Rows of at most `spans` spans: add(i, next) writes those of the i-th one from `next` on, of which none is empty,
  /// and returns where they end.
  template <typename Add>
  void add_rows(std::size_t rows, std::size_t spans, const Add& add) {
    begin_row(rows * spans);
    // Local copies: the compiler then knows that the stores do not change them.
    const auto* const first = first_;
    auto* next = next_;
    auto* row_end = row_end_;
    for (std::size_t i = 0; i < rows; ++i) {
      next = add(i, next);
      *row_end++ = static_cast<std::uint32_t>(next - first);
    }
    next_ = next;
    row_end_ = row_end;
  }

 private:
  [[nodiscard]] std::size_t count() const { return static_cast<std::size_t>(next_ - first_); }

  void make_room(std::size_t spans) {
    const auto written = count();
    RunMask::make_room(mask_.spans_, written + spans);
    first_ = mask_.spans_.data();
    next_ = first_ + written;
    room_end_ = first_ + mask_.spans_.size();
  }

  RunMask& mask_;
  std::uint32_t* row_end_ = nullptr;
  Span* first_ = nullptr;
  Span* next_ = nullptr;
  Span* room_end_ = nullptr;
};

}  // namespace sam2::runs
