// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>

#include "composite/layer_brush.hpp"

namespace sam2::composite {

/// Layers of one subsampling, which are drawn together.
class BrushSet {
 public:
  LayerBrush& add() { return brushes_[count_++]; }
  /// The one that there is; nullptr where there are more.
  LayerBrush* only() { return count_ == 1 ? &brushes_[0] : nullptr; }

  void draw_rows(const masks::RunMask& mask, RowRange rows) {
    for (std::size_t i = 0; i < count_; ++i) brushes_[i].draw_rows(mask, rows);
  }

  void begin_row(std::int32_t row) {
    for (std::size_t i = 0; i < count_; ++i) brushes_[i].begin_row(row);
  }

  void add(std::int32_t begin, std::int32_t end, LayerBrush::Part part) {
    for (std::size_t i = 0; i < count_; ++i) brushes_[i].add(begin, end, part);
  }

  void add_block(std::int32_t begin, std::uint64_t quarters) {
    for (std::size_t i = 0; i < count_; ++i) brushes_[i].add_block(begin, quarters);
  }

  void cover(std::int32_t begin, std::int32_t count, const std::uint16_t* coverages) {
    for (std::size_t i = 0; i < count_; ++i) brushes_[i].cover(begin, count, coverages);
  }

  void flush() {
    for (std::size_t i = 0; i < count_; ++i) brushes_[i].flush();
  }

 private:
  std::array<LayerBrush, 3> brushes_;
  std::size_t count_ = 0;
};

}  // namespace sam2::composite
