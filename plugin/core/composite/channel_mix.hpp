// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "composite/frame_format.hpp"
#include "composite/rows.hpp"

namespace sam2::composite {

/// A value for the samples d of each channel to be mixed with: d' = round((d (255 - A) + c A) / 255).
struct ChannelMix {
  std::array<std::uint16_t, kChannelCount> codes{};  ///< c, by Channel
  std::array<std::uint8_t, kChannelCount> alphas{};  ///< A, by Channel; 0: the samples stay as they are

  void set(Channel channel, std::uint16_t code, std::uint8_t alpha) {
    codes[static_cast<std::size_t>(channel)] = code;
    alphas[static_cast<std::size_t>(channel)] = alpha;
  }
  [[nodiscard]] std::uint16_t code_of(Channel channel) const { return codes[static_cast<std::size_t>(channel)]; }
  [[nodiscard]] std::uint8_t alpha_of(Channel channel) const { return alphas[static_cast<std::size_t>(channel)]; }

  /// The mix of the samples of one group, for the kernel fill().
  [[nodiscard]] Pattern pattern_of(const FrameFormat& format, const SampleLayer& layer) const {
    Pattern pattern{};
    pattern.samples = static_cast<std::uint32_t>(format.group_samples(layer));
    for (std::uint32_t i = 0; i < pattern.samples; ++i) {
      pattern.codes[i] = code_of(layer.channels[i]);
      pattern.alphas[i] = alpha_of(layer.channels[i]);
    }
    return pattern;
  }
  /// True if any sample of the layer changes.
  [[nodiscard]] bool changes(const FrameFormat& format, const SampleLayer& layer) const {
    return std::any_of(layer.channels.data(), layer.channels.data() + format.group_samples(layer),
                       [&](Channel channel) { return alpha_of(channel) != 0; });
  }
  /// True if samples that are covered wholly become c, or stay as they are: they are not read.
  [[nodiscard]] bool is_opaque() const {
    return std::ranges::all_of(alphas, [](std::uint8_t alpha) { return alpha == 0 || alpha == 255; });
  }
};

}  // namespace sam2::composite
