// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "drawing/region.hpp"

#include <algorithm>

namespace sam2::drawing {
namespace {

using runs::CoverageMask;
using runs::CoverageSpan;
using runs::RunMask;
using runs::Span;

/// First and last row of any of the masks.
template <typename Mask>
Span rows_of(std::span<const Mask* const> masks) {
  Span rows{0, 0};
  bool is_first = true;
  for (const auto* const mask : masks) {
    if (mask->empty()) continue;
    rows = is_first ? Span{mask->top(), mask->bottom()}
                    : Span{std::min(rows.begin, mask->top()), std::max(rows.end, mask->bottom())};
    is_first = false;
  }
  return rows;
}

/// Calls visit(x, coverage) for each pixel of the row that is on the frame.
template <typename Visit>
void for_each_pixel(const CoverageMask& mask, std::int32_t y, std::int32_t width, Visit visit) {
  for (const auto& span : mask.row(y)) {
    const auto begin = std::max(span.begin, 0);
    const auto end = std::min(span.end, width);
    if (span.first_byte == CoverageSpan::kConstant) {
      for (auto x = begin; x < end; ++x) visit(x, span.coverage);
    } else {
      const auto* const bytes = mask.bytes().data() + span.first_byte;
      for (auto x = begin; x < end; ++x) visit(x, bytes[x - span.begin]);
    }
  }
}

std::uint8_t saturated_sum(std::uint8_t a, std::uint8_t b) {
  return static_cast<std::uint8_t>(std::min(a + b, 255));
}

/// The row of groups that covers a row of pixels; the inverse of luma_rows().
std::int32_t group_row_of(const composite::FrameView& frame, std::int32_t y, int height_shift) {
  if (!frame.has_fields || height_shift == 0) return y >> height_shift;
  return (y >> (height_shift + 1) << 1) + (y & 1);
}

/// The rows of the frame in which groups can lie that a mask touches.
template <typename Mask>
Span rows_around(const Mask& mask, const composite::FrameView& frame, const composite::SampleLayer& layer) {
  const auto reach = 2 << layer.height_shift;
  return {std::max(mask.top() - reach, 0), std::min(mask.bottom() + reach, frame.height)};
}

/// Calls visit(begin, end) for each part of a span that lies in one of the groups of a row.
template <typename Visit>
void for_each_common(std::span<const Span> groups, int width_shift, Span span, Visit visit) {
  for (const auto& group : groups) {
    const auto begin = std::max(span.begin, group.begin << width_shift);
    const auto end = std::min(span.end, group.end << width_shift);
    if (begin < end) visit(begin, end);
  }
}

}  // namespace

void RegionMaker::join(std::span<const RunMask* const> masks, RunMask& joined) {
  const auto rows = rows_of(masks);
  joined.reset(rows.begin);
  for (auto y = rows.begin; y < rows.end; ++y) {
    spans_.clear();
    for (const auto* const mask : masks) {
      const auto row = mask->row(y);
      spans_.insert(spans_.end(), row.begin(), row.end());
    }
    std::sort(spans_.begin(), spans_.end(), [](Span a, Span b) { return a.begin < b.begin; });
    for (const auto& span : spans_) joined.add_span(span.begin, span.end);
    joined.end_row();
  }
}

void RegionMaker::join(std::span<const CoverageMask* const> masks, runs::Size frame, CoverageMask& joined) {
  const auto rows = rows_of(masks);
  joined.reset(rows.begin);
  for (auto y = rows.begin; y < rows.end; ++y) {
    bytes_.assign(static_cast<std::size_t>(frame.width), 0);
    for (const auto* const mask : masks) {
      for_each_pixel(*mask, y, frame.width, [&](std::int32_t x, std::uint8_t coverage) {
        auto& byte = bytes_[static_cast<std::size_t>(x)];
        byte = saturated_sum(byte, coverage);
      });
    }
    joined.add_bytes(0, bytes_);
    joined.end_row();
  }
}

void RegionMaker::invert(const RunMask& mask, runs::Size frame, RunMask& inverted) {
  inverted.reset(0);
  for (std::int32_t y = 0; y < frame.height; ++y) {
    std::int32_t at = 0;
    for (const auto& span : mask.row(y)) {
      inverted.add_span(at, std::min(span.begin, frame.width));
      at = std::max(at, span.end);
    }
    inverted.add_span(at, frame.width);
    inverted.end_row();
  }
}

void RegionMaker::invert(const CoverageMask& mask, runs::Size frame, CoverageMask& inverted) {
  inverted.reset(0);
  for (std::int32_t y = 0; y < frame.height; ++y) {
    if (mask.row(y).empty()) {
      inverted.add_span(0, frame.width, 255);
    } else {
      bytes_.assign(static_cast<std::size_t>(frame.width), 255);
      for_each_pixel(mask, y, frame.width, [&](std::int32_t x, std::uint8_t coverage) {
        bytes_[static_cast<std::size_t>(x)] = static_cast<std::uint8_t>(255 - coverage);
      });
      inverted.add_bytes(0, bytes_);
    }
    inverted.end_row();
  }
}

void RegionMaker::keep_whole_groups(const RunMask& mask, const composite::FrameView& frame,
                                    const composite::SampleLayer& layer, RunMask& groups) {
  const auto round_up = [&](std::int32_t column) {
    return (column + (1 << layer.width_shift) - 1) >> layer.width_shift;
  };
  const auto all_groups = round_up(frame.width);
  const auto rows = composite::rows_of(mask, frame, layer.height_shift);
  groups.reset(rows.first);
  for (auto row = rows.first; row < rows.end; ++row) {
    const auto lines = composite::luma_rows(frame, row, layer.height_shift);
    common_.assign(lines.count > 0 ? 1 : 0, {0, all_groups});
    for (std::int32_t i = 0; i < lines.count && !common_.empty(); ++i) {
      spans_.clear();
      auto other = common_.begin();
      for (const auto& span : mask.row(lines.first + i * lines.step)) {
        // The last group may have fewer columns.
        const Span whole{round_up(std::max(span.begin, 0)),
                         span.end >= frame.width ? all_groups : span.end >> layer.width_shift};
        while (other != common_.end() && other->end <= whole.begin) ++other;
        for (auto next = other; next != common_.end() && next->begin < whole.end; ++next) {
          const Span both{std::max(whole.begin, next->begin), std::min(whole.end, next->end)};
          if (both.begin < both.end) spans_.push_back(both);
        }
      }
      std::swap(common_, spans_);
    }
    for (const auto& span : common_) groups.add_span(span.begin, span.end);
    groups.end_row();
  }
}

template <typename Mask>
void RegionMaker::keep_touched_groups(const Mask& mask, const composite::FrameView& frame,
                                      const composite::SampleLayer& layer, RunMask& groups) {
  const auto rows = composite::rows_of(mask, frame, layer.height_shift);
  groups.reset(rows.first);
  for (auto row = rows.first; row < rows.end; ++row) {
    const auto lines = composite::luma_rows(frame, row, layer.height_shift);
    spans_.clear();
    for (std::int32_t i = 0; i < lines.count; ++i) {
      for (const auto& span : mask.row(lines.first + i * lines.step)) {
        const auto begin = std::max(span.begin, 0);
        const auto end = std::min(span.end, frame.width);
        if (begin >= end) continue;
        spans_.push_back({begin >> layer.width_shift, (end + (1 << layer.width_shift) - 1) >> layer.width_shift});
      }
    }
    std::sort(spans_.begin(), spans_.end(), [](Span a, Span b) { return a.begin < b.begin; });
    for (const auto& span : spans_) groups.add_span(span.begin, span.end);
    groups.end_row();
  }
}

template void RegionMaker::keep_touched_groups(const RunMask&, const composite::FrameView&,
                                               const composite::SampleLayer&, RunMask&);

void RegionMaker::add_shared(const RunMask& mask, std::span<const RunMask* const> others,
                             const composite::FrameView& frame, const composite::SampleLayer& layer, RunMask& drawn) {
  keep_touched_groups(mask, frame, layer, touched_);
  const auto rows = rows_around(mask, frame, layer);
  drawn.reset(rows.begin);
  for (auto y = rows.begin; y < rows.end; ++y) {
    const auto own = mask.row(y);
    const auto groups = touched_.row(group_row_of(frame, y, layer.height_shift));
    spans_.assign(own.begin(), own.end());
    for (const auto* const other : others) {
      for (const auto& span : other->row(y)) {
        for_each_common(groups, layer.width_shift, span, [&](std::int32_t begin, std::int32_t end) {
          spans_.push_back({begin, end});
        });
      }
    }
    if (spans_.size() > own.size()) {
      std::sort(spans_.begin(), spans_.end(), [](Span a, Span b) { return a.begin < b.begin; });
    }
    for (const auto& span : spans_) drawn.add_span(span.begin, span.end);
    drawn.end_row();
  }
}

void RegionMaker::add_shared(const CoverageMask& mask, std::span<const CoverageMask* const> others,
                             const composite::FrameView& frame, const composite::SampleLayer& layer,
                             CoverageMask& drawn) {
  keep_touched_groups(mask, frame, layer, touched_);
  const auto rows = rows_around(mask, frame, layer);
  const auto width = static_cast<std::size_t>(std::max(frame.width, 0));
  drawn.reset(rows.begin);
  for (auto y = rows.begin; y < rows.end; ++y) {
    bytes_.assign(width, 0);
    others_.assign(width, 0);
    for_each_pixel(mask, y, frame.width,
                   [&](std::int32_t x, std::uint8_t coverage) { bytes_[static_cast<std::size_t>(x)] = coverage; });
    for (const auto* const other : others) {
      for_each_pixel(*other, y, frame.width, [&](std::int32_t x, std::uint8_t coverage) {
        auto& byte = others_[static_cast<std::size_t>(x)];
        byte = saturated_sum(byte, coverage);
      });
    }
    for (const auto& group : touched_.row(group_row_of(frame, y, layer.height_shift))) {
      const auto end = std::min(group.end << layer.width_shift, frame.width);
      for (auto x = static_cast<std::size_t>(group.begin << layer.width_shift); x < static_cast<std::size_t>(end);
           ++x) {
        // A pixel that others cover in part, and the mask does not, has none of the mask's samples.
        if (bytes_[x] > 0 || others_[x] == 255) bytes_[x] = saturated_sum(bytes_[x], others_[x]);
      }
    }
    drawn.add_bytes(0, bytes_);
    drawn.end_row();
  }
}

}  // namespace sam2::drawing
