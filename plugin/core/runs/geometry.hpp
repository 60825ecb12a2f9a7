// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <cstdint>
#include <string>

namespace sam2::runs {

struct Size {
  std::int32_t width = 0;
  std::int32_t height = 0;

  friend bool operator==(const Size&, const Size&) = default;
};

[[nodiscard]] constexpr Size transposed(Size size) {
  return {size.height, size.width};
}

/// Size as text: "1920x1080".
[[nodiscard]] std::string size_text(Size size);

struct Point {
  double x = 0;
  double y = 0;
};

/// Smallest rectangle of pixels around a mask; all zero for an empty one.
struct Box {
  std::int32_t left = 0;
  std::int32_t top = 0;
  std::int32_t width = 0;
  std::int32_t height = 0;

  friend bool operator==(const Box&, const Box&) = default;
};

/// Smallest box around two boxes that are not empty.
[[nodiscard]] Box join(const Box& a, const Box& b);

}  // namespace sam2::runs
