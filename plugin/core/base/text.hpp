// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace sam2 {

/// Of ASCII, whatever the locale.
[[nodiscard]] constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// Text from a file, fit for a message: valid UTF-8 without control characters (they become \xNN), cut where it is very
/// long.
[[nodiscard]] std::string printable(std::string_view text);

/// Valid UTF-8 without control characters, which become blanks: bytes that are no UTF-8 are read as Latin-1.
[[nodiscard]] std::string clean_utf8(std::string_view text);

/// Appends a code point as UTF-8; what is none becomes U+FFFD.
void append_utf8(std::string& text, std::uint32_t code_point);

/// As NumPy prints it: "(60, 1, 480, 720)", "(3,)", "()".
[[nodiscard]] std::string shape_text(std::span<const std::uint64_t> shape);

}  // namespace sam2
