// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <cstdint>

namespace sam2 {

/// A positive rational number; a rate of numerator / denominator frames per second.
struct Fraction {
  std::int32_t numerator = 0;
  std::int32_t denominator = 1;

  [[nodiscard]] bool is_positive() const { return numerator > 0 && denominator > 0; }
  friend bool operator==(const Fraction&, const Fraction&) = default;
};

}  // namespace sam2
