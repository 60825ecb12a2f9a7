// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <cstdint>

#include "runs/run_mask.hpp"

namespace sam2::composite {

/// A filled disc of pixels (x, y) with (x - cx)^2 + (y - cy)^2 <= radius (radius + 1), (cx, cy) being `center` rounded
/// to the nearest pixel; clipped to the frame. radius >= 0.
void make_disc(runs::Point center, std::int32_t radius, runs::Size frame, runs::RunMask& disc);

/// The outline of a box, `line_width` pixels wide and inside of it.
void make_box_outline(const runs::Box& box, std::int32_t line_width, runs::RunMask& outline);

/// A filled box, clipped to the frame.
void make_box(const runs::Box& box, runs::Size frame, runs::RunMask& mask);

}  // namespace sam2::composite
