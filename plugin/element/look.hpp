// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "element/overlay_renderer.hpp"

namespace sam2::element {

[[nodiscard]] composite::Rgb color_of(const FrameObject& object, const Look& look);

[[nodiscard]] bool is_shown(const FrameObject& object, const Look& look);

/// One pixel for each 360 rows of the frame unless the user says else; never more than the frame has.
[[nodiscard]] std::int32_t line_width_of(const Look& look, masks::Size frame);

}  // namespace sam2::element
