// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <cstddef>
#include <cstdint>

#include "composite/frame_format.hpp"

namespace sam2::composite {

/// Converts `count` samples that lie side by side to values from 0 to 2^depth - 1.
void unpack_samples(const FrameFormat& format, const std::uint8_t* samples, std::size_t count, std::uint16_t* values);

/// Converts values from 0 to 2^depth - 1 to samples of the format.
void pack_samples(const FrameFormat& format, const std::uint16_t* values, std::size_t count, std::uint8_t* samples);

}  // namespace sam2::composite
