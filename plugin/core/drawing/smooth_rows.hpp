// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <array>
#include <vector>

#include "drawing/block_means.hpp"

namespace sam2::drawing {

/// Interpolates the means of blocks linearly between the centres of the blocks.
class SmoothRows {
 public:
  /// Groups that have any of these columns are asked for next. `picture` and `means` must stay as they are until then.
  void reset(const Picture& picture, const BlockMeans& means, runs::Span columns);

  /// Writes sample groups [begin, end) of a row.
  void write(const composite::SampleLayer& layer, std::int32_t row, std::int32_t begin, std::int32_t end,
             std::uint8_t* groups);

  /// Sample groups [begin, end) of a row. Valid until the next call.
  const std::uint8_t* row(const composite::SampleLayer& layer, std::int32_t row, std::int32_t begin, std::int32_t end) {
    groups_.resize(std::max(groups_.size(), static_cast<std::size_t>(end - begin) * layer.step));
    write(layer, row, begin, end, groups_.data());
    return groups_.data();
  }

 private:
  /// The means of a row of blocks, interpolated horizontally, with the half to round by.
  struct Line {
    std::int32_t block_row = -1;
    std::vector<float> values;
  };

  void set_layer(const composite::SampleLayer& layer);
  const Line& line(std::int32_t block_row) {
    auto& line = lines_[static_cast<std::size_t>(block_row) % 2];
    if (line.block_row != block_row) make_line(block_row, line);
    return line;
  }
  void make_line(std::int32_t block_row, Line& line);

  std::optional<Picture> picture_;
  const BlockMeans* means_ = nullptr;
  runs::Span pixel_columns_{0, 0};
  // Of the layer at hand:
  const composite::SampleLayer* layer_ = nullptr;
  std::size_t samples_ = 1;
  runs::Span columns_{0, 0};        ///< groups that lines have
  std::vector<std::int32_t> ends_;  ///< for each block of blocks_ but the last, the end of the groups behind its centre
  std::vector<float> fractions_;    ///< how far each sample of a line is on the way to the next block
  std::array<Line, 2> lines_;       ///< the latest even row of blocks and the latest odd one
  std::vector<float> blocks_;       ///< a row of blocks with the half to round by; the first and the last stand twice
  std::vector<std::uint8_t> groups_;
};

}  // namespace sam2::drawing
