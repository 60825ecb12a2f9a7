// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "masks/keyed_arrays.hpp"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "masks/array_shape.hpp"
#include "masks/key_roles.hpp"

namespace sam2::masks {
namespace {

/// True if the first array of the family that holds anything could be masks. Empty arrays have no say.
bool is_of_masks(const npz::NpzFile& file, const KeyFamily& family) {
  bool has_empty = false;
  for (const auto& key : family) {
    const auto reader = file.read(key.name);
    // The error names the array later.
    if (!reader) return true;
    if (reader->header().element_count != 0) return could_be_masks(reader->header());
    has_empty = true;
  }
  return has_empty;
}

/// The one that its name makes most likely; nullptr if there are several.
const KeyFamily* choose_by_name(std::vector<const KeyFamily*> families) {
  const auto named = std::ranges::count_if(families, [](const KeyFamily* f) { return says_mask(f->front().name); });
  if (named > 0) std::erase_if(families, [](const KeyFamily* f) { return !says_mask(f->front().name); });
  if (families.size() > 1) std::erase_if(families, [](const KeyFamily* f) { return f->size() == 1; });
  return families.size() == 1 ? families[0] : nullptr;
}

/// The family that holds the masks, if exactly one can: families whose name says so come first, and those whose name
/// speaks of pictures last.
const KeyFamily* choose(const npz::NpzFile& file, const std::map<std::vector<std::string>, KeyFamily>& families) {
  std::vector<const KeyFamily*> possible;
  std::vector<const KeyFamily*> unlikely;
  for (const auto& [texts, family] : families) {
    const auto& name = family.front().name;
    const bool is_alone = family.size() == 1;
    if (is_alone && !says_object(name) && !says_frame(name)) continue;
    if (!is_of_masks(file, family)) continue;
    const bool is_unlikely = says_other(name) && !says_mask(name);
    if (is_unlikely && !says_picture(name)) continue;
    (is_unlikely ? unlikely : possible).push_back(&family);
  }
  return choose_by_name(possible.empty() ? std::move(unlikely) : std::move(possible));
}

std::vector<std::int64_t> distinct(std::vector<std::int64_t> numbers) {
  std::ranges::sort(numbers);
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  return numbers;
}

std::size_t index_of(const std::vector<std::int64_t>& numbers, std::int64_t number) {
  return static_cast<std::size_t>(std::ranges::lower_bound(numbers, number) - numbers.begin());
}

/// Numbers of frames begin at 0. Keys may count from 1: then few numbers are missing up to the last one. Numbers such
/// as times in ns only give the order.
std::vector<std::int64_t> counted(std::vector<std::int64_t> frames) {
  constexpr std::int64_t kMost = 1'000'000'000;
  if (frames.empty()) return frames;
  const bool are_times = frames.back() >= kMost;
  const bool from_1 = frames.front() == 1 && 2 * static_cast<std::int64_t>(frames.size()) >= frames.back();
  for (std::size_t i = 0; i < frames.size(); ++i) {
    if (are_times) {
      frames[i] = static_cast<std::int64_t>(i);
    } else if (from_1) {
      --frames[i];
    }
  }
  return frames;
}

/// Keys such as "0.0333" are seconds: the two numbers become one, in ns. Returns its position.
std::optional<std::size_t> join_decimals(KeyFamily& family) {
  constexpr std::size_t kFraction = 3;
  constexpr std::size_t kNanosecondDigits = 9;
  constexpr std::int64_t kMostSeconds = 9'000'000'000;
  const auto& texts = family.front().texts;
  const auto dot = std::ranges::find(texts, ".");
  if (dot == texts.end() || dot == texts.begin() || dot + 1 == texts.end()) return std::nullopt;
  const auto position = static_cast<std::size_t>(dot - texts.begin()) - 1;
  // Pairs of frame and object look like "12.3"; fractions have more digits, or begin with 0.
  const auto is_fraction = [&](const NumberedKey& key) {
    const auto number = key.numbers[position + 1];
    const auto digits = key.digits[position + 1];
    return digits >= kFraction || (digits == 2 && number > 0 && number < 10);
  };
  const bool are_seconds =
      std::ranges::any_of(family, is_fraction) &&
      std::ranges::all_of(family, [&](const auto& key) { return key.numbers[position] < kMostSeconds; });
  if (!are_seconds) return std::nullopt;
  for (auto& key : family) {
    auto fraction = key.numbers[position + 1];
    for (auto digits = key.digits[position + 1]; digits > kNanosecondDigits; --digits) fraction /= 10;
    for (auto digits = key.digits[position + 1]; digits < kNanosecondDigits; ++digits) fraction *= 10;
    key.numbers[position] = key.numbers[position] * 1'000'000'000 + fraction;
    const auto second = static_cast<std::ptrdiff_t>(position) + 1;
    key.numbers.erase(key.numbers.begin() + second);
    key.digits.erase(key.digits.begin() + second);
    key.texts.erase(key.texts.begin() + second);
  }
  return position;
}

/// The numbers of the family's keys, as frames and objects.
KeyedArrays arrange(const KeyFamily& family, const KeyRoles& roles) {
  KeyedArrays arrays;
  arrays.is_guess = roles.is_guess;
  arrays.by = !roles.object ? KeyedArrays::By::Frame : !roles.frame ? KeyedArrays::By::Object : KeyedArrays::By::Pair;
  arrays.frame_position = roles.frame.value_or(0);
  for (const auto& key : family) {
    if (roles.frame) arrays.frames.push_back(key.numbers[*roles.frame]);
    if (roles.object) arrays.objects.push_back(key.numbers[*roles.object]);
  }
  arrays.frames = distinct(std::move(arrays.frames));
  arrays.objects = distinct(std::move(arrays.objects));
  for (const auto& key : family) {
    arrays.members.push_back({key.name, roles.frame ? index_of(arrays.frames, key.numbers[*roles.frame]) : 0,
                              roles.object ? index_of(arrays.objects, key.numbers[*roles.object]) : 0,
                              roles.frame ? key.numbers[*roles.frame] : 0});
  }
  std::ranges::stable_sort(arrays.members, {},
                           [](const KeyedArrays::Member& member) { return std::tie(member.frame, member.object); });
  return arrays;
}

}  // namespace

std::optional<KeyedArrays> find_keyed_arrays(const npz::NpzFile& file, const std::string& wanted_axes) {
  std::map<std::vector<std::string>, KeyFamily> families;
  for (const auto& name : file.names()) {
    if (auto key = parse_key(name)) families[key->texts].push_back(std::move(*key));
  }
  // str(0.5) has fewer digits than str(1 / 3), and str(0) no point; so a family of times is told by its longest keys.
  const auto* const chosen = choose(file, families);
  if (chosen == nullptr) return std::nullopt;
  auto family = *chosen;
  const auto decimals = join_decimals(family);
  const auto roles = decimals && !wanted_axes.starts_with('N') ? std::optional(KeyRoles{*decimals, {}})
                                                               : find_key_roles(file, family, wanted_axes);
  if (!roles) return std::nullopt;
  auto arrays = arrange(family, *roles);
  if (decimals && roles->frame == decimals) {
    arrays.times = arrays.frames;
    for (std::size_t i = 0; i < arrays.frames.size(); ++i) arrays.frames[i] = static_cast<std::int64_t>(i);
  } else {
    arrays.frames = counted(std::move(arrays.frames));
  }
  return arrays;
}

KeyedArrays name_objects(const std::vector<std::string>& names) {
  KeyedArrays arrays;
  arrays.by = KeyedArrays::By::Object;
  arrays.labels = names;
  for (std::size_t i = 0; i < names.size(); ++i) {
    arrays.objects.push_back(static_cast<std::int64_t>(i) + 1);
    arrays.members.push_back({names[i], 0, i, 0});
  }
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
