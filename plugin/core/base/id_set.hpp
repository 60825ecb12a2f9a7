// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace sam2 {

/// A set of object ids.
class IdSet {
 public:
  /// Parses ids and ranges by comma, such as "1,3-5"; an id may be negative. Blanks around the parts are ignored; empty
  /// text is the empty set. Errors: Settings, naming the part.
  static Result<IdSet> parse(std::string_view text);

  [[nodiscard]] bool contains(std::int32_t id) const;

 private:
  struct Range {
    std::int32_t first;
    std::int32_t last;
  };

  std::vector<Range> ranges_;
};

}  // namespace sam2
