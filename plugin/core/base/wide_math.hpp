// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

namespace sam2 {

/// Holds the product of any two 64-bit integers.
__extension__ using Int128 = __int128;

/// Returns the quotient rounded towards negative infinity. `divisor` must not be 0.
[[nodiscard]] constexpr Int128 floor_div(Int128 dividend, Int128 divisor) {
  const Int128 quotient = dividend / divisor;
  return quotient - (dividend % divisor != 0 && (dividend < 0) != (divisor < 0) ? 1 : 0);
}

/// Returns dividend - floor_div(dividend, divisor) * divisor, which has the sign of `divisor`. `divisor` must not be 0.
[[nodiscard]] constexpr Int128 floor_mod(Int128 dividend, Int128 divisor) {
  return dividend - floor_div(dividend, divisor) * divisor;
}

/// Returns the 64-bit integer that is nearest to `value`.
[[nodiscard]] constexpr std::int64_t saturated(Int128 value) {
  constexpr Int128 kLowest = std::numeric_limits<std::int64_t>::min();
  constexpr Int128 kHighest = std::numeric_limits<std::int64_t>::max();
  return static_cast<std::int64_t>(std::clamp(value, kLowest, kHighest));
}

}  // namespace sam2
