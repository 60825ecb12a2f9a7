// SPDX-License-Identifier: LGPL-2.1-or-later
#include "masks/keyed_arrays.hpp"

#include <algorithm>
#include <charconv>
#include <initializer_list>
#include <map>
#include <string_view>
#include <tuple>
#include <utility>

#include "base/text.hpp"

namespace sam2::masks {
namespace {

/// A key taken apart: "frame_12" is the text {"frame_", ""} and the number 12.
struct Key {
  std::string name;
  std::vector<std::string> texts;
  std::vector<std::int64_t> numbers;
};

using Family = std::vector<Key>;

/// Nothing where there is no number, or one that is too large.
std::optional<Key> parse_key(const std::string& name) {
  Key key{name, {""}, {}};
  for (std::size_t i = 0; i < name.size();) {
    if (!is_digit(name[i])) {
      key.texts.back() += name[i++];
      continue;
    }
    std::int32_t number = 0;
    const auto [end, code] = std::from_chars(name.data() + i, name.data() + name.size(), number);
    if (code != std::errc{}) return std::nullopt;
    key.numbers.push_back(number);
    key.texts.emplace_back();
    i = static_cast<std::size_t>(end - name.data());
  }
  return key.numbers.empty() ? std::nullopt : std::optional(std::move(key));
}

bool has_word(const std::string& text, std::initializer_list<std::string_view> words) {
  std::string lower = text;
  for (auto& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return std::ranges::any_of(words, [&](std::string_view word) { return lower.find(word) != std::string::npos; });
}

bool says_object(const std::string& text) {
  return has_word(text, {"obj", "inst", "track", "id"});
}

bool varies(const Family& family, std::size_t position) {
  return std::ranges::any_of(family,
                             [&](const Key& key) { return key.numbers[position] != family.front().numbers[position]; });
}

/// Which of the numbers in the keys of a family are those of frames and objects.
struct Roles {
  std::optional<std::size_t> frame;
  std::optional<std::size_t> object;
};

std::optional<Roles> roles_of(const Family& family) {
  const auto& texts = family.front().texts;
  const auto count = family.front().numbers.size();
  std::vector<std::size_t> positions;
  for (std::size_t i = 0; i < count; ++i) {
    if (varies(family, i)) positions.push_back(i);
  }
  // "0_1", "1_1": the object is the same in all of them.
  if (positions.size() == 1 && count == 2 && positions[0] == 0) positions = {0, 1};
  if (positions.size() == 1) {
    return says_object(texts[positions[0]]) ? Roles{{}, positions[0]} : Roles{positions[0], {}};
  }
  if (positions.size() != 2) return std::nullopt;
  return says_object(texts[positions[0]]) ? Roles{positions[1], positions[0]} : Roles{positions[0], positions[1]};
}

bool is_of_planes(const npz::NpzFile& file, const Family& family) {
  const auto reader = file.read(family.front().name);
  return reader && reader->header().shape.size() >= 2;
}

/// The family that holds the masks.
const Family* choose(const npz::NpzFile& file, const std::map<std::vector<std::string>, Family>& families) {
  const Family* chosen = nullptr;
  for (const auto& [texts, family] : families) {
    if (family.size() < 2 || !roles_of(family)) continue;
    if (has_word(family.front().name, {"mask", "seg"})) return &family;
    if (!is_of_planes(file, family)) continue;
    if (chosen != nullptr) return nullptr;
    chosen = &family;
  }
  return chosen;
}

std::vector<std::int64_t> distinct(std::vector<std::int64_t> numbers) {
  std::ranges::sort(numbers);
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  return numbers;
}

std::size_t index_of(const std::vector<std::int64_t>& numbers, std::int64_t number) {
  return static_cast<std::size_t>(std::ranges::lower_bound(numbers, number) - numbers.begin());
}

}  // namespace

std::optional<KeyedArrays> find_keyed_arrays(const npz::NpzFile& file) {
  std::map<std::vector<std::string>, Family> families;
  for (const auto& name : file.names()) {
    if (auto key = parse_key(name)) families[key->texts].push_back(std::move(*key));
  }
  const auto* const family = choose(file, families);
  if (family == nullptr) return std::nullopt;
  const auto roles = *roles_of(*family);

  KeyedArrays arrays;
  arrays.by = !roles.object ? KeyedArrays::By::Frame : !roles.frame ? KeyedArrays::By::Object : KeyedArrays::By::Pair;
  for (const auto& key : *family) {
    if (roles.frame) arrays.frames.push_back(key.numbers[*roles.frame]);
    if (roles.object) arrays.objects.push_back(key.numbers[*roles.object]);
  }
  arrays.frames = distinct(std::move(arrays.frames));
  arrays.objects = distinct(std::move(arrays.objects));
  for (const auto& key : *family) {
    arrays.members.push_back({key.name, roles.frame ? index_of(arrays.frames, key.numbers[*roles.frame]) : 0,
                              roles.object ? index_of(arrays.objects, key.numbers[*roles.object]) : 0});
  }
  std::ranges::stable_sort(arrays.members, {},
                           [](const KeyedArrays::Member& member) { return std::tie(member.frame, member.object); });
  return arrays;
}

KeyedArrays in_one_frame(KeyedArrays arrays) {
  if (arrays.by != KeyedArrays::By::Frame) return arrays;
  arrays.by = KeyedArrays::By::Object;
  arrays.objects = std::exchange(arrays.frames, {});
  for (auto& member : arrays.members) member.object = std::exchange(member.frame, 0);
  return arrays;
}

}  // namespace sam2::masks
