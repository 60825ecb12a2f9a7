// SPDX-License-Identifier: LGPL-2.1-or-later
#include "masks/keyed_arrays.hpp"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "masks/array_shape.hpp"
#include "masks/axis_probe.hpp"
#include "masks/key_words.hpp"
#include "masks/plane_coder.hpp"
#include "masks/plane_reader.hpp"
#include "npz/small_array.hpp"

namespace sam2::masks {
namespace {

using Family = std::vector<NumberedKey>;

bool varies(const Family& family, std::size_t position) {
  return std::ranges::any_of(
      family, [&](const NumberedKey& key) { return key.numbers[position] != family.front().numbers[position]; });
}

/// Positions of the numbers in the keys of a family that are those of frames and objects.
struct Roles {
  std::optional<std::size_t> frame;
  std::optional<std::size_t> object;
  bool is_guess = false;  ///< only the masks decided, and they left doubt
};

/// Reads the planes of an array into a probe. Arrays that cannot be read tell nothing.
void probe_array(const npz::NpzFile& file, const std::string& name, AxisProbe& probe) {
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
  const bool is_float = header.type.kind == npz::ElementKind::Float;
  PlaneCoder coder(header.type, {is_float ? Coding::Kind::Guess : Coding::Kind::Values});
  PlaneRuns runs;
  if (const auto plane = planes->next(); plane && *plane) {
    coder.code((*plane)->view, runs);
    probe.add(runs);
  }
}

/// Keys of consecutive frames hold masks that cover each other; keys of objects do not.
Roles roles_by_masks(const npz::NpzFile& file, Family family, std::size_t position) {
  std::ranges::stable_sort(family, {}, [&](const NumberedKey& key) { return key.numbers[position]; });
  AxisProbe probe;
  for (const auto& key : family) {
    if (probe.is_ready()) break;
    probe_array(file, key.name, probe);
  }
  if (!probe.has_seen_pairs() || probe.decide(true) == 'T') return {position, {}, false};
  return {{}, position, true};
}

/// True if each array of the family has axes besides rows and columns.
bool has_inner_axis(const npz::NpzFile& file, const Family& family) {
  for (const auto& key : family) {
    const auto reader = file.read(key.name);
    if (!reader || reader->header().element_count == 0) continue;
    const auto& shape = reader->header().shape;
    return std::ranges::count_if(shape, [](std::uint64_t size) { return size != 1; }) > 2;
  }
  return false;
}

std::optional<Roles> roles_of(const npz::NpzFile& file, const Family& family, char wanted_axis) {
  const auto& texts = family.front().texts;
  const auto count = family.front().numbers.size();
  std::vector<std::size_t> positions;
  for (std::size_t i = 0; i < count; ++i) {
    if (varies(family, i)) positions.push_back(i);
  }
  if (positions.empty() && family.size() == 1) positions.push_back(count - 1);
  // "0_1", "1_1": the object is the same in all keys.
  if (positions.size() == 1 && count == 2 && positions[0] == 0) positions = {0, 1};
  if (positions.size() == 1) {
    const auto position = positions[0];
    const auto& text = texts[position];
    if (wanted_axis == 'T') return Roles{position, {}};
    if (wanted_axis == 'N') return Roles{{}, position};
    if (says_object(text) && !says_frame(text)) return Roles{{}, position};
    // Tools pad the numbers of frames, as in "00012".
    const bool is_padded = family.front().name.find("00") != std::string::npos;
    if (says_frame(text) || is_padded || has_inner_axis(file, family)) return Roles{position, {}};
    return family.size() == 1 ? std::nullopt : std::optional(roles_by_masks(file, family, position));
  }
  if (positions.size() != 2) return std::nullopt;
  const bool object_first = says_object(texts[positions[0]]) && !says_frame(texts[positions[0]]);
  return object_first ? Roles{positions[1], positions[0]} : Roles{positions[0], positions[1]};
}

/// True if the first array of the family that holds anything could be masks. Empty arrays have no say.
bool is_of_masks(const npz::NpzFile& file, const Family& family) {
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

/// The family that holds the masks, if exactly one can: families whose name says so come first.
const Family* choose(const npz::NpzFile& file, const std::map<std::vector<std::string>, Family>& families) {
  std::vector<const Family*> possible;
  for (const auto& [texts, family] : families) {
    const auto& name = family.front().name;
    const bool is_alone = family.size() == 1;
    if (is_alone && !says_object(name) && !says_frame(name)) continue;
    if (says_other(name) && !says_mask(name)) continue;
    if (is_of_masks(file, family)) possible.push_back(&family);
  }
  const auto named = std::ranges::count_if(possible, [](const Family* f) { return says_mask(f->front().name); });
  if (named > 0) std::erase_if(possible, [](const Family* f) { return !says_mask(f->front().name); });
  if (possible.size() > 1) std::erase_if(possible, [](const Family* f) { return f->size() == 1; });
  return possible.size() == 1 ? possible[0] : nullptr;
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

namespace {

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

}  // namespace

std::optional<KeyedArrays> find_keyed_arrays(const npz::NpzFile& file, char wanted_axis) {
  std::map<std::vector<std::string>, Family> families;
  for (const auto& name : file.names()) {
    if (auto key = parse_key(name)) families[key->texts].push_back(std::move(*key));
  }
  const auto* const family = choose(file, families);
  if (family == nullptr) return std::nullopt;
  const auto found = roles_of(file, *family, wanted_axis);
  if (!found) return std::nullopt;
  const auto& roles = *found;

  KeyedArrays arrays;
  arrays.is_guess = roles.is_guess;
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
  arrays.frames = counted(std::move(arrays.frames));
  std::ranges::stable_sort(arrays.members, {},
                           [](const KeyedArrays::Member& member) { return std::tie(member.frame, member.object); });
  return arrays;
}

KeyedArrays name_objects(const std::vector<std::string>& names) {
  KeyedArrays arrays;
  arrays.by = KeyedArrays::By::Object;
  arrays.labels = names;
  for (std::size_t i = 0; i < names.size(); ++i) {
    arrays.objects.push_back(static_cast<std::int64_t>(i) + 1);
    arrays.members.push_back({names[i], 0, i});
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
