// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "fuzz/fuzz.hpp"
#include "npz/npy_header.hpp"

/// Any bytes as the beginning of an npy file.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sam2;
  npz::MemoryStream stream(std::as_bytes(std::span(data, size)));
  const auto header = npz::read_npy_header(stream, npz::kLimits);
  if (!header) {
    fuzz::require(!header.error().message.empty());
    return 0;
  }
  fuzz::require(header->shape.size() <= npz::kLimits.dimensions);
  fuzz::require(header->data_offset <= size);
  std::uint64_t elements = 1;
  for (const auto length : header->shape) elements *= length;
  fuzz::require(header->element_count == elements);
  fuzz::require(header->byte_count == elements * header->type.size);
  return 0;
}
