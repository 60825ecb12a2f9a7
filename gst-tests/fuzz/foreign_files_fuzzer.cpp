// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "fuzz/fuzz.hpp"
#include "npz/foreign_files.hpp"

/// Files that are none: each gets an explanation.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sam2;
  const auto bytes = std::as_bytes(std::span(data, size));
  const auto error = npz::explain_foreign_file(bytes.first(std::min(size, npz::kForeignHeadBytes)));
  fuzz::require(!error.message.empty());
  fuzz::require(error.code == ErrorCode::Decode || error.code == ErrorCode::WrongType);
  return 0;
}
