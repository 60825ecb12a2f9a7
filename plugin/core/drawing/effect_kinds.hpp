// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <memory>
#include <optional>

#include "base/error.hpp"
#include "drawing/effect.hpp"
#include "drawing/look.hpp"

namespace sam2::drawing {

/// How an effect works.
struct EffectKind {
  Effect effect;
  std::unique_ptr<EffectSource> (*make)();
  bool reads_early;    ///< prepare() reads all that it needs, so that each object can have a source of its own
  bool reads_rows;     ///< what it shows in a pixel depends on the pixel
  bool reads_colors;   ///< what it shows in R, G or B depends on the others
  bool reads_outside;  ///< reads pixels around the region
};

/// The kind of an effect other than Effect::None.
[[nodiscard]] const EffectKind& kind_of(Effect effect);

/// Why the effects of `look` cannot be drawn on frames of `format`, if so. A format of nullptr is not known yet.
[[nodiscard]] std::optional<Error> effect_error(const Look& look, const composite::FrameFormat* format);

}  // namespace sam2::drawing
