// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <cstdint>

#include "base/memory_budget.hpp"
#include "base/result.hpp"
#include "masks/keyed_arrays.hpp"
#include "masks/side_arrays.hpp"
#include "npz/npz_file.hpp"

namespace sam2::masks {

/// Reads ids, scores and labels that have an array for each frame, as the masks do: `obj_ids_12` beside `masks_12`, or
/// `12/object_ids` beside `12/masks`. `planes`: the most masks of a frame. Arrays of no use are left out.
/// Errors: NoSpace, those of the archive.
Result<void> read_keyed_side_arrays(const npz::NpzFile& file, const KeyedArrays& arrays, std::uint64_t planes,
                                    SideArrays& side, MemoryBudget& budget);

}  // namespace sam2::masks
