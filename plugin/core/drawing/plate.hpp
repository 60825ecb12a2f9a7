// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include "composite/color.hpp"
#include "drawing/canvas.hpp"
#include "drawing/tools.hpp"

namespace sam2::drawing {

/// Draws `tools.text` on a plate of `color`, at the column `left` and above the row `top`; below it where there is no
/// room above. The plate stays within the frame.
void draw_plate(Canvas& canvas, std::int32_t left, std::int32_t top, composite::Rgb color, Tools& tools);

}  // namespace sam2::drawing
