// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <algorithm>
#include <array>

#include "composite/layer_brush.hpp"

namespace sam2::composite {

/// Layers of one subsampling, which are drawn together.
class BrushSet {
 public:
  LayerBrush& add() { return brushes_[count_++]; }
  /// The one that there is; nullptr where there are more.
  LayerBrush* only() { return count_ == 1 ? &brushes_[0] : nullptr; }

  void add(std::int32_t row, std::int32_t begin, std::int32_t end, LayerBrush::Part part) {
    for (std::size_t i = 0; i < count_; ++i) brushes_[i].add(row, begin, end, part);
  }

  void add_edges(std::int32_t row, const std::array<ChromaEdge, 2>& edges) {
    for (std::size_t i = 0; i < count_; ++i) brushes_[i].add_edges(row, edges);
  }

  void add_narrow(std::int32_t row, std::int32_t begin, std::uint32_t quarters) {
    for (std::size_t i = 0; i < count_; ++i) brushes_[i].add_narrow(row, begin, quarters);
  }

  void cover(std::int32_t row, std::int32_t begin, std::int32_t count, const std::uint16_t* coverages) {
    for (std::size_t i = 0; i < count_; ++i) brushes_[i].cover(row, begin, count, coverages);
  }

  void flush() {
    for (std::size_t i = 0; i < count_; ++i) brushes_[i].flush();
  }

 private:
  std::array<LayerBrush, 3> brushes_;
  std::size_t count_ = 0;
};

/// Rows of a layer that a mask reaches.
struct RowRange {
  std::int32_t first;
  std::int32_t end;
};

template <typename Mask>
RowRange rows_of(const Mask& mask, const FrameView& frame, int height_shift) {
  const auto top = std::max(mask.top(), 0);
  const auto bottom = std::min(mask.bottom(), frame.height);
  if (top >= bottom) return {0, 0};
  return {top >> height_shift, ((bottom - 1) >> height_shift) + 1};
}

}  // namespace sam2::composite
