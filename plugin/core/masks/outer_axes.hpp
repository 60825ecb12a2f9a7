// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <cstdint>

#include "base/memory_budget.hpp"
#include "masks/array_schema.hpp"
#include "npz/npz_file.hpp"

namespace sam2::masks {

/// Sizes of the axes in front of rows and columns, as far as they differ from 1: `inner` is the last of them, and
/// `outer` the product of those before it.
struct OuterSizes {
  std::uint64_t outer = 1;
  std::uint64_t inner = 1;
};

/// What the masks say about the axes in front of rows and columns.
struct OuterAxes {
  enum class Meaning {
    Unknown,        ///< nothing that contradicts the shape
    ObjectsFirst,   ///< the inner axis is that of frames: its masks cover each other, those of the outer one do not
    Alternatives,   ///< the inner axis holds three masks of one prompt, inside each other
    EqualChannels,  ///< the inner axis holds the equal channels of grey pictures
  };
  Meaning meaning = Meaning::Unknown;
  bool is_outer_time = false;  ///< masks cover each other along the outer axis, as those of frames do
};

/// Reads the begin of an array in C order: at most 64 planes, or 100 ms. Errors of the data show later, when all of it
/// is read.
[[nodiscard]] OuterAxes look_at_outer_axes(npz::ArrayReader& reader, const OuterSizes& sizes, std::uint64_t height,
                                           std::uint64_t width, MemoryBudget& budget);

}  // namespace sam2::masks
