// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <limits>

#include "composite/brush_set.hpp"
#include "runs/coverage_mask.hpp"

namespace sam2::composite {

/// Draws coverages into layers of one subsampling.
class CoverageDrawing {
 public:
  CoverageDrawing(const FrameView& frame, const runs::CoverageMask& mask, const SampleLayer& layer, BrushSet& brushes)
      : frame_(frame),
        mask_(mask),
        width_shift_(layer.width_shift),
        height_shift_(layer.height_shift),
        brushes_(brushes) {}

  void run() {
    const auto rows = rows_of(mask_, frame_, height_shift_);
    for (auto row = rows.first; row < rows.end; ++row) draw_row(row);
  }

 private:
  static constexpr std::int32_t kChunk = 64;  ///< groups
  static constexpr auto kNever = std::numeric_limits<std::int32_t>::max();

  [[nodiscard]] static bool is_full(const runs::CoverageSpan& span) {
    return span.first_byte == runs::CoverageSpan::kConstant && span.coverage == 255;
  }

  /// What the luma rows of the layer's row hold from a column on.
  struct Ahead {
    std::int32_t next = kNever;        ///< column of the first span that ends after it
    std::int32_t full_until = kNever;  ///< all rows are covered fully up to here
    std::int32_t full_from = 0;        ///< but not before here
  };

  Ahead look(std::int32_t first, std::int32_t last, std::int32_t column) {
    Ahead ahead;
    for (auto y = first; y <= last; ++y) {
      auto& span = at_[y - first];
      const auto* const end = end_[y - first];
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
    brushes_.begin_row(row);
    const auto first = row << height_shift_;
    const auto last = std::min(first + height_shift_, frame_.height - 1);
    for (auto y = first; y <= last; ++y) {
      const auto spans = mask_.row(y);
      at_[y - first] = spans.data();
      end_[y - first] = spans.data() + spans.size();
    }
    const auto groups = (frame_.width + width_shift_) >> width_shift_;
    for (std::int32_t group = 0; group < groups;) {
      const auto ahead = look(first, last, group << width_shift_);
      if (ahead.next >= frame_.width) return;
      group = std::max(group, ahead.next >> width_shift_);
      const auto full_from =
          ahead.full_from >= frame_.width ? groups : (ahead.full_from + width_shift_) >> width_shift_;
      const auto full_until = ahead.full_until >= frame_.width ? groups : ahead.full_until >> width_shift_;
      if (full_from <= group && group < full_until) {
        brushes_.add(group, full_until, LayerBrush::kWhole);
        group = full_until;
        continue;
      }
      auto end = std::min(group + kChunk, groups);
      if (full_from > group && full_from < full_until) end = std::min(end, full_from);
      draw_chunk(row, group, end);
      group = end;
    }
  }

  void draw_chunk(std::int32_t row, std::int32_t begin, std::int32_t end) {
    coverages_.fill(0);
    const auto first = row << height_shift_;
    const auto last = std::min(first + height_shift_, frame_.height - 1);
    const auto left = begin << width_shift_;
    const auto right = std::min(end << width_shift_, frame_.width);
    // Lines are narrow: what is behind the last span is not gone through.
    auto reached = left;
    for (auto y = first; y <= last; ++y) {
      for (const auto* span = at_[y - first]; span != end_[y - first] && span->begin < right; ++span) {
        add(*span, left, right);
        reached = std::max(reached, std::min(span->end, right));
      }
    }
    end = (reached + width_shift_) >> width_shift_;
    const auto rows = last - first + 1;
    const auto quarters = static_cast<std::int32_t>(kQuarters) / (rows << width_shift_);
    for (std::int32_t i = 0; i < end - begin; ++i) weigh(i, quarters);
    // A group at an odd edge has half the pixels.
    if (end << width_shift_ > frame_.width) weigh(end - begin - 1, 2);
    brushes_.cover(begin, end - begin, coverages_.data());
  }

  void weigh(std::int32_t index, std::int32_t factor) {
    auto& coverage = coverages_[static_cast<std::size_t>(index)];
    coverage = static_cast<std::uint16_t>(coverage * factor);
  }

  /// Adds the coverages of a span within the chunk of columns [left, right).
  void add(const runs::CoverageSpan& span, std::int32_t left, std::int32_t right) {
    const auto begin = std::max(left, span.begin);
    const auto count = std::min(right, span.end) - begin;
    if (count <= 0) return;
    const bool is_constant = span.first_byte == runs::CoverageSpan::kConstant;
    const auto* const bytes = is_constant ? nullptr : mask_.bytes().data() + span.first_byte + (begin - span.begin);
    for (std::int32_t i = 0; i < count; ++i) {
      auto& sum = coverages_[static_cast<std::size_t>((begin - left + i) >> width_shift_)];
      sum = static_cast<std::uint16_t>(sum + (is_constant ? span.coverage : bytes[i]));
    }
  }

  const FrameView& frame_;
  const runs::CoverageMask& mask_;
  int width_shift_;
  int height_shift_;
  BrushSet& brushes_;
  std::array<const runs::CoverageSpan*, 2> at_{};
  std::array<const runs::CoverageSpan*, 2> end_{};
  std::array<std::uint16_t, kChunk> coverages_;
};

}  // namespace sam2::composite
