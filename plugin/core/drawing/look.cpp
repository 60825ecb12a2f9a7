// SPDX-License-Identifier: LGPL-2.1-or-later
#include "drawing/look.hpp"

#include <algorithm>

namespace sam2::drawing {

std::int32_t line_width_of(const Look& look, runs::Size frame) {
  constexpr std::int32_t kRowsPerPixel = 360;
  if (look.line_width == 0) return std::max(1, frame.height / kRowsPerPixel);
  const auto most = static_cast<std::uint32_t>(std::max(frame.width, frame.height));
  return static_cast<std::int32_t>(std::min(look.line_width, most));
}

}  // namespace sam2::drawing
