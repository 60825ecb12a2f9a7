// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "composite/source_drawing.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <span>

#include "composite/sample_access.hpp"

namespace sam2::composite {
namespace {

using runs::CoverageMask;
using runs::CoverageSpan;
using runs::RunMask;
using runs::Span;

bool is_selected(Channel channel, Samples samples) {
  if (channel == Channel::None) return false;
  return samples == Samples::All || (channel == Channel::Alpha) == (samples == Samples::Alpha);
}

/// Draws into the sample groups of one layer.
class LayerMixer {
 public:
  LayerMixer(const FrameView& frame, const FrameFormat& format, const SampleLayer& layer, RowSource& source,
             std::uint8_t alpha, Samples samples)
      : frame_(frame), layer_(layer), source_(source), access_(format), alpha_(alpha), samples_(samples) {
    count_ = format.group_samples(layer);
    for (std::size_t i = 0; i < count_; ++i) {
      selected_[i] = is_selected(layer.channels[i], samples);
      is_any_selected_ = is_any_selected_ || selected_[i];
      is_all_selected_ = is_all_selected_ && selected_[i];
      if (selected_[i]) std::memset(byte_mask_.data() + i * access_.bytes(), 255, access_.bytes());
    }
    // Repeated, to be the mask of eight bytes wherever groups begin.
    for (std::size_t i = layer.step; i < byte_mask_.size(); ++i) byte_mask_[i] = byte_mask_[i - layer.step];
  }

  [[nodiscard]] bool changes_anything() const { return is_any_selected_; }

  /// Groups [begin, end) of a row that are covered wholly.
  void mix_whole(std::int32_t row, std::int32_t begin, std::int32_t end) {
    if (begin >= end) return;
    if (alpha_ == 255 && is_all_selected_) {
      source_.write(layer_, row, begin, end, at(row, begin));
      return;
    }
    if (alpha_ == 255 && samples_ == Samples::Color && source_.change(layer_, row, begin, end, at(row, begin))) return;
    const auto* const samples = source_.row(layer_, row, begin, end);
    if (alpha_ == 255) {
      copy(at(row, begin), samples, static_cast<std::size_t>(end - begin));
    } else {
      mix(at(row, begin), samples, static_cast<std::size_t>(end - begin), 255, 255);
    }
  }

  /// Groups of a row from `begin` on. Each cell of `coverages` is the sum over the luma samples of a group.
  void mix_covered(std::int32_t row, std::int32_t begin, std::int32_t count, const std::uint16_t* coverages) {
    for (std::int32_t i = 0; i < count;) {
      if (coverages[i] == 0) {
        ++i;
        continue;
      }
      auto end = i + 1;
      while (end < count && coverages[end] != 0) ++end;
      mix_segment(row, begin + i, end - i, coverages + i);
      i = end;
    }
  }

 private:
  [[nodiscard]] std::uint8_t* at(std::int32_t row, std::int32_t group) const {
    return frame_.planes[layer_.plane] + row * frame_.strides[layer_.plane] +
           group * static_cast<std::ptrdiff_t>(layer_.step);
  }

  /// Luma samples that a group covers, fewer at the right and the lower edge.
  [[nodiscard]] std::uint32_t luma_count(std::int32_t row, std::int32_t group) const {
    const auto columns = std::min(1 << layer_.width_shift, frame_.width - (group << layer_.width_shift));
    return static_cast<std::uint32_t>(columns * luma_rows(frame_, row, layer_.height_shift).count);
  }

  void mix_segment(std::int32_t row, std::int32_t begin, std::int32_t count, const std::uint16_t* coverages) {
    const auto* const samples = source_.row(layer_, row, begin, begin + count);
    // Only the last group of a row can cover fewer luma samples than the others.
    const auto full = 255 * luma_count(row, begin);
    const auto last_full = 255 * luma_count(row, begin + count - 1);
    for (std::int32_t i = 0; i < count;) {
      auto* const groups = at(row, begin + i);
      const auto* const added = samples + i * std::ptrdiff_t{layer_.step};
      const auto full_here = i == count - 1 ? last_full : full;
      if (coverages[i] != full_here || alpha_ != 255) {
        mix(groups, added, 1, coverages[i], full_here);
        ++i;
        continue;
      }
      auto end = i + 1;
      while (end < count - 1 && coverages[end] == full) ++end;
      copy(groups, added, static_cast<std::size_t>(end - i));
      i = end;
    }
  }

