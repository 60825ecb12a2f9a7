// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <gst/gst.h>

#include <cstddef>

#include "base/error.hpp"

namespace sam2::element {

/// Why the masks of a frame are not known, so that the property `missing` decides what happens to it.
enum class Unknown {
  NoFile,      ///< no location is set
  NewFile,     ///< the file that was set last is being read, or cannot be used
  BrokenFile,  ///< not all of the file could be read
  Outside,     ///< no mask is for the time of the frame
  Guessed,     ///< which mask belongs to the frame is a guess
  Lost,        ///< masks could not be read again
  Undrawable,  ///< the buffer does not hold a frame of the caps
};

inline constexpr std::size_t kUnknownCount = static_cast<std::size_t>(Unknown::Undrawable) + 1;

/// What is unknown of the frame at `stream_time`, and what the user can do about it.
[[nodiscard]] Error error_of(Unknown unknown, GstClockTimeDiff stream_time);

}  // namespace sam2::element
