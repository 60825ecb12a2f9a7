// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "masks/plane_runs.hpp"
#include "npz/byte_run.hpp"
#include "runs/geometry.hpp"

namespace sam2::masks {

/// Of each byte, the value in the runs of a plane; 0: the byte is background.
using ByteMeanings = std::array<std::int32_t, 256>;

/// Appends the spans of a plane of one-byte elements, which ends at size.width * size.height. Width and height at most
/// 65535. Spans of a row that touch and have the same value merge.
void cut_into_rows(std::span<const npz::ByteRun> plane, runs::Size size, const ByteMeanings& meanings, PlaneRuns& runs);

}  // namespace sam2::masks
