// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <iterator>
#include <vector>

#include "composite/rows.hpp"
#include "composite/sample_rows.hpp"
#include "drawing/mix_source.hpp"

namespace sam2::drawing {
namespace {

using composite::Channel;
using composite::SampleLayer;

bool is_rgb(Channel channel) {
  return channel == Channel::Red || channel == Channel::Green || channel == Channel::Blue;
}

std::uint8_t alpha_of(const Look& look) {
  return static_cast<std::uint8_t>(std::lround(255 * look.effect_strength));
}

/// Mixes chroma with its neutral value.
composite::ChannelMix mix_of_chroma(const Picture& picture, const Look& look) {
  composite::ChannelMix mix;
  const auto neutral = static_cast<std::uint16_t>(picture.encoding.chroma_offset);
  for (const auto channel : {Channel::ChromaU, Channel::ChromaV}) mix.set(channel, neutral, alpha_of(look));
  return mix;
}

/// Mixes chroma with its neutral value, and R, G and B with the luma of the pixel.
class DesaturateSource final : public MixSource {
 public:
  DesaturateSource() : MixSource(mix_of_chroma) {}

  void prepare(const Picture& picture, const Region& region, RegionKind kind, const Look& look) override {
    MixSource::prepare(picture, region, kind, look);
    alpha_ = alpha_of(look);
    is_rgb_ = false;
    for (const auto& layer : picture.format.sample_layers()) {
      auto& mix = mixes_[picture.index_of(layer)];
      mix = mix_of(layer);
      is_rgb_ = is_rgb_ || changes_any(mix);
    }
  }

  [[nodiscard]] const composite::ChannelMix* mix() const override { return is_rgb_ ? nullptr : MixSource::mix(); }

  [[nodiscard]] bool changes(const SampleLayer& layer) const override {
    return !is_rgb_ || changes_any(mixes_[picture_->index_of(layer)]);
  }

  const std::uint8_t* row(const SampleLayer& layer, std::int32_t row, std::int32_t begin, std::int32_t end) override {
    if (!is_rgb_) return MixSource::row(layer, row, begin, end);
    const auto& mix = mixes_[picture_->index_of(layer)];
    const composite::ByteSpan span{0, static_cast<std::size_t>(end - begin) * layer.step};
    groups_.resize(std::max(groups_.size(), span.bytes));
    if (mix.samples == 1) {
      mix_plane(layer, row, begin, static_cast<std::size_t>(end - begin));
    } else {
      std::memcpy(groups_.data(), picture_->groups(layer, row, begin), span.bytes);
      picture_->kernels.mix_luma(groups_.data(), &span, 1, mix);
    }
    return groups_.data();
  }

  bool change(const SampleLayer& layer, std::int32_t row, std::int32_t begin, std::int32_t end,
              std::uint8_t* groups) override {
    const auto& mix = mixes_[picture_->index_of(layer)];
    // The picture may be a copy: the frame has been drawn on.
    if (!is_rgb_ || mix.samples == 1 || groups != picture_->groups(layer, row, begin)) return false;
    const composite::ByteSpan span{0, static_cast<std::size_t>(end - begin) * layer.step};
    picture_->kernels.mix_luma(groups, &span, 1, mix);
    return true;
  }

 private:
  static bool changes_any(const composite::LumaMix& mix) {
    return std::any_of(std::begin(mix.weights), std::end(mix.weights), [](auto weight) { return weight != 0; });
  }

  /// The mix of a layer that has R, G and B, or one of them.
  [[nodiscard]] composite::LumaMix mix_of(const SampleLayer& layer) const {
    // They sum up to 65536: grey stays grey.
    const auto red = static_cast<std::uint32_t>(std::lround(65536 * picture_->encoding.kr));
    const auto blue = static_cast<std::uint32_t>(std::lround(65536 * picture_->encoding.kb));
    composite::LumaMix mix{};
    mix.samples = static_cast<std::uint32_t>(picture_->format.group_samples(layer));
    for (std::uint32_t i = 0; i < mix.samples; ++i) {
      const auto channel = layer.channels[i];
      if (!is_rgb(channel)) continue;
      mix.weights[i] = channel == Channel::Red ? red : channel == Channel::Blue ? blue : 65536 - red - blue;
      mix.alphas[i] = alpha_;
    }
    return mix;
  }

  /// R, G and B lie in planes of their own.
  void mix_plane(const SampleLayer& layer, std::int32_t row, std::int32_t begin, std::size_t count) {
    const auto& format = picture_->format;
    luma_.assign(count, 1U << 15);
    values_.resize(std::max(values_.size(), count));
    for (const auto& other : format.sample_layers()) {
      const auto weight = mixes_[picture_->index_of(other)].weights[0];
      if (weight == 0) continue;
      composite::unpack_samples(format, picture_->groups(other, row, begin), count, values_.data());
      for (std::size_t i = 0; i < count; ++i) luma_[i] += values_[i] * weight;
    }
    composite::unpack_samples(format, picture_->groups(layer, row, begin), count, values_.data());
    for (std::size_t i = 0; i < count; ++i) {
      values_[i] = static_cast<std::uint16_t>((values_[i] * (255 - alpha_) + (luma_[i] >> 16) * alpha_ + 127) / 255);
    }
    composite::pack_samples(format, values_.data(), count, groups_.data());
  }

  std::uint32_t alpha_ = 0;
  bool is_rgb_ = false;
  std::array<composite::LumaMix, 4> mixes_{};  ///< of each layer
  std::vector<std::uint32_t> luma_;            ///< of each pixel, times 65536 and with the half to round by
  std::vector<std::uint16_t> values_;
};

}  // namespace

std::unique_ptr<EffectSource> make_desaturate() {
  return std::make_unique<DesaturateSource>();
}

}  // namespace sam2::drawing
