// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
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
    std::size_t frame = 0;    ///< index into frames; by object: 0
    std::size_t object = 0;   ///< index into objects; by frame: 0
    std::int64_t number = 0;  ///< by frame: the number in the key
  };
  By by = By::Frame;
  std::vector<Member> members;        ///< in numeric order, by frame before object
  std::vector<std::int64_t> frames;   ///< the numbers in the keys, ascending
  std::vector<std::int64_t> objects;  ///< likewise
  std::vector<std::int64_t> times;    ///< ns, of the frames, if the keys are seconds, such as 0.033
  std::size_t frame_position = 0;     ///< by frame: which number of a key is that of the frame
  std::vector<std::string> labels;    ///< of the objects, if the keys are names of classes
  bool is_guess = false;              ///< nothing but the masks told frames from objects
};

/// Finds the masks among keys that differ in their numbers alone. Arrays whose type or shape rules masks out do not
/// count. Families with "mask" or "seg" in their name come first; otherwise there must be exactly one family. A number
/// is that of a frame or an object by the word before it, else by what the masks do: masks of consecutive frames cover
/// each other. `wanted_axes` is "T", "N", or for keys with two numbers "TN" or "NT", to overrule that; or empty.
[[nodiscard]] std::optional<KeyedArrays> find_keyed_arrays(const npz::NpzFile& file,
                                                           const std::string& wanted_axes = {});

/// One array for each object, under the name of its class.
[[nodiscard]] KeyedArrays name_objects(const std::vector<std::string>& names);

/// Converts arrays that are known to belong to one frame: numbers of frames become numbers of objects.
[[nodiscard]] KeyedArrays in_one_frame(KeyedArrays arrays);

}  // namespace sam2::masks
