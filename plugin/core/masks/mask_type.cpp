// SPDX-License-Identifier: LGPL-2.1-or-later
#include "masks/mask_type.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "npz/small_array.hpp"

namespace sam2::masks {

using npz::ElementKind;

std::string quoted(const std::string& name) {
  return name.empty() ? "array" : "array '" + printable(name) + "'";
}

Result<void> check_mask_type(const npz::NpyHeader& header, const std::string& name) {
  // The name becomes part of a line of Python.
  const bool is_word = !name.empty() && std::ranges::all_of(name, [](unsigned char c) {
    return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  });
  const auto save = "np.savez_compressed('masks.npz', " + (is_word ? name : "masks") + "=";
  if (header.type.kind == ElementKind::Pickled) {
    return Error{
        ErrorCode::WrongType,
        "it is pickled (dtype object), and reading that would run code from the file; save it as plain numbers: " +
            save + "np.stack(list_of_masks).astype(np.uint8))"};
  }
  if (!npz::is_number(header.type)) {
    return Error{ErrorCode::WrongType, "its type '" + header.descr +
                                           "' cannot be read; expected bool, integers or floats: " + save +
                                           "array.astype(np.uint8))"};
  }
  return {};
}

}  // namespace sam2::masks
