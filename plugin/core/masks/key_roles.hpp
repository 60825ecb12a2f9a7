// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "masks/key_words.hpp"
#include "npz/npz_file.hpp"

namespace sam2::masks {

/// Keys that differ in their numbers alone.
using KeyFamily = std::vector<NumberedKey>;

/// Positions of the numbers in the keys of a family that are those of frames and objects.
struct KeyRoles {
  std::optional<std::size_t> frame;
  std::optional<std::size_t> object;
  bool is_guess = false;  ///< only the masks decided, and they left doubt
};

/// Decides what the numbers are: by `wanted_axes` ("T", "N", "TN", "NT" or empty), by the words beside them, else by
/// how the masks cover each other. Reads at most 64 arrays, or for 100 ms. Returns nullopt if more than two numbers
/// vary, or nothing tells what a single key is.
[[nodiscard]] std::optional<KeyRoles> find_key_roles(const npz::NpzFile& file, const KeyFamily& family,
                                                     const std::string& wanted_axes);

}  // namespace sam2::masks
