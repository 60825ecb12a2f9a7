// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "masks/keyed_plane_reader.hpp"
#include "masks/plane_reader.hpp"
#include "masks/plane_rereader.hpp"
#include "masks/plane_window.hpp"
#include "npz/npz_file.hpp"
#include "npz/packed_bits.hpp"
#include "npz/run_inflate.hpp"

namespace sam2::masks {

/// What is known of the bits of an array from reading it front to back.
struct PackedArray {
  std::uint64_t row_bits = 0;
  std::shared_ptr<std::atomic<npz::UnpackedBits::BitOrder>> order =
      {};  ///< set before all but the first planes are read
};

/// An array whose planes can be read from any of them on.
struct RereadableArray {
  std::string name;
  npz::NpyHeader header;
  Layout layout;
  std::function<bool(Plane&)> accept;  ///< as in PlaneFilter; empty: all planes
  std::shared_ptr<const npz::InflatePoints> points;
  std::optional<PackedArray> packed = {};
};

/// Opens the planes of an array of `file` again, even if the path of the file names another one by then. Returns an
/// empty function if the file cannot be opened again. Any thread may call the function: it waits until planes that it
/// gave before are destroyed.
[[nodiscard]] PlaneRereader::Open open_array_again(const npz::NpzFile& file, RereadableArray array);

/// The same for arrays that make up the masks together. The planes are those of `reader`.
[[nodiscard]] PlaneRereader::Open open_keyed_arrays_again(const npz::NpzFile& file, const KeyedArrays& arrays,
                                                          const std::optional<std::string>& axes,
                                                          const KeyedPlaneReader& reader);

/// The planes of the entries of an array of such a layout, in C or Fortran order. Returns an empty function where
/// entries are not along an axis of frames.
[[nodiscard]] PlanesOfEntries planes_of_entries(const Layout& layout, bool is_fortran);

/// The same for arrays that make up the masks together: the arrays of the entries. Returns an empty function where an
/// array holds more than one entry.
[[nodiscard]] PlanesOfEntries arrays_of_entries(const KeyedArrays& arrays);

}  // namespace sam2::masks
