// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "npz/npz_file.hpp"

namespace sam2::masks {

/// Arrays that make up the masks together, each under a key that holds its number: `frame_12`, `object_3`, or both:
/// `12_3`, `obj_3_frame_12`.
struct KeyedArrays {
  enum class By { Frame, Object, Pair };
  struct Member {
    std::string name;
    std::size_t frame = 0;   ///< index into frames; by object: 0
    std::size_t object = 0;  ///< index into objects; by frame: 0
  };
  By by = By::Frame;
  std::vector<Member> members;        ///< in numeric order, by frame before object
  std::vector<std::int64_t> frames;   ///< the numbers in the keys, ascending
  std::vector<std::int64_t> objects;  ///< each fits into 32 bits
};

/// Keys that differ in their numbers alone; there have to be two or more. Of several kinds of keys it is those that
/// have "mask" or "seg" in them, else the only kind whose arrays have two or more dimensions. Nothing where that does
/// not tell.
[[nodiscard]] std::optional<KeyedArrays> find_keyed_arrays(const npz::NpzFile& file);

}  // namespace sam2::masks
