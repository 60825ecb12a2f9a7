// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace sam2::masks {

/// The only whole number in a text: "7", "-1", "00012.jpg", "frame_12". Returns nullopt for none, several, or one
/// beyond 64 bits.
[[nodiscard]] std::optional<std::int64_t> number_in(const std::string& text);

/// A rate as text: "29.97", "30000/1001".
[[nodiscard]] std::optional<double> parse_rate(const std::string& text);

}  // namespace sam2::masks
