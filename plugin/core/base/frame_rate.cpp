// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "base/frame_rate.hpp"

#include <cmath>
#include <cstdint>
#include <limits>

namespace sam2 {
namespace {

constexpr double kLargest = std::numeric_limits<std::int32_t>::max();

/// Writers round to two or three digits: 23.976 and 23.98 are both 24000/1001.
constexpr double kNtscTolerance = 0.005;

/// The first convergent of the continued fraction within the precision of a 32-bit float.
std::optional<Fraction> simplest_fraction(double number) {
  constexpr double kRelativeError = 1e-7;
  double previous_numerator = 1;
  double previous_denominator = 0;
  double numerator = std::floor(number);
  double denominator = 1;
  double rest = number - numerator;
  while (std::abs(numerator / denominator - number) > kRelativeError * number && rest > 0) {
    const double inverse = 1 / rest;
    const double term = std::floor(inverse);
    rest = inverse - term;
    const double next_numerator = term * numerator + previous_numerator;
    const double next_denominator = term * denominator + previous_denominator;
    if (next_numerator > kLargest || next_denominator > kLargest) break;
    previous_numerator = numerator;
    previous_denominator = denominator;
    numerator = next_numerator;
    denominator = next_denominator;
  }
  if (numerator < 1) return std::nullopt;
  return Fraction{static_cast<std::int32_t>(numerator), static_cast<std::int32_t>(denominator)};
}

}  // namespace

std::optional<Fraction> frame_rate_of(double frames_per_second) {
  if (!(frames_per_second > 0) || !(frames_per_second <= kLargest)) return std::nullopt;
  if (frames_per_second == std::floor(frames_per_second)) {
    return Fraction{static_cast<std::int32_t>(frames_per_second), 1};
  }
  for (const std::int32_t nominal : {24, 30, 60, 120}) {
    if (std::abs(frames_per_second - nominal * 1000 / 1001.0) < kNtscTolerance) return Fraction{nominal * 1000, 1001};
  }
  return simplest_fraction(frames_per_second);
}

}  // namespace sam2
