// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "composite/color.hpp"
#include "drawing/mix_source.hpp"

namespace sam2::drawing {

/// Makes alpha 0. Premultiplied colours go with it, to black.
std::unique_ptr<EffectSource> make_transparent() {
  return std::make_unique<MixSource>([](const Picture& picture, const Look&) {
    composite::ChannelMix mix;
    mix.set(composite::Channel::Alpha, 0, 255);
    if (!picture.encoding.is_premultiplied) return mix;
    for (const auto channel : composite::kColorChannels) {
      mix.set(channel, composite::encode({}, channel, picture.encoding), 255);
    }
    return mix;
  });
}

}  // namespace sam2::drawing
