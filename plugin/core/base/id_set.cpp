// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "base/id_set.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>

#include "base/text.hpp"

namespace sam2 {
namespace {

std::optional<std::int32_t> parse_id(std::string_view text) {
  text = trimmed(text);
  std::int32_t id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return id;
}

}  // namespace

Result<IdSet> IdSet::parse(std::string_view text) {
  IdSet set;
  if (trimmed(text).empty()) return set;
  for (const auto part : split_list(text)) {
    // A dash at the start of a part is a sign.
    const auto dash = part.find('-', 1);
    const auto first = parse_id(part.substr(0, dash));
    const auto last = dash == std::string_view::npos ? first : parse_id(part.substr(dash + 1));
    if (!first || !last || *first > *last) {
      return Error{ErrorCode::Settings,
                   "objects: '" + std::string(part) +
                       "' is neither an id nor an ascending range of ids; expected e.g. \"1,3-5\""};
    }
    set.ranges_.push_back({*first, *last});
  }
  return set;
}

bool IdSet::contains(std::int32_t id) const {
  return std::ranges::any_of(ranges_, [id](const Range& range) { return range.first <= id && id <= range.last; });
}

}  // namespace sam2
