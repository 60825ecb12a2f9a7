// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "runs/axis_map.hpp"
#include "runs/coverage_mask.hpp"
#include "runs/run_mask.hpp"

namespace sam2::runs {

/// For each frame pixel along an axis, the mask pixels at or before its centre and behind it, in frame order, and what
/// the latter weighs. Beyond the centre of the mask's first and last pixel, there is nothing but that pixel.
class AxisWeights {
 public:
  static constexpr std::uint32_t kOne = 256;

  AxisWeights() = default;
  /// An axis that is not scaled up uses the nearest mask pixel, as `map` does.
  AxisWeights(const AxisMap& map, const Extent& extent);

  [[nodiscard]] bool empty() const { return starts_.empty(); }
  [[nodiscard]] std::int32_t lower(std::int32_t pixel) const { return lower_[static_cast<std::size_t>(pixel)]; }
  [[nodiscard]] std::uint32_t upper_weight(std::int32_t pixel) const {
    return upper_weights_[static_cast<std::size_t>(pixel)];
  }
  /// The frame pixels whose lower mask pixel is one of these, which are clipped to the mask.
  [[nodiscard]] Span between(std::int32_t first, std::int32_t end) const { return {start(first), start(end)}; }

 private:
  [[nodiscard]] std::int32_t start(std::int32_t lower) const {
    const auto last = static_cast<std::int32_t>(starts_.size()) - 1;
    return starts_[static_cast<std::size_t>(std::clamp(lower, 0, last))];
  }

  std::vector<std::int32_t> lower_;
  std::vector<std::uint16_t> upper_weights_;
  /// For each mask pixel in frame order, and the end: the first frame pixel whose lower one it is, or one behind it.
  std::vector<std::int32_t> starts_;
};

/// Scales masks bilinearly from runs to runs. It computes only the pixels along an outline one by one. It keeps its
/// memory between calls.
class SmoothScaler {
 public:
  /// `mask` must be in the orientation of the frame.
  void apply(const RunMask& mask, const AxisMap& column_map, const AxisMap& row_map, const AxisWeights& columns,
             const AxisWeights& rows, CoverageMask& placed);

 private:
  /// How much the pixels of a part of a row take from the mask row: nothing, everything, or by weight.
  enum class Kind : std::uint8_t { Empty, Full, Rising, Falling };
  struct Stretch {
    std::int32_t begin;
    std::int32_t end;
    Kind kind;
  };
  struct Row {
    std::int32_t number = -1;
    std::vector<Stretch> stretches;
  };

  const Row& scaled(const RunMask& mask, const AxisMap& column_map, const AxisMap& row_map, const AxisWeights& columns,
                    std::int32_t number);
  void blend(std::span<const Stretch> above, std::span<const Stretch> below, std::uint32_t weight_below,
             const AxisWeights& columns, CoverageMask& placed);
  void blend(const Stretch& above, Kind below, std::uint32_t weight_below, const AxisWeights& columns,
             CoverageMask& placed);

  std::array<Row, 2> rows_;  ///< the latest even row and the latest odd row
  std::vector<std::uint8_t> coverages_;
};

/// Makes a mask of the pixels with a coverage of at least one half.
void threshold(const CoverageMask& coverage, RunMask& mask);

}  // namespace sam2::runs
