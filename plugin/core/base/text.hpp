// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sam2 {

/// True for ASCII digits, whatever the locale.
[[nodiscard]] constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// Makes text from a file fit for a message: valid UTF-8, control characters as \xNN, long text cut off.
[[nodiscard]] std::string printable(std::string_view text);

/// Makes text valid UTF-8. Control characters become blanks. Bytes that are not UTF-8 are read as Latin-1.
[[nodiscard]] std::string clean_utf8(std::string_view text);

/// Appends a code point as UTF-8. An invalid one becomes U+FFFD.
void append_utf8(std::string& text, std::uint32_t code_point);

/// Removes blanks and tabs from both ends.
[[nodiscard]] std::string_view trimmed(std::string_view text);

/// The parts of a list separated by commas, trimmed. An empty text has one empty part.
[[nodiscard]] std::vector<std::string_view> split_list(std::string_view text);

/// Shape as NumPy prints it: "(60, 1, 480, 720)", "(3,)", "()".
[[nodiscard]] std::string shape_text(std::span<const std::uint64_t> shape);

}  // namespace sam2
