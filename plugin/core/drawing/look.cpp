// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "drawing/look.hpp"

#include <algorithm>
#include <cmath>

namespace sam2::drawing {
namespace {

Effect effect_of(Effect effect, double strength) {
  const bool needs_strength =
      effect == Effect::Blur || effect == Effect::Pixelate || effect == Effect::Desaturate || effect == Effect::Dim;
  return needs_strength && !(strength > 0) ? Effect::None : effect;
}

}  // namespace

std::uint8_t Look::fill_alpha() const {
  return (draw & kDrawFill) != 0 ? static_cast<std::uint8_t>(std::lround(255 * opacity)) : std::uint8_t{0};
}

bool Look::changes_pixels() const {
  // Zones are drawn for the frame, and not for an object.
  const bool draws_lines = (draw & ~std::uint32_t{kDrawFill | kDrawZone}) != 0;
  return !silent && (draws_lines || fill_alpha() > 0 || effect_in_objects() != Effect::None);
}

Effect Look::effect_in_objects() const {
  return effect_of(object_effect, effect_strength);
}

Effect Look::effect_in_background() const {
  return effect_of(static_cast<Effect>(background_effect), effect_strength);
}

bool Look::reads_pixels() const {
  return object_effect != Effect::None || static_cast<Effect>(background_effect) != Effect::None;
}

std::int32_t line_width_of(const Look& look, runs::Size frame) {
  constexpr std::int32_t kRowsPerPixel = 360;
  if (look.line_width == 0) return std::max(1, frame.height / kRowsPerPixel);
  const auto most = static_cast<std::uint32_t>(std::max(frame.width, frame.height));
  return static_cast<std::int32_t>(std::min(look.line_width, most));
}

}  // namespace sam2::drawing
