// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include "npz/npy_header.hpp"

namespace sam2::masks {

/// True if type and shape allow an array to hold masks: numbers, with an image of rows and columns at the end, or in
/// front of one short axis. Boxes, points, scores and scalars are ruled out.
[[nodiscard]] bool could_be_masks(const npz::NpyHeader& header);

}  // namespace sam2::masks
