// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>

#include "composite/channel_mix.hpp"
#include "composite/frame_view.hpp"
#include "composite/row_source.hpp"
#include "composite/rows.hpp"
#include "drawing/look.hpp"
#include "drawing/region.hpp"

namespace sam2::drawing {

/// The frame as it came in.
struct Picture {
  composite::FrameView view;
  const composite::FrameFormat& format;
  const composite::ColorEncoding& encoding;
  const composite::RowKernels& kernels;  ///< of the format's samples

  [[nodiscard]] runs::Size size() const { return {view.width, view.height}; }
  [[nodiscard]] const std::uint8_t* groups(const composite::SampleLayer& layer, std::int32_t row,
                                           std::int32_t begin) const {
    return view.planes[layer.plane] + row * view.strides[layer.plane] + begin * std::ptrdiff_t{layer.step};
  }
  /// The groups of a row that have any of some columns of pixels.
  [[nodiscard]] runs::Span groups_of(const composite::SampleLayer& layer, runs::Span columns) const {
    const auto all = static_cast<std::int32_t>(groups_in_row(layer));
    const auto begin = std::clamp(columns.begin >> layer.width_shift, 0, all);
    return {begin, std::clamp((columns.end + (1 << layer.width_shift) - 1) >> layer.width_shift, begin, all)};
  }
  [[nodiscard]] std::size_t groups_in_row(const composite::SampleLayer& layer) const {
    return static_cast<std::size_t>((view.width + (1 << layer.width_shift) - 1) >> layer.width_shift);
  }
  /// The first row of pixels that a row of the layer covers.
  [[nodiscard]] std::int32_t luma_row(const composite::SampleLayer& layer, std::int32_t row) const {
    return composite::luma_rows(view, row, layer.height_shift).first;
  }
  /// Position of a layer of the format.
  [[nodiscard]] std::size_t index_of(const composite::SampleLayer& layer) const {
    return static_cast<std::size_t>(&layer - format.layers.data());
  }
};

/// Whose pixels a region has.
enum class RegionKind {
  Object,      ///< one object
  Objects,     ///< all objects that are shown
  Background,  ///< no object that is shown
};

/// Makes the samples of one region of a frame. It keeps its memory from frame to frame.
class EffectSource : public composite::RowSource {
 public:
  /// Reads what it needs of the region, before anything is drawn. `picture` and `region` must stay as they are until
  /// the effect is drawn; an effect that reads pixels in row() reads each one just before it is drawn.
  virtual void prepare(const Picture& picture, const Region& region, RegionKind kind, const Look& look) = 0;
  /// What the effect is, if it only mixes each sample with a value; valid until the next prepare().
  [[nodiscard]] virtual const composite::ChannelMix* mix() const { return nullptr; }
};

std::unique_ptr<EffectSource> make_blur();
std::unique_ptr<EffectSource> make_pixelate();
std::unique_ptr<EffectSource> make_desaturate();
std::unique_ptr<EffectSource> make_dim();
std::unique_ptr<EffectSource> make_color();
/// Returns nullptr unless can_inpaint().
std::unique_ptr<EffectSource> make_inpaint();
/// True if this build has OpenCV.
[[nodiscard]] bool can_inpaint();
std::unique_ptr<EffectSource> make_transparent();

}  // namespace sam2::drawing
