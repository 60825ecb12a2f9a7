// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <cstdint>

namespace sam2::npz {

/// Largest values that a file may claim, regardless of memory. Real files stay far below each of them.
struct Limits {
  std::uint64_t entries = std::uint64_t{1} << 21;  ///< members of an archive
  std::uint64_t name_bytes = 4096;                 ///< length of a member's name: PATH_MAX
  std::uint64_t header_bytes = 10000;              ///< length of an npy header: NumPy's own limit
  std::uint64_t dimensions = 8;
  std::uint64_t mask_side = 65535;                          ///< width and height; runs are stored in 16 bits
  std::uint64_t planes = std::uint64_t{1} << 25;            ///< frames x objects: 10 hours of 30 objects
  std::uint64_t axis_planes = std::uint64_t{1} << 21;       ///< frames, and objects: what each takes without any mask
  std::uint64_t side_array_bytes = std::uint64_t{1} << 26;  ///< size of ids, timestamps, labels ...
};

inline constexpr Limits kLimits{};

}  // namespace sam2::npz
