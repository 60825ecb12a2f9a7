// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "masks/outer_axes.hpp"

#include <chrono>
#include <vector>

#include "masks/plane_reader.hpp"
#include "masks/run_encoder.hpp"
#include "masks/span_overlap.hpp"

namespace sam2::masks {
namespace {

using Clock = std::chrono::steady_clock;
using Meaning = OuterAxes::Meaning;

constexpr std::size_t kMostPlanes = 64;
constexpr std::chrono::milliseconds kLongest{100};

/// SAM gives three alternatives for a prompt.
constexpr std::uint64_t kAlternatives = 3;
/// Grey pictures have three channels, or four with alpha.
constexpr std::uint64_t kColors = 3;

/// How planes cover their neighbours.
struct Evidence {
  std::vector<double> inner_overlaps;  ///< IoU of neighbours along the inner axis
  std::vector<double> outer_overlaps;
  std::vector<double> containments;  ///< of neighbours along the inner axis
  std::size_t equal_pairs = 0;       ///< neighbours along the inner axis, up to the third, that are the same
  std::size_t unequal_pairs = 0;

  void add_inner(const SpanOverlap& overlap, std::uint64_t index) {
    if (overlap.is_any_set()) inner_overlaps.push_back(overlap.iou());
    if (overlap.are_both_set()) containments.push_back(overlap.containment());
    if (!overlap.is_any_set() || index >= kColors) return;
    ++(overlap.first == overlap.common && overlap.second == overlap.common ? equal_pairs : unequal_pairs);
  }
};

double median_or_0(const std::vector<double>& numbers) {
  return numbers.empty() ? 0 : median_of(numbers);
}

OuterAxes judge(const Evidence& evidence, const OuterSizes& sizes) {
  constexpr double kVideoOverlap = 0.3;
  constexpr double kSurelyVideo = 0.5;
  constexpr double kInside = 0.7;
  const auto inner = median_or_0(evidence.inner_overlaps);
  const auto outer = median_or_0(evidence.outer_overlaps);
  const bool is_outer_time = outer >= kVideoOverlap;
  const bool may_be_channels = sizes.inner == kColors || sizes.inner == kColors + 1;
  if (may_be_channels && evidence.equal_pairs >= 2 && evidence.unequal_pairs == 0) {
    return {Meaning::EqualChannels, is_outer_time};
  }
  const bool are_inside = evidence.containments.size() >= 2 && median_of(evidence.containments) >= kInside;
  if (sizes.inner == kAlternatives && are_inside) return {Meaning::Alternatives, is_outer_time};
  if (sizes.outer > 1 && inner >= kSurelyVideo && outer < inner / 2) return {Meaning::ObjectsFirst, false};
  return {Meaning::Unknown, is_outer_time};
}

}  // namespace

OuterAxes look_at_outer_axes(npz::ArrayReader& reader, const OuterSizes& sizes, std::uint64_t height,
                             std::uint64_t width, MemoryBudget& budget) {
  const auto& header = reader.header();
  const Layout layout({sizes.outer, sizes.inner, height, width}, "TNHW");
  auto planes = PlaneReader::make(reader.data(), layout, header.type, MemoryOrder::C, npz::kLimits, budget);
  if (!planes) return {};
  RunEncoder encoder(header.type, {ValueRule::Kind::Auto, 0, true});
  Evidence evidence;
  std::vector<PlaneRuns> block(std::min<std::uint64_t>(sizes.inner, kMostPlanes));
  PlaneRuns previous;
  const auto deadline = Clock::now() + kLongest;
  for (std::size_t count = 0; count < kMostPlanes && Clock::now() < deadline; ++count) {
    const auto plane = planes->next();
    if (!plane || !*plane) break;
    PlaneRuns runs;
    encoder.encode((*plane)->view, runs);
    const auto index = (*plane)->object;
    if (index > 0) evidence.add_inner(overlap_of(previous.spans, runs.spans), index);
    if ((*plane)->frame > 0) {
      const auto overlap = overlap_of(block[static_cast<std::size_t>(index)].spans, runs.spans);
      if (overlap.is_any_set()) evidence.outer_overlaps.push_back(overlap.iou());
    }
    if (index < block.size()) block[static_cast<std::size_t>(index)] = runs;
    std::swap(previous, runs);
  }
  budget.give_back(planes->buffer_bytes());
  return judge(evidence, sizes);
}

}  // namespace sam2::masks
