// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "composite/channel_mix.hpp"
#include "composite/frame_format.hpp"
#include "composite/frame_view.hpp"
#include "composite/rows.hpp"
#include "composite/sample_access.hpp"
#include "runs/run_mask.hpp"

namespace sam2::composite {

/// Draws one paint into the sample groups of one layer of a frame. Each group may be drawn once only.
class PlanePainter {
 public:
  /// How much of a group is drawn. Groups of two pixels with their shared chroma (YUY2 and similar formats) use the
  /// aliases below instead.
  enum Part : std::size_t { kQuarter, kTwoQuarters, kThreeQuarters, kWhole, kParts };
  static constexpr Part kLeftPixel = kQuarter;
  static constexpr Part kRightPixel = kTwoQuarters;
  /// The left pixel, in a frame that ends with it: all of the chroma belongs to this pixel.
  static constexpr Part kLastPixel = kThreeQuarters;

  PlanePainter() = default;
  PlanePainter(const FrameView& frame, const FrameFormat& format, const SampleLayer& layer, const Paint& paint,
               const std::array<std::uint16_t, 4>& codes, const RowKernels& kernels);
  /// Mixes samples one by one, whatever the alpha of the frame is.
  PlanePainter(const FrameView& frame, const FrameFormat& format, const SampleLayer& layer, const ChannelMix& mix,
               const RowKernels& kernels);

  /// True if another layer holds the alpha of this one. The next three functions then may draw only groups for which
  /// is_opaque() is true.
  [[nodiscard]] bool has_alpha_elsewhere() const { return over_ && over_->plane != nullptr; }
  /// Draws the spans of `rows`, where each column is a group.
  void draw_rows(const runs::RunMask& mask, RowRange rows) const;
  void draw_spans(std::span<const ByteSpan> spans, Part part) const;
  void draw_blocks(std::span<const Block> blocks) const;

  /// True if the other layer is opaque under all of groups [begin, end) of a row.
  [[nodiscard]] bool is_opaque(std::int32_t row, std::int32_t begin, std::int32_t end) const;
  /// Draws groups [begin, end) of a row by `over`, with any alpha.
  void composite(std::int32_t row, std::int32_t begin, std::int32_t end, Part part) const;
  /// Draws `count` groups of a row from `begin` on, with a coverage from 0 to kFullCoverage for each.
  void draw_coverage(std::int32_t row, std::int32_t begin, std::int32_t count, const std::uint16_t* coverages) const;
  /// Draws `count` groups of one sample from `begin` on. `sums` holds the sum of the coverages (0 to 255) of the luma
  /// samples of each group, `pixels` their number (1 to 16).
  void draw_shares(std::int32_t row, std::int32_t begin, std::int32_t count, const std::uint16_t* sums,
                   const std::uint16_t* pixels) const;

 private:
  /// How a fill meets the alpha of the frame.
  struct Over {
    std::uint8_t alpha = 0;               ///< of the fill
    std::uint32_t opaque = 255;           ///< sample value that means opaque
    const std::uint8_t* plane = nullptr;  ///< first sample of the layer with the alpha; nullptr: each group has its own
    std::ptrdiff_t stride = 0;
    std::uint64_t opaque_alphas = 0;  ///< eight bytes of opaque samples of that layer
  };

  PlanePainter(const FrameView& frame, const FrameFormat& format, const SampleLayer& layer, const Pattern& pattern,
               const RowKernels& kernels);
  /// Finds the alpha that a fill of this layer depends on, if there is one.
  [[nodiscard]] std::optional<Over> find_over(const FrameFormat& format, std::uint8_t alpha) const;
  /// True if each group has its alpha.
  [[nodiscard]] bool has_own_alpha() const { return over_ && over_->plane == nullptr; }
  [[nodiscard]] std::uint8_t* at(std::int32_t row, std::int32_t group) const {
    return plane_ + row * stride_ + group * static_cast<std::ptrdiff_t>(step_);
  }
  [[nodiscard]] std::ptrdiff_t alpha_bytes() const { return static_cast<std::ptrdiff_t>(access_.bytes()); }
  [[nodiscard]] std::uint64_t alpha_of(std::int32_t row, std::int32_t group) const;
  void composite_group(std::int32_t row, std::int32_t group, std::uint32_t coverage) const;

  const FrameView* frame_ = nullptr;
  const SampleLayer* layer_ = nullptr;
  const RowKernels* kernels_ = nullptr;
  SampleAccess access_;
  std::size_t step_ = 1;
  std::uint8_t* plane_ = nullptr;
  std::ptrdiff_t stride_ = 0;

  std::optional<Over> over_;  ///< unset: samples are mixed one by one
  Pattern pattern_{};         ///< how a group that is covered wholly is drawn
};

}  // namespace sam2::composite
