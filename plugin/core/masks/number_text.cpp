// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "masks/number_text.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <system_error>

namespace sam2::masks {

std::optional<std::int64_t> number_in(const std::string& text) {
  const auto begin = text.find_first_of("0123456789");
  if (begin == std::string::npos) return std::nullopt;
  const auto end = std::min(text.find_first_not_of("0123456789", begin), text.size());
  if (text.find_first_of("0123456789", end) != std::string::npos) return std::nullopt;
  const bool is_negative = begin > 0 && text[begin - 1] == '-';
  std::int64_t number = 0;
  const auto [last, code] = std::from_chars(text.data() + begin - (is_negative ? 1 : 0), text.data() + end, number);
  return code == std::errc{} ? std::optional(number) : std::nullopt;
}

std::optional<double> parse_rate(const std::string& text) {
  const auto parse = [](std::string_view part) -> std::optional<double> {
    double number = 0;
    const auto [end, code] = std::from_chars(part.data(), part.data() + part.size(), number);
    return code == std::errc{} && end == part.data() + part.size() ? std::optional(number) : std::nullopt;
  };
  const auto slash = text.find('/');
  if (slash == std::string::npos) return parse(text);
  const auto numerator = parse(std::string_view(text).substr(0, slash));
  const auto denominator = parse(std::string_view(text).substr(slash + 1));
  return numerator && denominator ? std::optional(*numerator / *denominator) : std::nullopt;
}

}  // namespace sam2::masks