  void copy(std::uint8_t* groups, const std::uint8_t* added, std::size_t count) const {
    const auto bytes = count * layer_.step;
    if (is_all_selected_) {
      std::memcpy(groups, added, bytes);
      return;
    }
    std::uint64_t mask = 0;
    std::memcpy(&mask, byte_mask_.data(), sizeof mask);
    // Where groups fit into words, all words are alike.
    const auto words = sizeof mask % layer_.step == 0 ? bytes / sizeof mask : 0;
    for (std::size_t word = 0; word < words; ++word) {
      std::uint64_t d = 0;
      std::uint64_t s = 0;
      std::memcpy(&d, groups + word * sizeof d, sizeof d);
      std::memcpy(&s, added + word * sizeof s, sizeof s);
      d = (d & ~mask) | (s & mask);
      std::memcpy(groups + word * sizeof d, &d, sizeof d);
    }
    for (auto i = words * sizeof mask; i < bytes; ++i) {
      if (byte_mask_[i % layer_.step] != 0) groups[i] = added[i];
    }
  }

  /// Mixes groups that are all covered by `coverage` / `full`.
  void mix(std::uint8_t* groups, const std::uint8_t* added, std::size_t count, std::uint32_t coverage,
           std::uint32_t full) const {
    // Sums of bytes fit into 32 bits, which are much faster to divide.
    if (access_.bytes() == 1) {
      mix_as<std::uint32_t>(groups, added, count, coverage, full);
    } else {
      mix_as<std::uint64_t>(groups, added, count, coverage, full);
    }
  }

  template <typename Wide>
  void mix_as(std::uint8_t* groups, const std::uint8_t* added, std::size_t count, Wide coverage, Wide full) const {
    const Wide total = 255 * full;
    const Wide weight = alpha_ * coverage;
    const auto bytes = access_.bytes();
    for (std::size_t group = 0; group < count; ++group) {
      for (std::size_t i = 0; i < count_; ++i, groups += bytes, added += bytes) {
        if (!selected_[i]) continue;
        const Wide d = access_.load(groups);
        const Wide s = access_.load(added);
        access_.store(groups, static_cast<std::uint32_t>((d * (total - weight) + s * weight + total / 2) / total));
      }
    }
  }

  const FrameView& frame_;
  const SampleLayer& layer_;
  RowSource& source_;
  SampleAccess access_;
  std::uint32_t alpha_;
  Samples samples_;
  std::size_t count_ = 0;  ///< samples in a group
  std::array<bool, 4> selected_{};
  bool is_any_selected_ = false;
  bool is_all_selected_ = true;
  std::array<std::uint8_t, 16> byte_mask_{};
};

/// Adds the coverages of the luma samples of a row of groups.
class CoverageSums {
 public:
  static constexpr std::int32_t kGroups = 512;

  /// The groups from `first` on, each of which covers 2^width_shift columns.
  void reset(std::int32_t first, std::int32_t count, int width_shift) {
    first_ = first;
    count_ = count;
    shift_ = width_shift;
    std::fill_n(sums_.begin(), count, std::uint16_t{0});
  }

  void add(std::int32_t begin, std::int32_t end, std::uint32_t coverage) {
    begin = std::max(begin, first_ << shift_);
    end = std::min(end, (first_ + count_) << shift_);
    if (begin >= end) return;
    // The groups of which all columns are covered.
    const auto full_begin = (begin + (1 << shift_) - 1) >> shift_;
    const auto full_end = end >> shift_;
    if (full_begin > full_end) {
      add_to(full_end, coverage * static_cast<std::uint32_t>(end - begin));
      return;
    }
    if (const auto head = (full_begin << shift_) - begin; head > 0) {
      add_to(full_begin - 1, coverage * static_cast<std::uint32_t>(head));
    }
    const auto all = static_cast<std::uint16_t>(coverage << shift_);
    auto* const sums = sums_.data();
    for (auto i = full_begin - first_; i < full_end - first_; ++i) {
      sums[i] = static_cast<std::uint16_t>(sums[i] + all);
    }
    if (const auto tail = end - (full_end << shift_); tail > 0) {
      add_to(full_end, coverage * static_cast<std::uint32_t>(tail));
    }
  }

