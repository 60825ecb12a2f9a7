// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "masks/label_colors.hpp"

#include <algorithm>

namespace sam2::masks {
namespace {

/// Lengths of the palettes tab10, sam2 and tab20.
constexpr std::int64_t kLengths[] = {10, 9, 20};
/// All combinations of the lengths.
constexpr std::int64_t kTried = 180;
/// More objects than any palette has colours need no look-up.
constexpr std::size_t kMost = 20;

}  // namespace

bool LabelColors::is_free(std::int64_t color) const {
  const auto count = static_cast<std::int64_t>(used_.size());
  return std::ranges::all_of(kLengths, [&](std::int64_t length) {
    return count >= length ||
           std::ranges::none_of(used_, [&](std::int64_t used) { return used % length == color % length; });
  });
}

std::int64_t LabelColors::choose(std::int64_t slot) {
  auto color = slot;
  if (!is_free(slot)) {
    for (std::int64_t other = 0; other < kTried; ++other) {
      if (!is_free(other)) continue;
      color = other;
      break;
    }
  }
  if (used_.size() < kMost) used_.push_back(color);
  return color;
}

}  // namespace sam2::masks
