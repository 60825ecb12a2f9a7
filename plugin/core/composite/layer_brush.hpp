// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "composite/frame_format.hpp"
#include "composite/painter.hpp"
#include "composite/row_range.hpp"
#include "composite/rows.hpp"

namespace sam2::composite {

/// Draws one paint into the sample groups of one layer of a frame. A group may be drawn once.
class LayerBrush {
 public:
  /// How much of a group is drawn. Of the groups of two pixels and their chroma (YUY2 and its kin), parts are drawn.
  enum Part : std::size_t { kQuarter, kTwoQuarters, kThreeQuarters, kWhole, kParts };
  static constexpr Part kLeftPixel = kQuarter;
  static constexpr Part kRightPixel = kTwoQuarters;
  /// The left pixel where the frame ends with it, so that all of the chroma is its own.
  static constexpr Part kLastPixel = kThreeQuarters;

  LayerBrush() = default;
  LayerBrush(const FrameView& frame, const FrameFormat& format, const SampleLayer& layer, const Paint& paint,
             const std::array<std::uint16_t, 4>& codes, const RowKernels& kernels);

  /// Whether another layer holds the alpha, so that only what is_opaque() may be drawn by the following three.
  [[nodiscard]] bool has_alpha_elsewhere() const { return alpha_plane_ != nullptr; }
  /// The spans of rows, a group for each column.
  void draw_rows(const runs::RunMask& mask, RowRange rows) const;
  void draw_runs(std::span<const Run> runs, Part part) const;
  void draw_blocks(std::span<const Block> blocks) const;

  /// Whether all of groups [begin, end) of a row are opaque in the other layer.
  [[nodiscard]] bool is_opaque(std::int32_t row, std::int32_t begin, std::int32_t end) const;
  /// Groups [begin, end) of a row, whatever their alpha.
  void composite(std::int32_t row, std::int32_t begin, std::int32_t end, Part part) const;
  /// `count` groups of a row from `begin` on, with coverages of 0 to kFullCoverage.
  void cover(std::int32_t row, std::int32_t begin, std::int32_t count, const std::uint16_t* coverages) const;

 private:
  [[nodiscard]] std::uint8_t* at(std::int32_t row, std::int32_t group) const {
    return plane_ + row * stride_ + group * static_cast<std::ptrdiff_t>(step_);
  }
  [[nodiscard]] std::uint64_t alpha_of(std::int32_t row, std::int32_t group) const;
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
  Pattern pattern_{};  ///< of a whole group
};

}  // namespace sam2::composite
