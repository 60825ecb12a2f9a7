// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "composite/frame_format.hpp"
#include "composite/painter.hpp"
#include "composite/row_range.hpp"
#include "composite/rows.hpp"

namespace sam2::composite {

/// Draws one paint into the sample groups of one layer of a frame. Runs are collected, so that a kernel is set up once
/// for many of them; flush() must be called at the end. A group may be drawn once.
class LayerBrush {
 public:
  /// How much of a group is drawn. Of the groups of two pixels and their chroma (YUY2 and its kin), parts are drawn.
  enum Part : std::size_t { kQuarter, kTwoQuarters, kThreeQuarters, kWhole, kParts };
  static constexpr Part kLeftPixel = kQuarter;
  static constexpr Part kRightPixel = kTwoQuarters;
  /// The left pixel where the frame ends with it, so that all of the chroma is its own.
  static constexpr Part kLastPixel = kThreeQuarters;

  void begin(const FrameView& frame, const FrameFormat& format, const SampleLayer& layer, const Paint& paint,
             const std::array<std::uint16_t, 4>& codes, const RowKernels& kernels);

  /// The spans of rows, a group for each column.
  void draw_rows(const masks::RunMask& mask, RowRange rows);

  /// What is added from now on is in this row.
  void begin_row(std::int32_t row) {
    row_ = row;
    first_ = plane_ + row * stride_;
  }

  /// Groups [begin, end).
  void add(std::int32_t begin, std::int32_t end, Part part) {
    if (alpha_plane_ != nullptr && !is_opaque(begin, end)) {
      composite(begin, end, part);
      return;
    }
    auto& queue = queues_[part];
    queue.runs[queue.count++] = {at(begin), static_cast<std::size_t>(end - begin) * step_};
    if (queue.count == kQueueLength) flush(part);
  }

  /// The kBlockGroups groups from `begin` on, with the quarters of each in a byte as they lie in memory. Where
  /// `begin` is negative, groups outside of the row have none.
  void add_block(std::int32_t begin, std::uint64_t quarters) {
    if (begin < 0 || alpha_plane_ != nullptr) {
      add_each(begin, quarters);
      return;
    }
    blocks_[block_count_] = {at(begin), quarters};
    block_count_ += quarters != 0;
    if (block_count_ == kQueueLength) flush_blocks();
  }

  /// `count` groups from `begin` on, with coverages of 0 to kFullCoverage.
  void cover(std::int32_t begin, std::int32_t count, const std::uint16_t* coverages);

  void flush() {
    if (block_count_ > 0) flush_blocks();
    for (std::size_t part = 0; part < kParts; ++part) {
      if (queues_[part].count > 0) flush(static_cast<Part>(part));
    }
  }

 private:
  static constexpr std::size_t kQueueLength = 64;

  struct Queue {
    std::array<Run, kQueueLength> runs;
    std::size_t count;
  };

  void flush(Part part);
  void flush_blocks();
  void prepare(Part part);
  [[nodiscard]] std::uint8_t* at(std::int32_t group) const {
    return first_ + group * static_cast<std::ptrdiff_t>(step_);
  }

  [[nodiscard]] bool is_opaque(std::int32_t begin, std::int32_t end) const;
  [[nodiscard]] std::uint64_t alpha_of(std::int32_t group) const;
  void add_each(std::int32_t begin, std::uint64_t quarters);
  void composite(std::int32_t begin, std::int32_t end, Part part) const;
  void composite_group(std::int32_t group, std::uint32_t coverage) const;

  const FrameView* frame_ = nullptr;
  const SampleLayer* layer_ = nullptr;
  const RowKernels* kernels_ = nullptr;
  SampleType type_ = SampleType::Byte;
  std::size_t step_ = 1;
  std::uint8_t* plane_ = nullptr;
  std::ptrdiff_t stride_ = 0;
  std::int32_t row_ = 0;
  std::uint8_t* first_ = nullptr;  ///< group of the row

  std::uint8_t alpha_ = 0;
  std::uint32_t opaque_ = 255;                 ///< code of
  bool has_alpha_ = false;                     ///< in its groups
  const std::uint8_t* alpha_plane_ = nullptr;  ///< of another layer
  std::ptrdiff_t alpha_stride_ = 0;
  Pattern pattern_;  ///< of a whole group
  std::array<Queue, kParts> queues_;
  std::array<Block, kQueueLength> blocks_;
  std::size_t block_count_ = 0;
};

}  // namespace sam2::composite
