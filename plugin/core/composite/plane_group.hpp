// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <array>

#include "composite/plane_painter.hpp"

namespace sam2::composite {

/// Up to three layers that are drawn together: their groups cover the same pixels and lie at the same distances from
/// the beginnings of their planes. The group collects spans, so that a kernel is set up once for many of them. The
/// caller must call flush() at the end.
class PlaneGroup {
 public:
  PlaneGroup(const FrameView& frame, const SampleLayer& layer)
      : width_(frame.width), stride_(frame.strides[layer.plane]), step_(static_cast<std::ptrdiff_t>(layer.step)) {}

  void add_plane(const PlanePainter& brush) {
    planes_[count_++] = brush;
    has_alpha_elsewhere_ = brush.has_alpha_elsewhere();
  }

  /// True if another layer holds the alpha of these layers.
  [[nodiscard]] bool has_alpha_elsewhere() const { return has_alpha_elsewhere_; }

  /// Draws the spans of `rows`, where each column is a group.
  void draw_rows(const runs::RunMask& mask, RowRange rows);

  /// Selects the row of the groups that are added next.
  void begin_row(std::int32_t row) {
    row_ = row;
    first_ = row * stride_;
  }

  /// Draws groups [begin, end) of the row.
  void add(std::int32_t begin, std::int32_t end, PlanePainter::Part part) {
    if (has_alpha_elsewhere_ && !planes_[0].is_opaque(row_, begin, end)) {
      for (std::size_t i = 0; i < count_; ++i) planes_[i].composite(row_, begin, end, part);
      return;
    }
    push(begin, end, part);
  }
  /// Like add(), for layers without alpha elsewhere.
  void push(std::int32_t begin, std::int32_t end, PlanePainter::Part part) {
    auto& queue = spans_[part];
    queue.items[queue.count++] = {first_ + begin * step_, static_cast<std::size_t>((end - begin) * step_)};
    if (queue.count == kQueueLength) flush_spans(part);
  }

  /// Draws kBlockGroups groups from `begin` on. Each byte of `quarters`, in the order of memory, holds the quarters of
  /// one group. If `begin` is negative, the groups outside of the row must have 0 quarters.
  void add_block(std::int32_t begin, std::uint64_t quarters) {
    if (begin < 0 || has_alpha_elsewhere_) {
      add_each(begin, quarters);
      return;
    }
    if (quarters != 0) push_block(begin, quarters);
  }
  /// Like add_block(), for layers without alpha elsewhere and a block that lies in the row.
  void push_block(std::int32_t begin, std::uint64_t quarters) {
    blocks_.items[blocks_.count++] = {first_ + begin * step_, quarters};
    if (blocks_.count == kQueueLength) flush_blocks();
  }

  /// Draws `count` groups from `begin` on, with a coverage from 0 to kFullCoverage for each.
  void draw_coverage(std::int32_t begin, std::int32_t count, const std::uint16_t* coverages) const {
    for (std::size_t i = 0; i < count_; ++i) planes_[i].draw_coverage(row_, begin, count, coverages);
  }

  /// Draws `count` groups of one sample from `begin` on; see PlanePainter::draw_shares().
  void draw_shares(std::int32_t begin, std::int32_t count, const std::uint16_t* sums,
                   const std::uint16_t* pixels) const {
    for (std::size_t i = 0; i < count_; ++i) planes_[i].draw_shares(row_, begin, count, sums, pixels);
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
  void flush_spans(PlanePainter::Part part);
  void flush_blocks();

  std::array<PlanePainter, 3> planes_;
  std::size_t count_ = 0;
  bool has_alpha_elsewhere_ = false;
  std::int32_t width_;
  std::ptrdiff_t stride_;
  std::ptrdiff_t step_;
  std::int32_t row_ = 0;
  std::ptrdiff_t first_ = 0;  ///< byte at which the row begins
  std::array<Queue<ByteSpan>, PlanePainter::kParts> spans_;
  Queue<Block> blocks_;
};

}  // namespace sam2::composite
