// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include <algorithm>
#include <cmath>
#include <cstring>

#include "composite/sample_rows.hpp"
#include "drawing/block_means.hpp"

namespace sam2::drawing {
namespace {

using composite::SampleLayer;

/// Shows the mean of each block of a region.
class PixelateSource final : public EffectSource {
 public:
  void prepare(const Picture& picture, const Region& region, RegionKind kind, const Look& look) override {
    picture_.emplace(picture);
    means_.reduce(picture, *region.runs, grid_of(region, kind, picture.size(), look.effect_strength));
    means_.finish();
    columns_ = region.columns;
    layer_ = nullptr;
  }

  const std::uint8_t* row(const SampleLayer& layer, std::int32_t row, std::int32_t begin, std::int32_t) override {
    const auto block_row = means_.grid().row_of(picture_->luma_row(layer, row));
    if (layer_ != &layer || block_row_ != block_row) make_row(layer, block_row);
    return groups_.data() + static_cast<std::size_t>(begin - first_) * layer.step;
  }

 private:
  void set_layer(const SampleLayer& layer) {
    layer_ = &layer;
    const auto& grid = means_.grid();
    const auto columns = picture_->groups_of(layer, columns_);
    first_ = columns.begin;
    ends_.assign(static_cast<std::size_t>(grid.columns), columns.end - columns.begin);
    for (std::int32_t column = 0; column + 1 < grid.columns; ++column) {
      const auto right = grid.left + (column + 1) * grid.size;
      const auto end = (right + (1 << layer.width_shift) - 1) >> layer.width_shift;
      ends_[static_cast<std::size_t>(column)] = std::clamp(end, columns.begin, columns.end) - columns.begin;
    }
    groups_.resize(static_cast<std::size_t>(ends_.back()) * layer.step + kPadding);
  }

  /// Makes the groups of a row that lies in this row of blocks.
  void make_row(const SampleLayer& layer, std::int32_t block_row) {
    if (layer_ != &layer) set_layer(layer);
    block_row_ = block_row;
    const auto& means = means_.layer(picture_->index_of(layer));
    const auto count = ends_.size() * means.samples;
    const auto* const row = means.means.data() + static_cast<std::size_t>(block_row) * count;
    values_.resize(count);
    for (std::size_t i = 0; i < count; ++i) values_[i] = static_cast<std::uint16_t>(row[i] + 0.5F);
    blocks_.resize(ends_.size() * layer.step);
    pack_samples(picture_->format, values_.data(), count, blocks_.data());
    switch (layer.step) {
      case 1:
        return repeat<1>();
      case 2:
        return repeat<2>();
      case 3:
        return repeat<3>();
      case 4:
        return repeat<4>();
      case 6:
        return repeat<6>();
      default:
        return repeat<8>();
    }
  }

  /// Blocks are short: each is written in whole words, of which the next block overwrites what is too much.
  template <std::size_t kStep>
  void repeat() {
    constexpr auto kBytes = kPadding / kStep * kStep;
    std::array<std::uint8_t, kBytes> word{};
    std::size_t at = 0;
    for (std::size_t block = 0; block < ends_.size(); ++block) {
      const auto end = static_cast<std::size_t>(ends_[block]) * kStep;
      for (std::size_t i = 0; i < kBytes; i += kStep)
        std::memcpy(word.data() + i, blocks_.data() + block * kStep, kStep);
      for (; at < end; at += kBytes) std::memcpy(groups_.data() + at, word.data(), kBytes);
      at = end;
    }
  }

  static constexpr std::size_t kPadding = 8;  ///< bytes of a word

  std::optional<Picture> picture_;
  BlockMeans means_;
  const SampleLayer* layer_ = nullptr;
  std::int32_t block_row_ = 0;
  runs::Span columns_{0, 0};           ///< pixels that are asked for
  std::int32_t first_ = 0;             ///< the first group of `groups_`
  std::vector<std::int32_t> ends_;     ///< the end of each block in `groups_`
  std::vector<std::uint16_t> values_;  ///< the samples of a row of blocks
  std::vector<std::uint8_t> blocks_;   ///< a group of each
  std::vector<std::uint8_t> groups_;   ///< of the row of blocks, and some bytes more
};

}  // namespace

std::unique_ptr<EffectSource> make_pixelate() {
  return std::make_unique<PixelateSource>();
}

}  // namespace sam2::drawing
