// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "fuzz/fuzz.hpp"

/// Any bytes as a mask file.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  sam2::fuzz::load(std::as_bytes(std::span(data, size)), sam2::fuzz::options_of(size));
  return 0;
}
