// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include <cmath>

#include "composite/color.hpp"
#include "drawing/mix_source.hpp"

namespace sam2::drawing {

/// Mixes each sample with black, as a black fill of this opacity would. Alpha stays as it is.
std::unique_ptr<EffectSource> make_dim() {
  return std::make_unique<MixSource>([](const Picture& picture, const Look& look) {
    composite::ChannelMix mix;
    const auto alpha = static_cast<std::uint8_t>(std::lround(255 * look.effect_strength));
    for (const auto channel : composite::kColorChannels) {
      mix.set(channel, composite::encode({}, channel, picture.encoding), alpha);
    }
    return mix;
  });
}

}  // namespace sam2::drawing
