// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <span>

namespace sam2::masks {

/// The unit of an array of times.
struct TimeUnit {
  const char* name;
  double nanoseconds;     ///< length of one unit
  bool is_guess = false;  ///< the spacing of the times contradicts the usual unit of their type
};

/// Finds the unit of finite `times` by their median spacing: masks are 1 ms (of integers 4 ms) to 8 s apart. Floats are
/// seconds and integers ns if that is plausible; otherwise ms, us or ticks of 90 kHz.
[[nodiscard]] TimeUnit find_time_unit(std::span<const double> times, bool is_float);

/// The first time, if times count from an epoch (days before the clip); else 0.
[[nodiscard]] double find_epoch(std::span<const double> times, const TimeUnit& unit);

}  // namespace sam2::masks