  [[nodiscard]] const std::uint16_t* data() const { return sums_.data(); }

 private:
  void add_to(std::int32_t group, std::uint32_t sum) {
    auto& cell = sums_[static_cast<std::size_t>(group - first_)];
    cell = static_cast<std::uint16_t>(cell + sum);
  }

  std::int32_t first_ = 0;
  std::int32_t count_ = 0;
  int shift_ = 0;
  std::array<std::uint16_t, kGroups> sums_;
};

void add_span(const RunMask&, const runs::Span& span, std::int32_t end, CoverageSums& sums) {
  sums.add(span.begin, std::min(span.end, end), 255);
}

void add_span(const CoverageMask& mask, const CoverageSpan& span, std::int32_t end, CoverageSums& sums) {
  if (span.first_byte == CoverageSpan::kConstant) {
    sums.add(span.begin, std::min(span.end, end), span.coverage);
    return;
  }
  const auto* const bytes = mask.bytes().data() + span.first_byte;
  for (auto x = span.begin; x < std::min(span.end, end); ++x) sums.add(x, x + 1, bytes[x - span.begin]);
}

/// Draws groups [begin, end) of a row by the sums of their coverages.
template <typename Mask>
void draw_groups(const FrameView& frame, const SampleLayer& layer, const Mask& mask, std::int32_t row, Span groups,
                 LayerMixer& mixer) {
  CoverageSums sums;
  const auto lines = luma_rows(frame, row, layer.height_shift);
  for (auto group = groups.begin; group < groups.end; group += CoverageSums::kGroups) {
    const auto count = std::min(CoverageSums::kGroups, groups.end - group);
    sums.reset(group, count, layer.width_shift);
    for (std::int32_t i = 0; i < lines.count; ++i) {
      for (const auto& span : mask.row(lines.first + i * lines.step)) add_span(mask, span, frame.width, sums);
    }
    mixer.mix_covered(row, group, count, sums.data());
  }
}

template <typename Mask>
void draw_row(const FrameView& frame, const SampleLayer& layer, const Mask& mask, std::int32_t row, LayerMixer& mixer) {
  const auto lines = luma_rows(frame, row, layer.height_shift);
  Span columns{frame.width, 0};
  for (std::int32_t i = 0; i < lines.count; ++i) {
    const auto spans = mask.row(lines.first + i * lines.step);
    if (spans.empty()) continue;
    columns.begin = std::min(columns.begin, std::max(spans.front().begin, 0));
    columns.end = std::max(columns.end, std::min(spans.back().end, frame.width));
  }
  if (columns.begin >= columns.end) return;
  draw_groups(frame, layer, mask, row,
              {columns.begin >> layer.width_shift, (columns.end + (1 << layer.width_shift) - 1) >> layer.width_shift},
              mixer);
}

/// Draws the rows of most masks faster: the i-th spans of all rows that a row of groups covers lie together, far from
/// all others, so that only the groups at their ends need sums. Returns false, and draws nothing, for other rows.
class MatchedRow {
 public:
  MatchedRow(const FrameView& frame, const SampleLayer& layer, const RunMask& mask, std::int32_t row)
      : frame_(frame), layer_(layer), mask_(mask), row_(row), all_groups_(round_up(frame.width)) {
    const auto lines = luma_rows(frame, row, layer.height_shift);
    if (lines.count < 1 || lines.count > kMostLines) return;
    count_ = static_cast<std::size_t>(lines.count);
    for (std::size_t i = 0; i < count_; ++i) {
      lines_[i] = mask.row(lines.first + static_cast<std::int32_t>(i) * lines.step);
    }
  }

