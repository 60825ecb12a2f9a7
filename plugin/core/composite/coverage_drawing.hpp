// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <array>
#include <limits>
#include <type_traits>

#include "composite/plane_group.hpp"
#include "runs/coverage_mask.hpp"
#include "runs/run_mask.hpp"

namespace sam2::composite {

/// Draws a mask into layers of one subsampling, by the coverage of each pixel. Of a RunMask, the pixels of spans have
/// a coverage of 255.
template <typename Mask>
class CoverageDrawing {
 public:
  CoverageDrawing(const FrameView& frame, const Mask& mask, const SampleLayer& layer, PlaneGroup& planes)
      : frame_(frame),
        mask_(mask),
        width_shift_(layer.width_shift),
        height_shift_(layer.height_shift),
        planes_(planes) {}

  void draw() {
    const auto rows = rows_of(mask_, frame_, height_shift_);
    for (auto row = rows.first; row < rows.end; ++row) draw_row(row);
  }

 private:
  static constexpr std::int32_t kChunk = 64;  ///< groups
  static constexpr auto kNever = std::numeric_limits<std::int32_t>::max();

  static constexpr bool kHasCoverages = std::is_same_v<Mask, runs::CoverageMask>;
  using Span = std::conditional_t<kHasCoverages, runs::CoverageSpan, runs::Span>;

  [[nodiscard]] static bool is_full([[maybe_unused]] const Span& span) {
    if constexpr (!kHasCoverages) {
      return true;
    } else {
      return span.first_byte == runs::CoverageSpan::kConstant && span.coverage == 255;
    }
  }

  /// The group of a column, or that of the first column behind an incomplete group.
  [[nodiscard]] std::int32_t group_at(std::int32_t column) const { return column >> width_shift_; }
  [[nodiscard]] std::int32_t group_behind(std::int32_t column) const {
    return (column + (1 << width_shift_) - 1) >> width_shift_;
  }

  /// Describes the luma rows of the layer's row from a column on.
  struct Ahead {
    std::int32_t next = kNever;        ///< begin of the first span that ends after the column
    std::int32_t full_until = kNever;  ///< all rows are covered fully up to this column
    std::int32_t full_from = 0;        ///< all rows are covered fully from this column on
  };

  Ahead look(std::int32_t column) {
    Ahead ahead;
    for (std::size_t line = 0; line < lines_; ++line) {
      auto& span = at_[line];
      const auto* const end = end_[line];
      while (span != end && span->end <= column) ++span;
      if (span != end) ahead.next = std::min(ahead.next, std::max(span->begin, 0));
      const auto* full = span;
      while (full != end && !is_full(*full)) ++full;
      ahead.full_from = std::max(ahead.full_from, full == end ? kNever : full->begin);
      ahead.full_until = std::min(ahead.full_until, full == end ? kNever : full->end);
    }
    return ahead;
  }

  void draw_row(std::int32_t row) {
    const auto rows = luma_rows(frame_, row, height_shift_);
    if (rows.count <= 0) return;
    planes_.begin_row(row);
    lines_ = static_cast<std::size_t>(rows.count);
    for (std::size_t line = 0; line < lines_; ++line) {
      const auto spans = mask_.row(rows.first + static_cast<std::int32_t>(line) * rows.step);
      at_[line] = spans.data();
      end_[line] = spans.data() + spans.size();
    }
    const auto groups = group_behind(frame_.width);
    for (std::int32_t group = 0; group < groups;) {
      const auto ahead = look(group << width_shift_);
      if (ahead.next >= frame_.width) return;
      group = std::max(group, group_at(ahead.next));
      const auto full_from = ahead.full_from >= frame_.width ? groups : group_behind(std::max(ahead.full_from, 0));
      const auto full_until = ahead.full_until >= frame_.width ? groups : group_at(ahead.full_until);
      if (full_from <= group && group < full_until) {
        planes_.add(group, full_until, PlanePainter::kWhole);
        group = full_until;
        continue;
      }
      auto end = std::min(group + kChunk, groups);
      if (full_from > group && full_from < full_until) end = std::min(end, full_from);
      draw_chunk(group, end);
      group = end;
    }
  }

  void draw_chunk(std::int32_t begin, std::int32_t end) {
    coverages_.fill(0);
    const auto left = begin << width_shift_;
    const auto right = std::min(end << width_shift_, frame_.width);
    // Lines are narrow, so the columns behind the last span are left out.
    auto reached = left;
    for (std::size_t line = 0; line < lines_; ++line) {
      for (const auto* span = at_[line]; span != end_[line] && span->begin < right; ++span) {
        add(*span, left, right);
        reached = std::max(reached, std::min(span->end, right));
      }
    }
    end = group_behind(reached);
    const auto lines = static_cast<std::int32_t>(lines_);
    if (width_shift_ > 1) {
      std::array<std::uint16_t, kChunk> pixels;
      for (std::int32_t i = 0; i < end - begin; ++i) {
        const auto columns = std::min(1 << width_shift_, frame_.width - ((begin + i) << width_shift_));
        pixels[static_cast<std::size_t>(i)] = static_cast<std::uint16_t>(columns * lines);
      }
      planes_.draw_shares(begin, end - begin, coverages_.data(), pixels.data());
      return;
    }
    const auto quarters = static_cast<std::int32_t>(kQuarters) / (lines << width_shift_);
    for (std::int32_t i = 0; i < end - begin; ++i) weigh(i, quarters);
    // A group at an odd edge has half the pixels.
    if (end << width_shift_ > frame_.width) weigh(end - begin - 1, 2);
    planes_.draw_coverage(begin, end - begin, coverages_.data());
  }

  void weigh(std::int32_t index, std::int32_t factor) {
    auto& coverage = coverages_[static_cast<std::size_t>(index)];
    coverage = static_cast<std::uint16_t>(coverage * factor);
  }

  /// Adds the coverages of a span within the chunk of columns [left, right).
  void add(const Span& span, std::int32_t left, std::int32_t right) {
    const auto begin = std::max(left, span.begin);
    const auto count = std::min(right, span.end) - begin;
    if (count <= 0) return;
    const std::uint8_t* bytes = nullptr;
    std::int32_t constant = 255;
    if constexpr (kHasCoverages) {
      constant = span.coverage;
      if (span.first_byte != runs::CoverageSpan::kConstant) {
        bytes = mask_.bytes().data() + span.first_byte + (begin - span.begin);
      }
    }
    for (std::int32_t i = 0; i < count; ++i) {
      auto& sum = coverages_[static_cast<std::size_t>((begin - left + i) >> width_shift_)];
      sum = static_cast<std::uint16_t>(sum + (bytes == nullptr ? constant : bytes[i]));
    }
  }

  const FrameView& frame_;
  const Mask& mask_;
  int width_shift_;
  int height_shift_;
  PlaneGroup& planes_;
  // The spans that are left of each row of pixels.
  static constexpr std::size_t kMaxLines = 4;
  std::size_t lines_ = 0;
  std::array<const Span*, kMaxLines> at_{};
  std::array<const Span*, kMaxLines> end_{};
  std::array<std::uint16_t, kChunk> coverages_;
};

}  // namespace sam2::composite
