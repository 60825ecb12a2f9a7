// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "composite/color.hpp"

#include "drawing/mix_source.hpp"

namespace sam2::drawing {

/// Replaces each sample by that of the colour. Alpha stays as it is, but premultiplied colours become opaque: less
/// alpha would call for less of the colour.
std::unique_ptr<EffectSource> make_color() {
  return std::make_unique<MixSource>([](const Picture& picture, const Look& look) {
    composite::ChannelMix mix;
    const auto color = look.effect_color.meaning.value_or(composite::Rgb{});
    for (const auto channel : composite::kColorChannels) {
      mix.set(channel, composite::encode(color, channel, picture.encoding), 255);
    }
    if (picture.encoding.is_premultiplied) {
      mix.set(composite::Channel::Alpha, composite::encode(color, composite::Channel::Alpha, picture.encoding), 255);
    }
    return mix;
  });
}

}  // namespace sam2::drawing
