// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "fuzz/fuzz.hpp"
#include "support/run_text.hpp"

/// Any bytes as deflate data: the runs are those of zlib's bytes, up to the same end.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sam2;
  constexpr std::size_t kMost = std::size_t{1} << 17;
  const std::string_view deflated(reinterpret_cast<const char*>(data), size);
  const auto expected = test::inflate_by_zlib(deflated, kMost);
  auto found = test::inflate_by_runs(deflated, kMost);
  if (expected.text.size() == kMost) {
    fuzz::require(found.text.size() >= kMost);
    found.text.resize(kMost);
    fuzz::require(found.text == expected.text);
  } else {
    fuzz::require(found == expected);
  }
  return 0;
}
