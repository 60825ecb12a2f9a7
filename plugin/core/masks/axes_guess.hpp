// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <cstdint>
#include <string>

#include "base/error.hpp"

namespace sam2::masks {

/// What was guessed of an axis that is either that of frames or that of objects. Whoever knows the length of the clip
/// can tell whether the guess is right.
struct AxesGuess {
  char axis = 'N';            ///< what the axis was taken for: 'T' or 'N'
  std::uint64_t planes = 0;   ///< its length
  std::string frames_option;  ///< the property `axes` that makes it the axis of frames
  Error warning;              ///< says what was guessed, and how to overrule it
};

}  // namespace sam2::masks
