// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "drawing/effect_kinds.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace sam2::drawing {
namespace {

constexpr auto kEffects = std::to_array<EffectKind>({
    {Effect::Blur, make_blur, true, false, false, false},
    {Effect::Pixelate, make_pixelate, true, false, false, false},
    {Effect::Desaturate, make_desaturate, false, true, true, false},
    {Effect::Dim, make_dim, false, true, false, false},
    {Effect::Color, make_color, false, false, false, false},
    {Effect::Inpaint, make_inpaint, true, false, false, true},
    {Effect::Transparent, make_transparent, false, false, false, false},
});

bool has_alpha(const composite::FrameFormat& format) {
  return std::ranges::any_of(format.sample_layers(), [&](const composite::SampleLayer& layer) {
    const auto* const end = layer.channels.data() + format.group_samples(layer);
    return std::find(layer.channels.data(), end, composite::Channel::Alpha) != end;
  });
}

}  // namespace

const EffectKind& kind_of(Effect effect) {
  return *std::find_if(kEffects.begin(), kEffects.end(), [&](const auto& kind) { return kind.effect == effect; });
}

std::optional<Error> effect_error(const Look& look, const composite::FrameFormat* format) {
  const auto background = static_cast<Effect>(look.background_effect);
  if (look.object_effect == Effect::Inpaint && !can_inpaint()) {
    return Error{ErrorCode::Settings,
                 "object-effect=inpaint needs OpenCV, which this build of the element does without: install its "
                 "modules imgproc and photo (Debian: libopencv-imgproc-dev, libopencv-photo-dev) and build again"};
  }
  const bool is_transparent = look.object_effect == Effect::Transparent || background == Effect::Transparent;
  if (is_transparent && format != nullptr && !has_alpha(*format)) {
    const std::string property = look.object_effect == Effect::Transparent ? "object-effect" : "background-effect";
    return Error{ErrorCode::Settings, property + "=transparent needs frames with an alpha channel, and " +
                                          (format->name.empty() ? "the format of these" : std::string(format->name)) +
                                          " has none: put \"videoconvert ! video/x-raw,format=RGBA\" before the "
                                          "element"};
  }
  return std::nullopt;
}

}  // namespace sam2::drawing
