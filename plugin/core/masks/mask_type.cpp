// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "masks/mask_type.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "npz/small_array.hpp"

namespace sam2::masks {

using npz::ElementKind;

std::string quoted(const std::string& name) {
  return name.empty() ? "array" : "array '" + printable(name) + "'";
}

namespace {

/// The line of Python that saves the numbers in a pickled array.
std::string line_that_saves(const npz::NpyHeader& header, const std::string& name, const std::string& keyword) {
  const auto loaded = "d = np.load(file, allow_pickle=True)" + (name.empty() ? "" : "['" + printable(name) + "']");
  // An array without axes holds one object, which most often is the dictionary of SAM 2's video predictor.
  if (header.shape.empty()) {
    return "if it is the dictionary {frame: {object: mask}} of SAM 2: " + loaded +
           ".item(); pairs = [(f, o) for f in sorted(d) for o in d[f]]; np.savez_compressed('masks.npz', "
           "masks=np.stack([np.squeeze(d[f][o]) for f, o in pairs]), frame_indices=[f for f, o in pairs], "
           "object_ids=[o for f, o in pairs])";
  }
  // A list, such as that of SAM's automatic mask generator.
  return loaded + "; np.savez_compressed('masks.npz', " + keyword +
         "=np.stack([m['segmentation'] if isinstance(m, dict) else m for m in d.flat]).astype(np.uint8))";
}

}  // namespace

Result<void> check_mask_type(const npz::NpyHeader& header, const std::string& name) {
  // The name becomes part of a line of Python.
  const bool is_word = !name.empty() && std::ranges::all_of(name, [](unsigned char c) {
    return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  });
  const std::string keyword = is_word ? name : "masks";
  if (header.type.kind == ElementKind::Pickled) {
    return Error{
        ErrorCode::WrongType,
        "it is pickled (dtype object), and reading that would run code from the file; save it as plain numbers: " +
            line_that_saves(header, name, keyword)};
  }
  if (npz::is_text(header.type)) {
    return Error{ErrorCode::WrongType, "its type '" + header.descr +
                                           "' is text, such as JSON or RLE; decode its masks in Python, e.g. with "
                                           "pycocotools.mask.decode, and save them: np.savez_compressed('masks.npz', " +
                                           keyword + "=np.stack(list_of_masks).astype(np.uint8))"};
  }
  if (!npz::is_number(header.type)) {
    return Error{ErrorCode::WrongType, "its type '" + header.descr +
                                           "' cannot be read; expected bool, integers or floats: "
                                           "np.savez_compressed('masks.npz', " +
                                           keyword + "=array.astype(np.uint8))"};
  }
  return {};
}

}  // namespace sam2::masks
