// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <cstdint>

namespace sam2::composite {

/// How samples lie in memory. The swapped types are words in the other byte order than the machine's.
enum class SampleType : std::uint8_t {
  Byte,        ///< 8 bits
  Word,        ///< 9 to 16 bits in the low bits of a word
  HighTen,     ///< 10 bits in the high bits of a word; drawn samples have low bits of 0
  HighTwelve,  ///< 12 bits in the high bits of a word; drawn samples have low bits of 0
  SwappedWord,
  SwappedHighTen,
  SwappedHighTwelve,
};

inline constexpr int kSampleTypeCount = 7;

}  // namespace sam2::composite
