// SPDX-License-Identifier: LGPL-2.1-or-later
#include "composite/painter.hpp"

#include <algorithm>
#include <cassert>

#include "composite/coverage.hpp"
#include "composite/rows.hpp"

namespace sam2::composite {
namespace {

/// Where the alpha is with which a layer is composited.
enum class AlphaPlace { Nowhere, InGroup, OtherPlane };

bool holds(const SampleLayer& layer, Channel channel) {
  const auto* const end = layer.channels.begin() + layer.step;
  return std::find(layer.channels.begin(), end, channel) != end;
}

/// The layer that holds nothing but alpha, or nullptr.
const SampleLayer* find_alpha_plane(const FrameFormat& format) {
  for (const auto& layer : format.sample_layers()) {
    if (layer.step == 1 && layer.channels[0] == Channel::Alpha) return &layer;
  }
  return nullptr;
}

AlphaPlace alpha_place(const SampleLayer& layer, const SampleLayer* alpha_plane) {
  // An alpha plane by itself is blended towards 255, which is what `over` does to it.
  if (&layer == alpha_plane) return AlphaPlace::Nowhere;
  if (alpha_plane != nullptr) return AlphaPlace::OtherPlane;
  return holds(layer, Channel::Alpha) ? AlphaPlace::InGroup : AlphaPlace::Nowhere;
}

/// Draws runs of one paint into one layer of a frame.
class LayerPainter {
 public:
  LayerPainter(const FrameView& frame, const SampleLayer& layer, const SampleLayer* alpha_plane,
               const ColorEncoding& encoding, const Paint& paint)
      : frame_(frame),
        layer_(layer),
        alpha_plane_(alpha_plane),
        alpha_place_(alpha_place(layer, alpha_plane)),
        grid_{frame.width, frame.height, layer.width_shift, layer.height_shift},
        alpha_(paint.alpha) {
    std::array<std::uint8_t, 4> alphas{};
    for (std::size_t i = 0; i < layer.step; ++i) {
      codes_[i] = encode(paint.color, layer.channels[i], encoding);
      alphas[i] = layer.channels[i] == Channel::None ? std::uint8_t{0} : paint.alpha;
    }
    prepare(alphas);
  }

  void draw(const masks::RunMask& mask) const {
    const auto top = std::max(mask.top(), 0);
    const auto bottom = std::min(mask.bottom(), frame_.height);
    if (top >= bottom) return;
    const auto last_row = (bottom - 1) >> layer_.height_shift;
    for (auto row = top >> layer_.height_shift; row <= last_row; ++row) {
      for_each_segment(mask, grid_, row, [&](std::int64_t begin, std::int64_t end, std::uint32_t quarters) {
        blend(row, begin, end, quarters);
      });
    }
  }

 private:
  void prepare(const std::array<std::uint8_t, 4>& alphas) {
    if (alpha_place_ == AlphaPlace::OtherPlane) {
      assert(layer_.step == 1);
      return;
    }
    make_pattern(layer_.step, codes_, alphas, solid_);
    if (alpha_place_ == AlphaPlace::InGroup) {
      assert(layer_.step == 4 && layer_.width_shift == 0 && layer_.height_shift == 0);
      const auto* const found = std::find(layer_.channels.begin(), layer_.channels.end(), Channel::Alpha);
      over_.alpha_byte = static_cast<std::uint8_t>(found - layer_.channels.begin());
      over_.codes = codes_;
      over_.weight = static_cast<std::uint16_t>(alpha_ * kQuarters);
    }
    if (layer_.width_shift + layer_.height_shift == 0) return;
    for (std::uint32_t quarters = 1; quarters < kQuarters; ++quarters) {
      make_pattern(layer_.step, codes_, alphas, quarters, weighted_[quarters - 1]);
    }
  }

  void blend(std::int32_t row, std::int64_t begin, std::int64_t end, std::uint32_t quarters) const {
    auto* const samples = frame_.planes[layer_.plane] + row * frame_.strides[layer_.plane] + begin * layer_.step;
    const auto count = static_cast<std::size_t>(end - begin);
    const auto& kernels = row_kernels();
    if (alpha_place_ == AlphaPlace::OtherPlane) {
      kernels.over_plane(samples, count, alpha_samples(row, begin), codes_[0], alpha_ * quarters);
    } else if (alpha_place_ == AlphaPlace::InGroup) {
      kernels.over(samples, count, over_, solid_);
    } else if (quarters == kQuarters) {
      kernels.solid(samples, count * layer_.step, solid_);
    } else {
      kernels.weighted(samples, count * layer_.step, weighted_[quarters - 1]);
    }
  }

  /// The alpha of the luma samples that the sample covers; those beyond an odd edge are the edge's again, which leaves
  /// the mean what it is.
  AlphaSamples alpha_samples(std::int32_t row, std::int64_t column) const {
    const auto line = [&](std::int64_t y) {
      return frame_.planes[alpha_plane_->plane] + y * frame_.strides[alpha_plane_->plane];
    };
    const auto left = column << layer_.width_shift;
    const auto right = std::min<std::int64_t>(left + layer_.width_shift, frame_.width - 1);
    const auto top = std::int64_t{row} << layer_.height_shift;
    const auto bottom = std::min<std::int64_t>(top + layer_.height_shift, frame_.height - 1);
    return {{line(top) + left, line(top) + right, line(bottom) + left, line(bottom) + right},
            std::ptrdiff_t{1} << layer_.width_shift};
  }

  const FrameView& frame_;
  const SampleLayer& layer_;
  const SampleLayer* alpha_plane_;
  AlphaPlace alpha_place_;
  SampleGrid grid_;
  std::uint8_t alpha_;
  std::array<std::uint8_t, 4> codes_{};
  SolidPattern solid_;
  OverGroup over_{};
  std::array<WeightedPattern, kQuarters - 1> weighted_;
};

}  // namespace

void Painter::draw(const FrameView& frame, const masks::RunMask& mask, const Paint& paint) const {
  if (paint.alpha == 0 || mask.empty()) return;
  const auto* const alpha_plane = find_alpha_plane(*format_);
  for (const auto& layer : format_->sample_layers()) {
    LayerPainter(frame, layer, alpha_plane, encoding_, paint).draw(mask);
  }
}

}  // namespace sam2::composite
