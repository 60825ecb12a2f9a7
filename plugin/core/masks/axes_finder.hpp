// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/memory_budget.hpp"
#include "base/result.hpp"
#include "masks/array_schema.hpp"
#include "masks/last_axis.hpp"
#include "masks/mask_loader.hpp"
#include "masks/outer_axes.hpp"
#include "npz/npz_file.hpp"

namespace sam2::masks {

/// The axes of a mask array, and which of its planes count.
struct FoundAxes {
  enum class Planes {
    All,
    FirstOfObjects,  ///< along N of `stored`: channels of grey pictures
    BestOfObjects,   ///< along N of `stored`: alternatives
  };
  Layout stored;    ///< as the array lies in the file
  Layout selected;  ///< of the planes that count
  Planes planes = Planes::All;
  std::vector<std::uint64_t> best;  ///< BestOfObjects: for each frame of `stored`
};

/// What the elements say about the axes, where the shape leaves them open.
struct SeenAxes {
  LastAxis last = LastAxis::Unknown;
  OuterAxes outer;
};

/// Looks at the begin of the array, if that can help. Errors of the data show later, when all of it is read.
[[nodiscard]] SeenAxes look_at_axes(const npz::NpzFile& file, const std::string& name, const SideArrays& side,
                                    const LoadOptions& options, MemoryBudget& budget);

/// Decides the axes by the property `axes`; else by shape, by what lies beside the masks, and by what was seen. Adds
/// guesses to the warnings of `side`. Errors: Format, Settings, WrongType.
Result<FoundAxes> find_axes(const npz::NpyHeader& header, const SeenAxes& seen, SideArrays& side,
                            const LoadOptions& options);

}  // namespace sam2::masks
