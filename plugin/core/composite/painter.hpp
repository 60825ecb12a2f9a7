// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "composite/color.hpp"
#include "composite/frame_format.hpp"
#include "composite/rows.hpp"
#include "runs/coverage_mask.hpp"
#include "runs/run_mask.hpp"

namespace sam2::composite {

/// Writable pixels of a frame. `width` and `height` are the visible size in pixels; the planes point at the first
/// visible sample, and strides are in bytes. The caller vouches for row_bytes() x row_count() accessible bytes in each
/// plane.
struct FrameView {
  std::int32_t width = 0;
  std::int32_t height = 0;
  std::array<std::uint8_t*, 4> planes{};
  std::array<std::ptrdiff_t, 4> strides{};
};

/// A colour and how much of it: 0 (nothing) to 255 (opaque).
struct Paint {
  Rgb color;
  std::uint8_t alpha = 255;
};

class LayerBrush;

/// Draws runs into frames of one format and colour encoding.
///
/// Each sample d under the mask becomes round((d (255 - A) + c A) / 255), exactly. A chroma sample that covers n luma
/// samples of which m are in the mask is blended once with A m / n. Where the frame has an alpha channel, colour and
/// alpha are composited by the Porter-Duff operator `over` on straight alpha. Nothing else changes.
class Painter {
 public:
  Painter(const FrameFormat& format, const ColorEncoding& encoding, const KernelSet& kernels = *kernel_sets().front())
      : format_(&format), encoding_(encoding), kernels_(&kernels) {}

  /// Draws `mask` (in frame pixels); what lies outside the frame is clipped. Does not allocate.
  void draw(const FrameView& frame, const runs::RunMask& mask, const Paint& paint) const;

  /// The same with a coverage for each pixel: A is scaled by coverage / 255, exactly, and a chroma sample takes the
  /// mean coverage of the luma samples that it covers.
  void draw(const FrameView& frame, const runs::CoverageMask& mask, const Paint& paint) const;

 private:
  template <typename Mask>
  void draw_all(const FrameView& frame, const Mask& mask, const Paint& paint) const;
  [[nodiscard]] LayerBrush make_brush(const FrameView& frame, const SampleLayer& layer, const Paint& paint) const;

  const FrameFormat* format_;
  ColorEncoding encoding_;
  const KernelSet* kernels_;
};

}  // namespace sam2::composite
