// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "drawing/effect.hpp"

namespace sam2::drawing {

/// Square blocks over a part of the frame. The last block of a row or column takes the pixels that are left over.
struct BlockGrid {
  std::int32_t left = 0;  ///< frame pixels
  std::int32_t top = 0;
  std::int32_t size = 1;  ///< pixels along each side of a block
  std::int32_t columns = 1;
  std::int32_t rows = 1;

  /// Blocks of `size` pixels (>= 1) over a box.
  static BlockGrid over(const runs::Box& box, std::int32_t size);

  [[nodiscard]] std::int32_t column_of(std::int32_t x) const { return clamp((x - left) / size, columns); }
  [[nodiscard]] std::int32_t row_of(std::int32_t y) const { return clamp((y - top) / size, rows); }

 private:
  static std::int32_t clamp(std::int32_t block, std::int32_t count) {
    return block < 0 ? 0 : block < count ? block : count - 1;
  }
};

/// The grid on which blur and pixelate reduce a region.
///
/// An object has 8 (1 - s) / s blocks along its shorter side at strength s: 8 at 0.5, one at 1. Long objects have
/// larger blocks, so that at 0.5 about 64 blocks hold its pixels. The background has four times as many along the
/// shorter side of the frame.
[[nodiscard]] BlockGrid grid_of(const Region& region, RegionKind kind, runs::Size frame, double strength);

/// The mean of each sample of a layer over the pixels of a region in each block.
struct LayerMeans {
  std::size_t samples = 0;           ///< in a group of the layer
  std::vector<float> sums;           ///< for each block, the sums of its samples, row by row
  std::vector<float> weights;        ///< for each block, the number of sample groups
  std::vector<float> means;          ///< for each block, its samples
  std::vector<std::uint8_t> filled;  ///< scratch memory of fill_empty_blocks()
};

/// Reduces regions to the means of blocks. It keeps its memory from frame to frame.
class BlockMeans {
 public:
  /// Adds the sample groups of the region that lie within it wholly: no other pixel has a part in them. If a layer has
  /// no such group, the groups that lie within it in part are added.
  void reduce(const Picture& picture, const runs::RunMask& region, const BlockGrid& grid);

  /// Smooths by a 3 x 3 binomial kernel, in which each block weighs as many pixels as it has.
  void smooth();

  /// Makes the means. Blocks without pixels take the mean of the nearest block in their row, or else of their column.
  void finish();

  [[nodiscard]] const BlockGrid& grid() const { return grid_; }
  [[nodiscard]] LayerMeans& layer(std::size_t index) { return layers_[index]; }
  [[nodiscard]] const LayerMeans& layer(std::size_t index) const { return layers_[index]; }

 private:
  void set_columns(const Picture& picture, const composite::SampleLayer& layer, std::size_t samples);
  void add_groups(const Picture& picture, const composite::SampleLayer& layer, const runs::RunMask& groups,
                  LayerMeans& means);
  void add_weights(runs::Span span);
  void finish_block_row(std::int32_t block_row, runs::Span columns, LayerMeans& means);

  BlockGrid grid_;
  std::array<LayerMeans, 4> layers_;
  std::size_t layer_count_ = 0;
  RegionMaker regions_;
  runs::RunMask groups_;
  // Of the layer and the row of blocks at hand:
  std::vector<std::int32_t> edges_;         ///< the first group of each block, and the end of the row
  std::vector<std::uint32_t> blocks_;       ///< the block of each group of a frame row
  std::vector<std::uint32_t> column_sums_;  ///< of the samples of each group of a frame row
  std::vector<std::uint32_t> weights_;      ///< groups of each block, in rows that cover it in part
  std::vector<std::int32_t> changes_;       ///< rows that begin, minus rows that end, to cover each block wholly
  std::vector<float> line_;                 ///< scratch memory of smooth()
};

/// Fills the blocks of weight 0 of a grid with the nearest means of their row, then rows without any with those of the
/// nearest row.
void fill_empty_blocks(const BlockGrid& grid, LayerMeans& means);

}  // namespace sam2::drawing