  bool draw(LayerMixer& mixer) const {
    if (!is_matched()) return false;
    for (std::size_t i = 0; i < lines_[0].size(); ++i) {
      const auto [outer, inner] = groups_of(i);
      const auto middle = std::max(inner.begin, inner.end);
      draw_groups(frame_, layer_, mask_, row_, {outer.begin, std::min(inner.begin, outer.end)}, mixer);
      mixer.mix_whole(row_, inner.begin, inner.end);
      draw_groups(frame_, layer_, mask_, row_, {middle, outer.end}, mixer);
    }
    return true;
  }

 private:
  static constexpr std::int32_t kMostLines = 4;

  struct Groups {
    Span outer;  ///< those that any line touches
    Span inner;  ///< those that all lines cover; empty if begin >= end
  };

  [[nodiscard]] std::int32_t round_up(std::int32_t column) const {
    return (std::min(column, frame_.width) + (1 << layer_.width_shift) - 1) >> layer_.width_shift;
  }

  [[nodiscard]] Groups groups_of(std::size_t index) const {
    Groups groups{{all_groups_, 0}, {0, all_groups_}};
    for (std::size_t i = 0; i < count_; ++i) {
      const auto& span = lines_[i][index];
      const auto begin = std::clamp(span.begin, 0, frame_.width);
      const auto inner_end = span.end >= frame_.width ? all_groups_ : std::max(span.end, 0) >> layer_.width_shift;
      groups.outer.begin = std::min(groups.outer.begin, begin >> layer_.width_shift);
      groups.outer.end = std::max(groups.outer.end, round_up(std::max(span.end, 0)));
      groups.inner = {std::max(groups.inner.begin, round_up(begin)), std::min(groups.inner.end, inner_end)};
    }
    return groups;
  }

  [[nodiscard]] bool is_matched() const {
    if (count_ == 0) return false;
    for (std::size_t i = 1; i < count_; ++i) {
      if (lines_[i].size() != lines_[0].size()) return false;
    }
    for (std::size_t i = 1; i < lines_[0].size(); ++i) {
      if (groups_of(i - 1).outer.end > groups_of(i).outer.begin) return false;
    }
    return true;
  }

  const FrameView& frame_;
  const SampleLayer& layer_;
  const RunMask& mask_;
  std::int32_t row_;
  std::int32_t all_groups_;
  std::array<std::span<const Span>, kMostLines> lines_;
  std::size_t count_ = 0;
};

void draw_layer(const FrameView& frame, const SampleLayer& layer, const RunMask& mask, LayerMixer& mixer) {
  const auto rows = rows_of(mask, frame, layer.height_shift);
  for (auto row = rows.first; row < rows.end; ++row) {
    if (layer.width_shift != 0 || layer.height_shift != 0) {
      if (!MatchedRow(frame, layer, mask, row).draw(mixer)) draw_row(frame, layer, mask, row, mixer);
      continue;
    }
    for (const auto& span : mask.row(row)) {
      mixer.mix_whole(row, std::max(span.begin, 0), std::min(span.end, frame.width));
    }
  }
}

void draw_layer(const FrameView& frame, const SampleLayer& layer, const CoverageMask& mask, LayerMixer& mixer) {
  const auto rows = rows_of(mask, frame, layer.height_shift);
  for (auto row = rows.first; row < rows.end; ++row) draw_row(frame, layer, mask, row, mixer);
}

template <typename Mask>
void draw_all(const FrameView& frame, const FrameFormat& format, const Mask& mask, RowSource& source,
              std::uint8_t alpha, Samples samples) {
  if (alpha == 0 || mask.empty()) return;
  load_pixels(frame, mask);
  for (const auto& layer : format.sample_layers()) {
    if (!source.changes(layer)) continue;
    LayerMixer mixer(frame, format, layer, source, alpha, samples);
    if (mixer.changes_anything()) draw_layer(frame, layer, mask, mixer);
  }
}

}  // namespace

void draw_source(const FrameView& frame, const FrameFormat& format, const RunMask& mask, RowSource& source,
                 std::uint8_t alpha, Samples samples) {
  draw_all(frame, format, mask, source, alpha, samples);
}

void draw_source(const FrameView& frame, const FrameFormat& format, const CoverageMask& mask, RowSource& source,
                 std::uint8_t alpha, Samples samples) {
  draw_all(frame, format, mask, source, alpha, samples);
}

}  // namespace sam2::composite
