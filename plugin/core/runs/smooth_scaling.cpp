// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "runs/smooth_scaling.hpp"

#include <iterator>
#include <limits>

namespace sam2::runs {
namespace {

constexpr auto kOne = AxisWeights::kOne;

std::uint8_t coverage_of(std::uint32_t above, std::uint32_t below, std::uint32_t weight_below) {
  const auto value = above * (kOne - weight_below) + below * weight_below;
  return static_cast<std::uint8_t>((255 * value + kOne * kOne / 2) / (kOne * kOne));
}

/// Position of the centre of a frame pixel in indices of mask pixels in frame order, times 2 frame extent.denominator;
/// see AxisMap.
Int128 twice_position(const AxisMap& map, const Extent& extent, std::int32_t pixel) {
  const Int128 length = map.mask_length();
  const Int128 frame = map.frame_length();
  const auto centre = 2 * Int128{pixel} + 1;
  if (map.anchor() == Anchor::Centre) {
    return (length - 1) * frame * extent.denominator + (centre - frame) * extent.numerator;
  }
  if (!map.is_flipped()) return centre * extent.numerator - frame * extent.denominator;
  return (2 * length - 1) * frame * extent.denominator + (centre - 2 * frame) * extent.numerator;
}

}  // namespace

AxisWeights::AxisWeights(const AxisMap& map, const Extent& extent) {
  const auto length = map.mask_length();
  const auto frame = map.frame_length();
  const auto size = static_cast<std::size_t>(frame);
  lower_.assign(size, 0);
  upper_weights_.assign(size, 0);
  for (std::int32_t nearest = 0; nearest < length; ++nearest) {
    const auto pixels = map.to_frame(Span{nearest, nearest + 1});
    std::fill(lower_.begin() + pixels.begin, lower_.begin() + pixels.end, nearest);
  }
  const auto covered = map.to_frame(Span{0, length});
  if (extent.is_below(frame)) {
    const auto unit = 2 * Int128{frame} * extent.denominator;
    for (auto pixel = covered.begin; pixel < covered.end; ++pixel) {
      const auto position = twice_position(map, extent, pixel);
      const auto parts = std::clamp<Int128>((2 * kOne * position + unit) / (2 * unit), 0, Int128{length - 1} * kOne);
      lower_[static_cast<std::size_t>(pixel)] = static_cast<std::int32_t>(parts / kOne);
      upper_weights_[static_cast<std::size_t>(pixel)] = static_cast<std::uint16_t>(parts % kOne);
    }
  }
  starts_.reserve(static_cast<std::size_t>(length) + 1);
  auto pixel = covered.begin;
  for (std::int32_t position = 0; position <= length; ++position) {
    while (pixel < covered.end && lower(pixel) < position) ++pixel;
    starts_.push_back(pixel);
  }
}

const SmoothScaler::Row& SmoothScaler::scaled(const RunMask& mask, const AxisMap& column_map, const AxisMap& row_map,
                                              const AxisWeights& columns, std::int32_t number) {
  auto& row = rows_[static_cast<std::size_t>(number % 2)];
  if (row.number == number) return row;
  row.number = number;
  row.stretches.clear();
  const auto add = [&](Span pixels, Kind kind) {
    if (pixels.begin < pixels.end) row.stretches.push_back({pixels.begin, pixels.end, kind});
  };
  const auto add_span = [&](const Span& span) {
    const auto [begin, end] = column_map.in_frame_order(span);
    add(columns.between(begin - 1, begin), Kind::Rising);
    add(columns.between(begin, end - 1), Kind::Full);
    add(columns.between(end - 1, end), Kind::Falling);
  };
  const auto spans = mask.row(row_map.in_frame_order({number, number + 1}).begin);
  if (column_map.is_flipped()) {
    std::for_each(spans.rbegin(), spans.rend(), add_span);
  } else {
    std::for_each(spans.begin(), spans.end(), add_span);
  }
  return row;
}

/// Of pixels [above.begin, above.end), all of one kind in either row.
void SmoothScaler::blend(const Stretch& above, Kind below, std::uint32_t weight_below, const AxisWeights& columns,
                         CoverageMask& placed) {
  const auto is_constant = [](Kind kind) { return kind == Kind::Empty || kind == Kind::Full; };
  const auto value_at = [&](Kind kind, std::int32_t pixel) -> std::uint32_t {
    if (is_constant(kind)) return kind == Kind::Full ? kOne : 0;
    const auto weight = columns.upper_weight(pixel);
    return kind == Kind::Rising ? weight : kOne - weight;
  };
  const auto coverage_at = [&](std::int32_t pixel) {
    return coverage_of(value_at(above.kind, pixel), value_at(below, pixel), weight_below);
  };
  if (is_constant(above.kind) && is_constant(below)) {
    placed.add_span(above.begin, above.end, coverage_at(above.begin));
    return;
  }
  coverages_.clear();
  for (auto pixel = above.begin; pixel < above.end; ++pixel) coverages_.push_back(coverage_at(pixel));
  // Uncovered pixels at the ends do not belong to the mask.
  const auto is_covered = [](std::uint8_t coverage) { return coverage != 0; };
  const auto first = std::find_if(coverages_.begin(), coverages_.end(), is_covered);
  const auto end = std::find_if(coverages_.rbegin(), std::make_reverse_iterator(first), is_covered).base();
  placed.add_span(above.begin + static_cast<std::int32_t>(first - coverages_.begin()),
                  std::span<const std::uint8_t>(first, end));
}

void SmoothScaler::blend(std::span<const Stretch> above, std::span<const Stretch> below, std::uint32_t weight_below,
                         const AxisWeights& columns, CoverageMask& placed) {
  constexpr Stretch kBeyond{std::numeric_limits<std::int32_t>::max(), std::numeric_limits<std::int32_t>::max(),
                            Kind::Empty};
  std::int32_t done = 0;
  while (!above.empty() || !below.empty()) {
    const auto& a = above.empty() ? kBeyond : above.front();
    const auto& b = below.empty() ? kBeyond : below.front();
    const auto begin = std::max(done, std::min(a.begin, b.begin));
    const bool in_a = a.begin <= begin;
    const bool in_b = b.begin <= begin;
    done = std::min(in_a ? a.end : a.begin, in_b ? b.end : b.begin);
    blend({begin, done, in_a ? a.kind : Kind::Empty}, in_b ? b.kind : Kind::Empty, weight_below, columns, placed);
    if (a.end <= done) above = above.subspan(1);
    if (b.end <= done) below = below.subspan(1);
  }
}

void SmoothScaler::apply(const RunMask& mask, const AxisMap& column_map, const AxisMap& row_map,
                         const AxisWeights& columns, const AxisWeights& rows, CoverageMask& placed) {
  for (auto& row : rows_) row.number = -1;
  const Span source_rows{std::max(mask.top(), 0), std::min(mask.bottom(), row_map.mask_length())};
  const auto ordered = row_map.in_frame_order(source_rows);
  const auto lines = rows.between(ordered.begin - 1, ordered.end);
  placed.reset(lines.begin);
  if (ordered.begin >= ordered.end) return;
  for (auto line = lines.begin; line < lines.end; ++line) {
    const auto lower = rows.lower(line);
    const auto weight = rows.upper_weight(line);
    const auto& above = scaled(mask, column_map, row_map, columns, lower);
    if (weight == 0) {
      blend(above.stretches, {}, 0, columns, placed);
    } else {
      const auto& below = scaled(mask, column_map, row_map, columns, lower + 1);
      blend(above.stretches, below.stretches, weight, columns, placed);
    }
    placed.end_row();
  }
}

void threshold(const CoverageMask& coverage, RunMask& mask) {
  constexpr std::uint8_t kHalf = 128;
  mask.reset(coverage.top());
  for (auto y = coverage.top(); y < coverage.bottom(); ++y) {
    for (const auto& span : coverage.row(y)) {
      if (span.first_byte == CoverageSpan::kConstant) {
        if (span.coverage >= kHalf) mask.add_span(span.begin, span.end);
        continue;
      }
      const auto bytes = coverage.bytes().subspan(span.first_byte);
      for (auto x = span.begin; x < span.end; ++x) {
        if (bytes[static_cast<std::size_t>(x - span.begin)] >= kHalf) mask.add_span(x, x + 1);
      }
    }
    mask.end_row();
  }
}

}  // namespace sam2::runs
