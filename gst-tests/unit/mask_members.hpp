// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
// Files of masks from their arrays, byte for byte, and what comes of loading them.
#pragma once

#include "masks/mask_loader.hpp"
#include "support/gst_check.hpp"
#include "support/npz_builder.hpp"

namespace sam2::test {

using Named = std::pair<std::string, std::string>;  ///< name of an array, and its npy file

inline Result<masks::LoadedMasks> load(const std::vector<Named>& arrays, const masks::LoadOptions& options = {}) {
  std::vector<ZipMemberBytes> members;
  for (const auto& [name, npy] : arrays) members.push_back({name + ".npy", npy});
  const auto zip = raw_zip(members);
  // Of exactly the size, so that reading beyond it is found.
  const std::vector<std::byte> bytes(as_bytes(zip).begin(), as_bytes(zip).end());
  return masks::load_masks_from_memory(bytes, "clip.npz", options);
}

inline std::string npy(const std::string& descr, const std::string& shape, const std::string& data) {
  return raw_npy(dictionary(descr, shape), data);
}

/// An array of int64.
inline std::string integers(const std::vector<std::int64_t>& values) {
  return npy_bytes(int64_array("", values));
}

template <typename Number>
std::string numbers(const std::string& descr, const std::string& shape, const std::vector<Number>& values) {
  return npy(descr, shape, make_array("", "", {}, values).data);
}

inline void assert_refused(const Result<masks::LoadedMasks>& result, ErrorCode code,
                           const std::vector<std::string>& fragments) {
  fail_if(result.has_value(), "accepted, expected: %s", fragments[0].c_str());
  const auto& error = result.error();
  for (const auto& fragment : fragments) {
    fail_unless(error.code == code && error.message.find(fragment) != std::string::npos, "code %d: %s; expected: %s",
                static_cast<int>(error.code), error.message.c_str(), fragment.c_str());
  }
}

/// Bytes of (frames, objects, 4, 5), the first pixel of each plane set.
inline std::string dots(std::size_t planes, char value = 1) {
  std::string data;
  for (std::size_t i = 0; i < planes; ++i) data += value + std::string(19, '\0');
  return data;
}

inline const std::string kVideo = npy("|u1", "(3, 2, 4, 5)", dots(6));

inline masks::LoadOptions with_axes(const std::string& axes) {
  masks::LoadOptions options;
  options.axes = axes;
  return options;
}

}  // namespace sam2::test
