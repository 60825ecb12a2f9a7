// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <optional>

#include "base/fraction.hpp"

namespace sam2 {

/// The frame rate that a decimal number stands for: whole numbers exactly, the NTSC rates (23.976, 23.98, 29.97, 59.94,
/// 119.88) as n * 1000 / 1001, anything else as the simplest close fraction. Returns nullopt unless the number is
/// finite, positive and within range.
[[nodiscard]] std::optional<Fraction> frame_rate_of(double frames_per_second);

}  // namespace sam2
