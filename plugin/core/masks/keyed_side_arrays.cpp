// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "masks/keyed_side_arrays.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/checked_math.hpp"
#include "masks/key_words.hpp"
#include "masks/mask_type.hpp"
#include "npz/small_array.hpp"

namespace sam2::masks {
namespace {

/// What the arrays of all frames become together.
class KeyedSideReader {
 public:
  KeyedSideReader(const npz::NpzFile& file, const KeyedArrays& arrays, std::uint64_t planes, SideArrays& side,
                  MemoryBudget& budget)
      : file_(file), arrays_(arrays), planes_(static_cast<std::size_t>(planes)), side_(side), budget_(budget) {
    for (const auto& member : arrays.members) {
      frames_.emplace(member.number, member.frame);
      masks_.insert(member.name);
    }
  }

  Result<void> read() {
    for (const auto& name : file_.names()) {
      const auto frame = masks_.contains(name) ? std::nullopt : frame_of(name);
      if (frame) SAM2_TRY(read_array(name, *frame));
    }
    finish();
    return {};
  }

 private:
  std::optional<std::size_t> frame_of(const std::string& name) const {
    if (!says_ids(name) && !says_scores(name) && !says_labels(name)) return std::nullopt;
    const auto key = parse_key(name);
    if (!key || key->numbers.size() <= arrays_.frame_position) return std::nullopt;
    const auto found = frames_.find(key->numbers[arrays_.frame_position]);
    return found == frames_.end() ? std::nullopt : std::optional(found->second);
  }

  Result<void> read_array(const std::string& name, std::size_t frame) {
    auto reader = file_.read(name);
    if (!reader) return {};
    const auto& header = reader->header();
    const bool is_number = npz::is_number(header.type);
    const bool is_useful =
        npz::is_list(header) && header.element_count <= planes_ && (is_number || npz::is_text(header.type));
    if (!is_useful) return {};
    const auto array = npz::read_small_array(*reader, npz::kLimits, budget_);
    if (!array) return array.error().within(quoted(name));
    if (!is_number) return says_labels(name) ? take_labels(*array, frame) : Result<void>();
    if (says_scores(name)) return take_scores(*array, frame);
    return says_ids(name) && !says_labels(name) ? take_ids(*array, frame, name) : Result<void>();
  }

  /// A table of one element for each plane of each frame.
  template <typename Element>
  Result<void> make_table(std::vector<Element>& table, Element empty) {
    if (!table.empty()) return {};
    const auto count = checked_mul(arrays_.frames.size(), planes_);
    if (!count || *count > npz::kLimits.planes) return Error{ErrorCode::NoSpace, "there are too many frames x objects"};
    SAM2_TRY(budget_.take(*count * sizeof(Element)));
    table.assign(static_cast<std::size_t>(*count), empty);
    return {};
  }

  Result<void> take_ids(const npz::SmallArray& array, std::size_t frame, const std::string& name) {
    const auto ids = npz::to_integers(array);
    const auto fits = [](std::int64_t id) { return std::in_range<std::int32_t>(id); };
    if (!ids || !std::ranges::all_of(*ids, fits)) {
      are_ids_broken_ = true;
      return {};
    }
    if (ids_name_.empty()) ids_name_ = name;
    SAM2_TRY(make_table(ids_, std::int64_t{-1}));
    std::ranges::copy(*ids, ids_.begin() + static_cast<std::ptrdiff_t>(frame * planes_));
    return {};
  }

  Result<void> take_scores(const npz::SmallArray& array, std::size_t frame) {
    SAM2_TRY(make_table(scores_, std::numeric_limits<double>::quiet_NaN()));
    std::ranges::copy(npz::to_numbers(array), scores_.begin() + static_cast<std::ptrdiff_t>(frame * planes_));
    return {};
  }

  Result<void> take_labels(const npz::SmallArray& array, std::size_t frame) {
    SAM2_TRY(make_table(labels_, std::string()));
    std::ranges::copy(npz::to_texts(array), labels_.begin() + static_cast<std::ptrdiff_t>(frame * planes_));
    return {};
  }

  void finish() {
    if (are_ids_broken_) {
      side_.warnings.push_back({ErrorCode::Format,
                                "the ids of some frames are no whole numbers of 32 bits; the ids of "
                                "all frames are ignored"});
    } else if (!ids_.empty() && !side_.ids) {
      set_plane_ids({ids_name_, arrays_.frames.size(), planes_, std::move(ids_), std::move(labels_)}, side_);
    }
    if (!scores_.empty() && !side_.scores) {
      side_.scores = NamedTable{"scores in the keys", {arrays_.frames.size(), planes_}, std::move(scores_)};
    }
  }

  const npz::NpzFile& file_;
  const KeyedArrays& arrays_;
  std::size_t planes_;
  SideArrays& side_;
  MemoryBudget& budget_;
  std::unordered_map<std::int64_t, std::size_t> frames_;
  std::unordered_set<std::string> masks_;
  std::string ids_name_;
  std::vector<std::int64_t> ids_;
  std::vector<double> scores_;
  std::vector<std::string> labels_;
  bool are_ids_broken_ = false;
};

}  // namespace

Result<void> read_keyed_side_arrays(const npz::NpzFile& file, const KeyedArrays& arrays, std::uint64_t planes,
                                    SideArrays& side, MemoryBudget& budget) {
  if (arrays.by != KeyedArrays::By::Frame || planes == 0) return {};
  return KeyedSideReader(file, arrays, planes, side, budget).read();
}

}  // namespace sam2::masks
