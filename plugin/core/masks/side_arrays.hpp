// SPDX-License-Identifier: LGPL-2.1-or-later
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

/// What lies beside the masks in an archive; all of it is optional. Not yet checked against the masks.
struct SideArrays {
  std::optional<NamedIntegers> ids;  ///< each fits into 32 bits
  std::optional<NamedIntegers> frame_numbers;
  std::optional<NamedIntegers> timestamps;  ///< ns
  std::optional<NamedIntegers> shape;       ///< of packed bits
  std::optional<NamedTable> centroids;      ///< [x, y] in mask pixels
  std::optional<NamedTable> scores;
  std::optional<Fraction> fps;
  bool has_fps_array = false;  ///< `fps` is an array of its own, not only a key of the metadata
  bool has_identity = true;    ///< see MaskSet::has_identity()
  Labels labels;
  std::vector<Error> warnings;  ///< what was left out
};

/// Reads all side arrays except one called `mask_array`. One that is pickled or of a useless type is left out with a
/// warning. Errors: Format (ids beyond 32 bits, times that are none), Decode, NoSpace, OpenRead; all name the array.
Result<SideArrays> read_side_arrays(const npz::NpzFile& file, const std::string& mask_array, const npz::Limits& limits,
                                    MemoryBudget& budget);

}  // namespace sam2::masks
