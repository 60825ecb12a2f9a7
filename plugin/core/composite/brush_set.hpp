// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>

#include "composite/layer_brush.hpp"

namespace sam2::composite {

/// Layers that are drawn together, since their groups cover the same pixels and lie at the same distances from where
/// their planes begin. Runs are collected, so that a kernel is set up once for many of them; flush() must be called at
/// the end.
class BrushSet {
 public:
  BrushSet(const FrameView& frame, const SampleLayer& layer)
      : width_(frame.width), stride_(frame.strides[layer.plane]), step_(static_cast<std::ptrdiff_t>(layer.step)) {}

  void add_brush(const LayerBrush& brush) {
    brushes_[count_++] = brush;
    has_alpha_elsewhere_ = brush.has_alpha_elsewhere();
  }

  /// Whether another layer holds the alpha of these.
  [[nodiscard]] bool has_alpha_elsewhere() const { return has_alpha_elsewhere_; }

  /// The spans of rows, a group for each column.
  void draw_rows(const runs::RunMask& mask, RowRange rows);

  /// What is added from now on is in this row.
  void begin_row(std::int32_t row) {
    row_ = row;
    first_ = row * stride_;
  }

  /// Groups [begin, end).
  void add(std::int32_t begin, std::int32_t end, LayerBrush::Part part) {
    if (has_alpha_elsewhere_ && !brushes_[0].is_opaque(row_, begin, end)) {
      for (std::size_t i = 0; i < count_; ++i) brushes_[i].composite(row_, begin, end, part);
      return;
    }
    push(begin, end, part);
  }
  /// add() where no other layer holds the alpha.
  void push(std::int32_t begin, std::int32_t end, LayerBrush::Part part) {
    auto& queue = runs_[part];
    queue.items[queue.count++] = {first_ + begin * step_, static_cast<std::size_t>((end - begin) * step_)};
    if (queue.count == kQueueLength) flush_runs(part);
  }

  /// The kBlockGroups groups from `begin` on, with the quarters of each in a byte as they lie in memory. Where `begin`
  /// is negative, groups outside of the row have none.
  void add_block(std::int32_t begin, std::uint64_t quarters) {
    if (begin < 0 || has_alpha_elsewhere_) {
      add_each(begin, quarters);
      return;
    }
    if (quarters != 0) push_block(begin, quarters);
  }
  /// add_block() in the row, where no other layer holds the alpha.
  void push_block(std::int32_t begin, std::uint64_t quarters) {
    blocks_.items[blocks_.count++] = {first_ + begin * step_, quarters};
    if (blocks_.count == kQueueLength) flush_blocks();
  }

  /// `count` groups from `begin` on, with coverages of 0 to kFullCoverage.
  void cover(std::int32_t begin, std::int32_t count, const std::uint16_t* coverages) const {
    for (std::size_t i = 0; i < count_; ++i) brushes_[i].cover(row_, begin, count, coverages);
  }

  void flush();

 private:
  static constexpr std::size_t kQueueLength = 64;

  template <typename T>
  struct Queue {
    std::array<T, kQueueLength> items;
    std::size_t count = 0;
  };

  void add_each(std::int32_t begin, std::uint64_t quarters);
  void flush_runs(LayerBrush::Part part);
  void flush_blocks();

  std::array<LayerBrush, 3> brushes_;
  std::size_t count_ = 0;
  bool has_alpha_elsewhere_ = false;
  std::int32_t width_;
  std::ptrdiff_t stride_;
  std::ptrdiff_t step_;
  std::int32_t row_ = 0;
  std::ptrdiff_t first_ = 0;  ///< byte of the row
  std::array<Queue<Run>, LayerBrush::kParts> runs_;
  Queue<Block> blocks_;
};

}  // namespace sam2::composite
