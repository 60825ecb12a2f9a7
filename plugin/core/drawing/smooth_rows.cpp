// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "drawing/smooth_rows.hpp"

#include <algorithm>
#include <cmath>

namespace sam2::drawing {
void SmoothRows::reset(const Picture& picture, const BlockMeans& means, runs::Span columns) {
  picture_.emplace(picture);
  means_ = &means;
  pixel_columns_ = columns;
  layer_ = nullptr;
}

void SmoothRows::set_layer(const composite::SampleLayer& layer) {
  layer_ = &layer;
  for (auto& line : lines_) line.block_row = -1;
  samples_ = means_->layer(picture_->index_of(layer)).samples;
  const auto& grid = means_->grid();
  columns_ = picture_->groups_of(layer, pixel_columns_);
  const auto count = static_cast<std::size_t>(columns_.end - columns_.begin);
  fractions_.assign(count * samples_ + composite::kSpreadPadding, 0);
  ends_.assign(static_cast<std::size_t>(grid.columns) + 1, 0);
  const auto step = std::ldexp(1.0, layer.width_shift) / grid.size;
  const auto first = (std::ldexp(columns_.begin + 0.5, layer.width_shift) - grid.left) / grid.size + 0.5;
  std::size_t last = 0;
  for (std::size_t group = 0; group < count; ++group) {
    const auto x = first + static_cast<double>(group) * step;
    const auto block = static_cast<std::size_t>(std::clamp(static_cast<std::int32_t>(x), 0, grid.columns));
    for (; last < block; ++last) ends_[last] = static_cast<std::int32_t>(group);
    std::fill_n(fractions_.begin() + static_cast<std::ptrdiff_t>(group * samples_), samples_,
                static_cast<float>(x - static_cast<double>(block)));
  }
  for (; last < ends_.size(); ++last) ends_[last] = static_cast<std::int32_t>(count);
}

void SmoothRows::make_line(std::int32_t block_row, Line& line) {
  line.block_row = block_row;
  const auto& means = means_->layer(picture_->index_of(*layer_)).means;
  const auto count = static_cast<std::size_t>(means_->grid().columns) * samples_;
  const auto* const row = means.data() + static_cast<std::size_t>(block_row) * count;
  blocks_.assign(row, row + samples_);
  blocks_.insert(blocks_.end(), row, row + count);
  blocks_.insert(blocks_.end(), row + count - samples_, row + count);
  for (auto& block : blocks_) block += 0.5F;
  line.values.resize(fractions_.size());
  picture_->kernels.spread_blocks(blocks_.data(), samples_, ends_.data(), ends_.size(), fractions_.data(),
                                  line.values.data());
}

void SmoothRows::write(const composite::SampleLayer& layer, std::int32_t row, std::int32_t begin, std::int32_t end,
                       std::uint8_t* groups) {
  if (layer_ != &layer) set_layer(layer);
  const auto& grid = means_->grid();
  const auto lines = composite::luma_rows(picture_->view, row, layer.height_shift);
  // At the lower edge of the frame, as if all rows of the sample were there.
  const auto center = lines.first + 0.5 * (((1 << layer.height_shift) - 1) * lines.step + 1);
  const auto y = std::clamp((center - grid.top) / grid.size - 0.5, 0.0, grid.rows - 1.0);
  const auto above = static_cast<std::int32_t>(y);
  const auto& upper = line(above);
  const auto& lower = above + 1 < grid.rows ? line(above + 1) : upper;
  const auto first = static_cast<std::size_t>(begin - columns_.begin) * samples_;
  const auto count = static_cast<std::size_t>(end - begin) * samples_;
  picture_->kernels.mix_lines(upper.values.data() + first, lower.values.data() + first, static_cast<float>(y - above),
                              count, groups);
}

}  // namespace sam2::drawing
