// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <optional>
#include <string>

#include "base/result.hpp"
#include "masks/axes_guess.hpp"
#include "masks/keyed_arrays.hpp"
#include "masks/mask_loader.hpp"
#include "npz/npz_file.hpp"

namespace sam2::masks {

/// The masks of a file: one array, or a family of arrays that make them up together.
struct FoundMasks {
  std::string name;  ///< of the one array; empty in an .npy file
  std::optional<KeyedArrays> keyed;
  std::optional<AxesGuess> guess;  ///< nothing but the masks told frames from objects
  std::optional<Error> warning;    ///< another guess, and how to overrule it
};

/// Finds the masks: the property `array`; an array with a usual name; a family of numbered keys; one array for each
/// class; the only array that could be masks. Type and shape rule arrays out before names are compared.
/// Errors: Settings, Format, WrongType, those of the file.
Result<FoundMasks> find_masks(const npz::NpzFile& file, const LoadOptions& options);

}  // namespace sam2::masks
