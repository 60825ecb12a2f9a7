// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "masks/array_shape.hpp"

#include <algorithm>

#include "npz/small_array.hpp"

namespace sam2::masks {

bool could_be_masks(const npz::NpyHeader& header) {
  const auto& shape = header.shape;
  const auto& type = header.type;
  if (!npz::is_number(type) || shape.size() < 2) return false;
  if (std::ranges::count(shape, 0U) > 0) return true;
  // Boxes end in 4 numbers, points in 2 or 3: floats or wide integers. Masks as narrow are tiny pictures of bytes.
  constexpr std::uint64_t kNarrow = 4;
  const bool is_byte = type.size == 1;
  // Behind an image, a short axis is that of objects or channels.
  constexpr std::uint64_t kImageSide = 16;
  const auto count = shape.size();
  const bool is_behind_image = count >= 3 && shape[count - 2] >= kImageSide && shape[count - 3] >= kImageSide;
  return shape.back() > kNarrow || is_byte || is_behind_image;
}

}  // namespace sam2::masks
