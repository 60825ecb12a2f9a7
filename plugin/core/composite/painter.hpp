// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include "composite/channel_mix.hpp"
#include "composite/color.hpp"
#include "composite/frame_format.hpp"
#include "composite/frame_view.hpp"
#include "composite/row_source.hpp"
#include "composite/rows.hpp"
#include "runs/coverage_mask.hpp"
#include "runs/run_mask.hpp"

namespace sam2::composite {

class PlanePainter;

/// Draws runs into frames of one format and colour encoding.
///
/// Each sample d under the mask becomes round((d (255 - A) + c A) / 255), exactly. A chroma sample that covers n luma
/// samples is blended once, with A m / n if m of them are in the mask. In formats with alpha, the Porter-Duff operator
/// `over` on straight alpha composites colour and alpha. No other byte changes.
class Painter {
 public:
  Painter(const FrameFormat& format, const ColorEncoding& encoding, const KernelSet& kernels = *kernel_sets().front())
      : format_(&format), encoding_(encoding), kernels_(&kernels) {}

  /// Draws `mask`, which is in frame pixels, and clips it to the frame. Does not allocate.
  void draw(const FrameView& frame, const runs::RunMask& mask, const Paint& paint) const;

  /// Draws a mask that has a coverage for each pixel. A is scaled by coverage / 255, exactly. A chroma sample takes the
  /// mean coverage of the luma samples that it covers.
  void draw(const FrameView& frame, const runs::CoverageMask& mask, const Paint& paint) const;

  /// Mixes samples with values of their channels. A is scaled by the covered share of the sample, as in fills, but
  /// alpha is a channel like others.
  void mix(const FrameView& frame, const runs::RunMask& mask, const ChannelMix& mix) const;
  void mix(const FrameView& frame, const runs::CoverageMask& mask, const ChannelMix& mix) const;

  /// Draws the samples of `source` in place of a colour. See draw_source().
  void draw(const FrameView& frame, const runs::RunMask& mask, RowSource& source, std::uint8_t alpha,
            Samples samples) const;
  void draw(const FrameView& frame, const runs::CoverageMask& mask, RowSource& source, std::uint8_t alpha,
            Samples samples) const;

  [[nodiscard]] const FrameFormat& format() const { return *format_; }
  [[nodiscard]] const ColorEncoding& encoding() const { return encoding_; }
  [[nodiscard]] const RowKernels& row_kernels() const { return kernels_->of[static_cast<std::size_t>(format_->type)]; }

 private:
  [[nodiscard]] PlanePainter make_plane_painter(const FrameView& frame, const SampleLayer& layer,
                                                const Paint& paint) const;
  [[nodiscard]] PlanePainter make_plane_painter(const FrameView& frame, const SampleLayer& layer,
                                                const ChannelMix& mix) const;
  template <typename Look>
  void draw_runs(const FrameView& frame, const runs::RunMask& mask, const Look& look) const;
  template <typename Mask, typename Look>
  void draw_layers(const FrameView& frame, const Mask& mask, const Look& look) const;

  const FrameFormat* format_;
  ColorEncoding encoding_;
  const KernelSet* kernels_;
};

}  // namespace sam2::composite
