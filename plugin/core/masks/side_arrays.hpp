// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/fraction.hpp"
#include "base/memory_budget.hpp"
#include "base/result.hpp"
#include "masks/metadata.hpp"
#include "npz/npz_file.hpp"

namespace sam2::masks {

/// A list of whole numbers, and what it is called in the file.
struct NamedIntegers {
  std::string name;
  std::vector<std::int64_t> values;
};

/// Numbers in C order, and what they are called in the file.
struct NamedTable {
  std::string name;
  std::vector<std::uint64_t> shape;
  std::vector<double> values;
};

/// One id for each plane of each frame, as tools write them whose objects come and go.
struct PlaneIds {
  std::string name;
  std::uint64_t frames = 0;
  std::uint64_t planes = 0;          ///< of each frame
  std::vector<std::int64_t> values;  ///< by frame, then plane; -1: no object
  std::vector<std::string> labels;   ///< likewise, or empty
};

/// What lies beside the masks in an archive; all of it is optional. Not yet checked against the masks.
struct SideArrays {
  std::optional<NamedIntegers> ids;   ///< each fits into 32 bits
  std::optional<PlaneIds> plane_ids;  ///< if ids differ from frame to frame; each fits into 32 bits
  std::optional<NamedIntegers> frame_numbers;
  std::optional<NamedIntegers> timestamps;  ///< ns
  std::optional<NamedIntegers> shape;       ///< of packed bits
  std::optional<NamedTable> centroids;      ///< [x, y] in mask pixels
  std::optional<NamedTable> scores;
  std::optional<Fraction> fps;
  bool has_fps_array = false;  ///< `fps` is an array of its own, not only a key of the metadata
  bool has_identity = true;    ///< see MaskSet::has_identity()
  /// Length of arrays that only the automatic mask generator writes, with one row for each mask of an image; else 0.
  std::uint64_t generated_masks = 0;
  bool are_low_resolution = false;  ///< the name of the mask array says so
  Labels labels;
  std::vector<Error> warnings;  ///< what was left out
  bool lacks_times = false;     ///< frame numbers or timestamps are among it
};

/// Takes ids for each plane of each frame. If all frames have the same, they become the objects' ids.
void set_plane_ids(PlaneIds ids, SideArrays& side);

/// Reads all side arrays except one called `mask_array`. One that is pickled or of a useless type is left out with a
/// warning. Errors: Format (ids beyond 32 bits, times that are none), Decode, NoSpace, OpenRead; all name the array.
Result<SideArrays> read_side_arrays(const npz::NpzFile& file, const std::string& mask_array, const npz::Limits& limits,
                                    MemoryBudget& budget);

}  // namespace sam2::masks
