// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "drawing/block_means.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

namespace sam2::drawing {
namespace {

using composite::SampleLayer;
using runs::RunMask;
using runs::Span;

/// Adds the sums of columns to the blocks of a row. Groups have kSamples samples; edges[i] is the first group of block
/// i.
template <std::size_t kSamples>
void add_columns(const std::uint32_t* columns, Span part, const std::int32_t* edges, std::size_t blocks, float* sums) {
  for (std::size_t block = 0; block < blocks; ++block, sums += kSamples) {
    const auto end = std::min(edges[block + 1], part.end) * std::ptrdiff_t{kSamples};
    std::array<std::uint64_t, kSamples> totals{};
    for (auto at = std::max(edges[block], part.begin) * std::ptrdiff_t{kSamples}; at < end; at += kSamples) {
      for (std::size_t i = 0; i < kSamples; ++i) totals[i] += columns[at + static_cast<std::ptrdiff_t>(i)];
    }
    for (std::size_t i = 0; i < kSamples; ++i) sums[i] += static_cast<float>(totals[i]);
  }
}

/// Divides the sums of blocks by their weights.
template <std::size_t kSamples>
void divide(const float* sums, const float* weights, std::size_t blocks, float* means) {
  for (std::size_t block = 0; block < blocks; ++block) {
    // fill_empty_blocks() makes those of blocks without weight.
    const auto weight = std::max(weights[block], 1.0F);
    for (std::size_t i = 0; i < kSamples; ++i) {
      means[block * kSamples + i] = sums[block * kSamples + i] / weight;
    }
  }
}

/// [1 2 1] along both axes of a grid, in place. `line` is scratch memory.
void smooth_grid(float* values, std::size_t rows, std::size_t columns, std::size_t samples, std::vector<float>& line) {
  const auto count = columns * samples;
  line.assign(count + 2 * samples, 0);
  auto* const copy = line.data() + samples;
  for (std::size_t row = 0; row < rows; ++row) {
    auto* const at = values + row * count;
    std::copy_n(at, count, copy);
    for (std::size_t i = 0; i < count; ++i) at[i] = line[i] + 2 * copy[i] + copy[i + samples];
  }
  std::fill(line.begin(), line.end(), 0);
  for (std::size_t row = 0; row < rows; ++row) {
    auto* const at = values + row * count;
    const auto* const below = row + 1 < rows ? at + count : nullptr;
    for (std::size_t i = 0; i < count; ++i) {
      const auto here = at[i];
      at[i] = line[i] + 2 * here + (below == nullptr ? 0 : below[i]);
      line[i] = here;
    }
  }
}

/// Copies the nearest filled element of a line to the empty ones. `copy(from, to)` copies one.
template <typename Copy>
void fill_line(const std::uint8_t* filled, std::size_t count, Copy copy) {
  const auto* const end = filled + count;
  const auto* last = end;
  for (const auto* at = filled;; ++at) {
    const auto* const next = std::find_if(at, end, [](auto is_filled) { return is_filled != 0; });
    if (last == end && next == end) return;
    for (; at != next; ++at) {
      const bool takes_next = next != end && (last == end || next - at < at - last);
      copy((takes_next ? next : last) - filled, at - filled);
    }
    if (next == end) return;
    last = next;
  }
}

/// Fills the empty blocks of a row. Blocks have kSamples values.
template <std::size_t kSamples>
void fill_row(const std::uint8_t* filled, std::size_t blocks, float* means) {
  fill_line(filled, blocks, [means](std::ptrdiff_t from, std::ptrdiff_t to) {
    std::copy_n(means + from * std::ptrdiff_t{kSamples}, kSamples, means + to * std::ptrdiff_t{kSamples});
  });
}

}  // namespace

BlockGrid BlockGrid::over(const runs::Box& box, std::int32_t size) {
  BlockGrid grid{box.left, box.top, size, 1, 1};
  grid.columns = std::max(1, (box.width + size / 2) / size);
  grid.rows = std::max(1, (box.height + size / 2) / size);
  return grid;
}

BlockGrid grid_of(const Region& region, RegionKind kind, runs::Size frame, double strength) {
  const auto per_side = std::max(1.0, 8 * (1 - strength) / strength);
  double size = 1;
  if (kind == RegionKind::Background) {
    size = std::min(frame.width, frame.height) / (4 * per_side);
  } else {
    const auto shorter = std::min(region.box.width, region.box.height);
    size = std::max(shorter / per_side, std::sqrt(static_cast<double>(region.area)) / per_side);
  }
  // Even, so that blocks of chroma and luma have the same edges.
  const auto pixels = size <= 1 ? 1 : 2 * static_cast<std::int32_t>(std::ceil(size / 2));
  auto box = region.box;
  box.width += box.left & 1;
  box.height += box.top & 1;
  box.left -= box.left & 1;
  box.top -= box.top & 1;
  return BlockGrid::over(box, pixels);
}

void BlockMeans::reduce(const Picture& picture, const RunMask& region, const BlockGrid& grid) {
  grid_ = grid;
  layer_count_ = picture.format.layer_count;
  const auto blocks = static_cast<std::size_t>(grid.columns) * static_cast<std::size_t>(grid.rows);
  const SampleLayer* shared = nullptr;  // the layer that groups_ was made for
  for (const auto& layer : picture.format.sample_layers()) {
    auto& means = layers_[picture.index_of(layer)];
    means.samples = picture.format.group_samples(layer);
    means.sums.assign(blocks * means.samples, 0);
    means.weights.assign(blocks, 0);
    if (layer.width_shift == 0 && layer.height_shift == 0) {
      add_groups(picture, layer, region, means);
      continue;
    }
    if (shared == nullptr || shared->width_shift != layer.width_shift || shared->height_shift != layer.height_shift) {
      regions_.keep_whole_groups(region, picture.view, layer, groups_);
      if (groups_.empty()) regions_.keep_touched_groups(region, picture.view, layer, groups_);
      shared = &layer;
    }
    add_groups(picture, layer, groups_, means);
  }
}

/// Finds which groups of a row are in which block.
void BlockMeans::set_columns(const Picture& picture, const SampleLayer& layer, std::size_t samples) {
  const auto width = static_cast<std::int32_t>(picture.groups_in_row(layer));
  const auto columns = static_cast<std::size_t>(grid_.columns);
  edges_.assign(columns + 1, width);
  edges_[0] = 0;
  blocks_.assign(static_cast<std::size_t>(width), 0);
  for (std::size_t column = 1; column < columns; ++column) {
    const auto left = grid_.left + static_cast<std::int32_t>(column) * grid_.size;
    edges_[column] = std::clamp((left + (1 << layer.width_shift) - 1) >> layer.width_shift, 0, width);
  }
  for (std::size_t column = 0; column < columns; ++column) {
    std::fill(blocks_.begin() + edges_[column], blocks_.begin() + edges_[column + 1],
              static_cast<std::uint32_t>(column));
  }
  column_sums_.assign(static_cast<std::size_t>(width) * samples, 0);
  weights_.assign(columns, 0);
  changes_.assign(columns + 1, 0);
}

void BlockMeans::add_groups(const Picture& picture, const SampleLayer& layer, const RunMask& groups,
                            LayerMeans& means) {
  set_columns(picture, layer, means.samples);
  const auto width = static_cast<std::int32_t>(picture.groups_in_row(layer));
  // Rows of a row of blocks are added first: sums of columns are many at a time.
  constexpr std::int32_t kMostRows = 1 << 16;  // of words, whose sums fit into 32 bits
  std::int32_t rows = 0;
  std::int32_t block_row = -1;
  Span columns{width, 0};
  for (auto row = std::max(groups.top(), 0); row < groups.bottom(); ++row) {
    const auto spans = groups.row(row);
    if (spans.empty()) continue;
    if (const auto next = grid_.row_of(picture.luma_row(layer, row)); next != block_row || ++rows == kMostRows) {
      if (block_row >= 0) finish_block_row(block_row, columns, means);
      block_row = next;
      columns = {width, 0};
      rows = 0;
    }
    for (const auto& span : spans) {
      const Span part{std::max(span.begin, 0), std::min(span.end, width)};
      if (part.begin >= part.end) continue;
      columns = {std::min(columns.begin, part.begin), std::max(columns.end, part.end)};
      add_weights(part);
      picture.kernels.add_samples(picture.groups(layer, row, part.begin),
                                  static_cast<std::size_t>(part.end - part.begin) * means.samples,
                                  column_sums_.data() + static_cast<std::size_t>(part.begin) * means.samples);
    }
  }
  if (block_row >= 0) finish_block_row(block_row, columns, means);
}

void BlockMeans::add_weights(Span span) {
  const auto first = blocks_[static_cast<std::size_t>(span.begin)];
  const auto last = blocks_[static_cast<std::size_t>(span.end) - 1];
  if (first == last) {
    weights_[first] += static_cast<std::uint32_t>(span.end - span.begin);
    return;
  }
  weights_[first] += static_cast<std::uint32_t>(edges_[first + 1] - span.begin);
  weights_[last] += static_cast<std::uint32_t>(span.end - edges_[last]);
  ++changes_[first + 1];
  --changes_[last];
}

/// Adds the sums of columns to the blocks of a row, and makes them 0.
void BlockMeans::finish_block_row(std::int32_t block_row, Span columns, LayerMeans& means) {
  if (columns.begin >= columns.end) return;
  const auto samples = means.samples;
  const auto first = blocks_[static_cast<std::size_t>(columns.begin)];
  const auto last = blocks_[static_cast<std::size_t>(columns.end) - 1];
  const auto first_block = static_cast<std::size_t>(block_row) * static_cast<std::size_t>(grid_.columns) + first;
  auto* weight = means.weights.data() + first_block;
  std::int32_t whole_rows = 0;
  for (auto column = first; column <= last; ++column) {
    whole_rows += std::exchange(changes_[column], 0);
    *weight++ += static_cast<float>(std::exchange(weights_[column], 0)) +
                 static_cast<float>(whole_rows) * static_cast<float>(edges_[column + 1] - edges_[column]);
  }
  const auto add = samples == 1   ? add_columns<1>
                   : samples == 2 ? add_columns<2>
                   : samples == 3 ? add_columns<3>
                                  : add_columns<4>;
  add(column_sums_.data(), columns, edges_.data() + first, std::size_t{last} - first + 1,
      means.sums.data() + first_block * samples);
  std::fill(column_sums_.begin() + columns.begin * static_cast<std::ptrdiff_t>(samples),
            column_sums_.begin() + columns.end * static_cast<std::ptrdiff_t>(samples), 0);
}

void BlockMeans::smooth() {
  const auto rows = static_cast<std::size_t>(grid_.rows);
  const auto columns = static_cast<std::size_t>(grid_.columns);
  for (std::size_t index = 0; index < layer_count_; ++index) {
    auto& layer = layers_[index];
    smooth_grid(layer.sums.data(), rows, columns, layer.samples, line_);
    smooth_grid(layer.weights.data(), rows, columns, 1, line_);
  }
}

void BlockMeans::finish() {
  for (std::size_t index = 0; index < layer_count_; ++index) {
    auto& layer = layers_[index];
    layer.means.resize(layer.sums.size());
    const auto samples = layer.samples;
    (samples == 1   ? divide<1>
     : samples == 2 ? divide<2>
     : samples == 3 ? divide<3>
                    : divide<4>)(layer.sums.data(), layer.weights.data(), layer.weights.size(), layer.means.data());
    fill_empty_blocks(grid_, layer);
  }
}

void fill_empty_blocks(const BlockGrid& grid, LayerMeans& layer) {
  const auto rows = static_cast<std::size_t>(grid.rows);
  const auto columns = static_cast<std::size_t>(grid.columns);
  const auto count = columns * layer.samples;
  const auto fill = layer.samples == 1   ? fill_row<1>
                    : layer.samples == 2 ? fill_row<2>
                    : layer.samples == 3 ? fill_row<3>
                                         : fill_row<4>;
  auto& filled = layer.filled;
  filled.resize(layer.weights.size());
  std::transform(layer.weights.begin(), layer.weights.end(), filled.begin(),
                 [](float weight) { return static_cast<std::uint8_t>(weight > 0); });
  for (std::size_t row = 0; row < rows; ++row) {
    auto* const of_row = filled.data() + row * columns;
    if (std::memchr(of_row, 0, columns) == nullptr) continue;
    fill(of_row, columns, layer.means.data() + row * count);
    // A row has all blocks now, or none.
    of_row[0] = std::find(of_row, of_row + columns, 1) != of_row + columns;
  }
  for (std::size_t row = 0; row < rows; ++row) filled[row] = filled[row * columns];
  fill_line(filled.data(), rows, [&](std::ptrdiff_t from, std::ptrdiff_t to) {
    const auto size = static_cast<std::ptrdiff_t>(count);
    std::copy_n(layer.means.data() + from * size, count, layer.means.data() + to * size);
  });
}

}  // namespace sam2::drawing
