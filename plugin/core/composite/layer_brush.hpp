// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "composite/frame_format.hpp"
#include "composite/painter.hpp"
#include "composite/rows.hpp"
#include "composite/segments.hpp"

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

  /// Groups [begin, end) of a row.
  void add(std::int32_t row, std::int32_t begin, std::int32_t end, Part part) {
    if (alpha_plane_ != nullptr && !is_opaque(row, begin, end)) {
      composite(row, begin, end, part);
      return;
    }
    auto& queue = queues_[part];
    queue.runs[queue.count++] = {at(row, begin), static_cast<std::size_t>(end - begin) * step_};
    if (queue.count == kQueueLength) flush(part);
  }

  /// Two groups of a row, each of which may be left out, by quarters: the ends of chroma runs. Without branches, for it
  /// cannot be foretold which ends there are.
  void add_edges(std::int32_t row, const std::array<ChromaEdge, 2>& edges) {
    for (const auto& edge : edges) {
      edges_[edge_count_] = {at(row, edge.group), edge.quarters};
      edge_count_ += edge.exists;
    }
    if (alpha_plane_ != nullptr) composite_edges(row, edges);
    if (edge_count_ >= kEdgeLength) flush_edges();
  }

  /// Four groups of a row from `begin` on, with the quarters of each in a byte.
  void add_narrow(std::int32_t row, std::int32_t begin, std::uint32_t quarters) {
    if (alpha_plane_ != nullptr) {
      for (std::int32_t i = 0; i < 4; ++i) composite_group(row, begin + i, (quarters >> (8 * i) & 255) * 255);
      return;
    }
    auto* group = at(row, begin);
    for (int i = 0; i < 4; ++i, group += step_, quarters >>= 8) {
      edges_[edge_count_] = {group, quarters & 255};
      edge_count_ += (quarters & 255) != 0;
    }
    if (edge_count_ >= kEdgeLength) flush_edges();
  }

  /// `count` groups of a row from `begin` on, with coverages of 0 to kFullCoverage.
  void cover(std::int32_t row, std::int32_t begin, std::int32_t count, const std::uint16_t* coverages);

  void flush() {
    if (edge_count_ > 0) flush_edges();
    for (std::size_t part = 0; part < kParts; ++part) {
      if (queues_[part].count > 0) flush(static_cast<Part>(part));
    }
  }

 private:
  static constexpr std::size_t kQueueLength = 64;
  static constexpr std::size_t kEdgeLength = 128;

  struct Queue {
    std::array<Run, kQueueLength> runs;
    std::size_t count;
  };

  void flush(Part part);
  void flush_edges();
  void prepare(Part part);
  [[nodiscard]] std::uint8_t* at(std::int32_t row, std::int32_t group) const {
    return plane_ + row * stride_ + group * static_cast<std::ptrdiff_t>(step_);
  }

  [[nodiscard]] bool is_opaque(std::int32_t row, std::int32_t begin, std::int32_t end) const;
  [[nodiscard]] std::uint64_t alpha_of(std::int32_t row, std::int32_t group) const;
  void composite_edges(std::int32_t row, const std::array<ChromaEdge, 2>& edges);
  void composite(std::int32_t row, std::int32_t begin, std::int32_t end, Part part) const;
  void composite_group(std::int32_t row, std::int32_t group, std::uint32_t coverage) const;

  const FrameView* frame_ = nullptr;
  const SampleLayer* layer_ = nullptr;
  const RowKernels* kernels_ = nullptr;
  SampleType type_ = SampleType::Byte;
  std::size_t step_ = 1;
  std::uint8_t* plane_ = nullptr;
  std::ptrdiff_t stride_ = 0;

  std::uint8_t alpha_ = 0;
  std::uint32_t opaque_ = 255;                 ///< code of
  bool has_alpha_ = false;                     ///< in its groups
  const std::uint8_t* alpha_plane_ = nullptr;  ///< of another layer
  std::ptrdiff_t alpha_stride_ = 0;
  Pattern pattern_;  ///< of a whole group
  std::array<Queue, kParts> queues_;
  std::array<Edge, kEdgeLength + 4> edges_;
  std::size_t edge_count_ = 0;
};

}  // namespace sam2::composite
