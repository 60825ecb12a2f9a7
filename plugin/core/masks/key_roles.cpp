// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "masks/key_roles.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include "masks/array_schema.hpp"
#include "masks/axis_probe.hpp"
#include "masks/plane_reader.hpp"
#include "masks/run_encoder.hpp"
#include "npz/small_array.hpp"

namespace sam2::masks {
namespace {

bool varies(const KeyFamily& family, std::size_t position) {
  return std::ranges::any_of(
      family, [&](const NumberedKey& key) { return key.numbers[position] != family.front().numbers[position]; });
}

/// At most so many arrays are looked at before playing.
constexpr std::size_t kLooked = 64;

/// Reads planes of an array into a probe, at most `most`. Arrays that cannot be read tell nothing.
void probe_array(const npz::NpzFile& file, const std::string& name, std::size_t most, AxisProbe& probe) {
  auto array = file.read(name);
  if (!array || array->header().element_count == 0 || !npz::is_number(array->header().type)) return;
  const auto& header = array->header();
  auto layout = choose_layout(header.shape, SideArrays{}, LabelMaps::No);
  if (!layout) return;
  layout->settle('N');
  MemoryBudget unlimited(0);
  auto planes =
      PlaneReader::make(array->data(), *layout, header.type,
                        header.fortran_order ? MemoryOrder::Fortran : MemoryOrder::C, npz::kLimits, unlimited);
  if (!planes) return;
  const bool is_bool = header.type.kind == npz::ElementKind::Bool;
  RunEncoder encoder(header.type, {is_bool ? ValueRule::Kind::NonZero : ValueRule::Kind::Auto});
  PlaneRuns runs;
  for (std::size_t i = 0; i < most && !probe.is_ready(); ++i) {
    const auto plane = planes->next();
    if (!plane || !*plane) return;
    encoder.encode((*plane)->view, runs);
    probe.add(runs);
  }
}

/// Keys of consecutive frames hold masks that cover each other; keys of objects do not.
KeyRoles roles_by_masks(const npz::NpzFile& file, KeyFamily family, std::size_t position) {
  std::ranges::stable_sort(family, {}, [&](const NumberedKey& key) { return key.numbers[position]; });
  AxisProbe probe(family.size());
  for (const auto& key : family) {
    if (probe.is_ready()) break;
    probe_array(file, key.name, 1, probe);
  }
  if (!probe.has_seen_pairs() || probe.decide(true) == 'T') return {position, {}, false};
  return {{}, position, true};
}

/// True if each array of the family has axes besides rows and columns.
bool has_inner_axis(const npz::NpzFile& file, const KeyFamily& family) {
  for (const auto& key : family) {
    const auto reader = file.read(key.name);
    if (!reader || reader->header().element_count == 0) continue;
    const auto& shape = reader->header().shape;
    return std::ranges::count_if(shape, [](std::uint64_t size) { return size != 1; }) > 2;
  }
  return false;
}

/// True if the inner axis of the arrays is that of frames: all have the same length, and the masks along it cover each
/// other.
bool is_inner_axis_time(const npz::NpzFile& file, const KeyFamily& family) {
  std::optional<std::vector<std::uint64_t>> shape;
  const NumberedKey* first = nullptr;
  for (const auto& key : std::span(family).first(std::min(family.size(), kLooked))) {
    const auto reader = file.read(key.name);
    if (!reader) return false;
    if (shape.value_or(reader->header().shape) != reader->header().shape) return false;
    if (!shape && reader->header().element_count > 0) {
      shape = reader->header().shape;
      first = &key;
    }
  }
  if (first == nullptr) return false;
  AxisProbe probe(kLooked);
  probe_array(file, first->name, kLooked, probe);
  return probe.has_seen_pairs() && probe.decide(true) == 'T';
}

/// How well masks cover each other along one number of the keys, while the other one stays.
double overlap_along(const npz::NpzFile& file, KeyFamily family, std::size_t varying, std::size_t other) {
  std::ranges::stable_sort(family, {},
                           [&](const NumberedKey& key) { return std::pair(key.numbers[other], key.numbers[varying]); });
  AxisProbe probe(family.size());
  for (const auto& key : std::span(family).first(std::min(family.size(), kLooked))) {
    if (probe.is_ready() || key.numbers[other] != family.front().numbers[other]) break;
    probe_array(file, key.name, 1, probe);
  }
  return probe.overlap();
}

/// The words that belong to a number stand before it, unless only those behind it say anything: "12_mask".
const std::string& words_of_number(const KeyFamily& family, std::size_t position) {
  const auto& texts = family.front().texts;
  const bool are_behind = words_of(texts.front()).empty() && !words_of(texts.back()).empty();
  return texts[position + (are_behind ? 1 : 0)];
}

std::optional<KeyRoles> roles_of_one(const npz::NpzFile& file, const KeyFamily& family, std::size_t position,
                                     const std::string& wanted_axes) {
  const auto& text = words_of_number(family, position);
  if (wanted_axes == "T") return KeyRoles{position, {}};
  if (wanted_axes == "N") return KeyRoles{{}, position};
  if (says_object(text) && !says_frame(text)) return KeyRoles{{}, position};
  // Tools pad the numbers of frames, as in "00012".
  const bool is_padded = family.front().name.find("00") != std::string::npos;
  if (says_frame(text) || is_padded) return KeyRoles{position, {}};
  if (has_inner_axis(file, family)) {
    return is_inner_axis_time(file, family) ? KeyRoles{{}, position} : KeyRoles{position, {}};
  }
  return family.size() == 1 ? std::nullopt : std::optional(roles_by_masks(file, family, position));
}

/// Without words, the first number is that of the frame, unless the masks clearly say otherwise.
KeyRoles roles_of_two(const npz::NpzFile& file, const KeyFamily& family, std::size_t first, std::size_t second,
                      const std::string& wanted_axes) {
  const auto& first_text = words_of_number(family, first);
  const auto& second_text = words_of_number(family, second);
  const KeyRoles frame_first{first, second};
  const KeyRoles object_first{second, first};
  if (wanted_axes == "TN") return frame_first;
  if (wanted_axes == "NT") return object_first;
  if (says_frame(first_text)) return frame_first;
  if (says_frame(second_text) || says_object(first_text)) return object_first;
  if (says_object(second_text)) return frame_first;
  constexpr double kSurely = 0.3;
  const auto along_second = overlap_along(file, family, second, first);
  if (along_second < kSurely || along_second < 2 * overlap_along(file, family, first, second)) return frame_first;
  auto roles = object_first;
  roles.is_guess = true;
  return roles;
}

}  // namespace

std::optional<KeyRoles> find_key_roles(const npz::NpzFile& file, const KeyFamily& family,
                                       const std::string& wanted_axes) {
  const auto count = family.front().numbers.size();
  std::vector<std::size_t> positions;
  for (std::size_t i = 0; i < count; ++i) {
    if (varies(family, i)) positions.push_back(i);
  }
  if (positions.empty() && family.size() == 1) positions.push_back(count - 1);
  // "0_1", "1_1": the object is the same in all keys.
  if (positions.size() == 1 && count == 2 && positions[0] == 0) positions = {0, 1};
  if (positions.size() == 1) return roles_of_one(file, family, positions[0], wanted_axes);
  if (positions.size() != 2) return std::nullopt;
  return roles_of_two(file, family, positions[0], positions[1], wanted_axes);
}

}  // namespace sam2::masks
