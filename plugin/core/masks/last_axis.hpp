// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <string>

#include "masks/array_schema.hpp"
#include "npz/npz_file.hpp"

namespace sam2::masks {

/// The meaning of the last axis of an array of three or more dimensions, by its elements.
enum class LastAxis {
  Unknown,        ///< nothing to see: decide by shape
  Columns,        ///< neighbours along it are nearly always equal
  Objects,        ///< neighbours along it differ, those along the axes before it do not
  EqualChannels,  ///< a grey picture that was saved as RGB or RGBA
  Colors,         ///< an RGB or RGBA picture
};

/// Reads the begin of an array of which may_be_behind_image() is true, at most 32 MiB or 100 ms. Errors of the data
/// show later, when all of it is read.
[[nodiscard]] LastAxis look_at_last_axis(const npz::NpzFile& file, const std::string& name);

/// True if the shape leaves open whether the last axis is that of columns.
[[nodiscard]] bool may_be_behind_image(const npz::NpyHeader& header);

}  // namespace sam2::masks
