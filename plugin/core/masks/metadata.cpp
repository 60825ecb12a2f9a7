// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "masks/metadata.hpp"

#include <charconv>
#include <nlohmann/json.hpp>

#include "base/text.hpp"

namespace sam2::masks {
namespace {

using Json = nlohmann::json;

std::string text_of(const Json& value) {
  const auto* const text = value.get_ptr<const std::string*>();
  return text != nullptr ? clean_utf8(*text) : std::string();
}

Labels parse_labels(const Json& value) {
  Labels labels;
  if (value.is_array()) {
    for (const auto& name : value) labels.by_slot.push_back(text_of(name));
  }
  if (!value.is_object()) return labels;
  for (auto item = value.begin(); item != value.end(); ++item) {
    const auto& key = item.key();
    std::int64_t id = 0;
    const auto [end, code] = std::from_chars(key.data(), key.data() + key.size(), id);
    if (code == std::errc{} && end == key.data() + key.size()) labels.by_id[id] = text_of(item.value());
  }
  return labels;
}

}  // namespace

std::optional<Metadata> parse_metadata(std::string_view text) {
  const auto json = Json::parse(text.begin(), text.end(), nullptr, false);
  if (!json.is_object()) return std::nullopt;
  Metadata metadata;
  if (const auto fps = json.find("fps"); fps != json.end() && fps->is_number()) metadata.fps = fps->get<double>();
  if (const auto labels = json.find("labels"); labels != json.end()) metadata.labels = parse_labels(*labels);
  return metadata;
}

}  // namespace sam2::masks
