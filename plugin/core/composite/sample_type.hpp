// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>

namespace sam2::composite {

/// How samples lie in memory.
enum class SampleType : std::uint8_t {
  Byte,     ///< 8 bits
  Word,     ///< 9 to 16 bits in the low bits of a word, in the machine's byte order
  HighTen,  ///< 10 bits in the high bits of a word; what is drawn has low bits of 0
};

}  // namespace sam2::composite
