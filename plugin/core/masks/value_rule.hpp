// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "base/result.hpp"
#include "masks/array_schema.hpp"
#include "masks/mask_loader.hpp"
#include "masks/plane_coder.hpp"
#include "npz/npy_header.hpp"

namespace sam2::masks {

/// Decides which values of the mask array are objects. `has_objects`: every plane belongs to one object.
/// Errors: Settings (properties that contradict the array).
Result<Coding> choose_coding(const npz::NpyHeader& header, const LoadOptions& options, bool has_objects);

/// Decides whether planes can be label maps.
[[nodiscard]] LabelMaps label_maps_of(const npz::NpyHeader& header, const LoadOptions& options);

}  // namespace sam2::masks
