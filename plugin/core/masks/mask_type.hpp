// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <string>

#include "base/result.hpp"
#include "npz/npy_header.hpp"

namespace sam2::masks {

/// What messages call the array of that name; an .npy file's has none.
[[nodiscard]] std::string quoted(const std::string& name);

/// Whether masks can be of that type. Errors: WrongType, with the line of Python that saves the array right.
Result<void> check_mask_type(const npz::NpyHeader& header, const std::string& name);

}  // namespace sam2::masks
