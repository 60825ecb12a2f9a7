// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sam2::masks {

/// Names of objects: by slot, or by id.
struct Labels {
  std::vector<std::string> by_slot;
  std::map<std::int64_t, std::string> by_id;
};

/// What JSON text beside the masks tells.
struct Metadata {
  std::optional<double> fps;
  Labels labels;
};

/// Reads the keys "fps" (a number) and "labels" (a list of names by slot, or an object of names by id); all others are
/// ignored. Nothing where the text is no JSON object.
[[nodiscard]] std::optional<Metadata> parse_metadata(std::string_view text);

}  // namespace sam2::masks
