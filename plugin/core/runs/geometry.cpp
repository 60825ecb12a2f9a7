// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "runs/geometry.hpp"

#include <algorithm>

namespace sam2::runs {

std::string size_text(Size size) {
  return std::to_string(size.width) + "x" + std::to_string(size.height);
}

Box join(const Box& a, const Box& b) {
  const auto left = std::min(a.left, b.left);
  const auto top = std::min(a.top, b.top);
  return {left, top, std::max(a.left + a.width, b.left + b.width) - left,
          std::max(a.top + a.height, b.top + b.height) - top};
}

}  // namespace sam2::runs
