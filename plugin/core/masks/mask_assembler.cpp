// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "masks/mask_assembler.hpp"

#include <algorithm>
#include <numeric>
#include <optional>
#include <span>
#include <utility>

#include "base/text.hpp"
#include "masks/plane_masks.hpp"

namespace sam2::masks {
namespace {

/// What a pair costs while it is loaded: its entry and its object, twice in a tree.
constexpr std::uint64_t kPairBytes = 160;

}  // namespace

Result<MaskAssembler> MaskAssembler::make(Layout layout, LabelMaps labels, SideArrays& side, MemoryBudget& budget) {
  MaskAssembler assembler(std::move(layout), labels, side, budget);
  if (!assembler.layout_.is_open()) SAM2_TRY(assembler.begin());
  return assembler;
}

Result<void> MaskAssembler::add(std::uint64_t frame, std::uint64_t object, const PlaneRuns& runs) {
  if (open_axis_ == 'N') std::swap(frame, object);
  if (!layout_.is_open()) return place(frame, object, runs);
  probe_.add(runs);
  ++probed_planes_;
  SAM2_TRY(hold(frame, runs));
  return probe_.is_ready() ? settle() : Result<void>();
}

Result<void> MaskAssembler::hold(std::uint64_t index, const PlaneRuns& runs) {
  if (runs.spans.empty()) return {};
  SAM2_TRY(budget_.take(sizeof(HeldPlane) + runs.spans.size() * sizeof(ValueSpan)));
  held_.push_back({index, runs});
  return {};
}

Result<void> MaskAssembler::settle() {
  const bool may_be_labels = labels_ == LabelMaps::Possible;
  open_axis_ = probe_.decide(may_be_labels);
  auto frames_option = layout_.letters();
  std::ranges::replace(frames_option, Layout::kOpenAxis, 'T');
  layout_.settle(open_axis_);
  if (probe_.is_guess(may_be_labels)) builder_.set_axes_guess(make_guess(frames_option));
  SAM2_TRY(begin());
  const PlaneRuns nothing;
  auto next = held_.begin();
  for (std::uint64_t index = 0; index < probed_planes_; ++index) {
    const bool is_held = next != held_.end() && next->index == index;
    const auto& runs = is_held ? next->runs : nothing;
    SAM2_TRY(open_axis_ == 'N' ? place(0, index, runs) : place(index, 0, runs));
    if (!is_held) continue;
    budget_.give_back(sizeof(HeldPlane) + runs.spans.size() * sizeof(ValueSpan));
    ++next;
  }
  held_ = {};
  return {};
}

AxesGuess MaskAssembler::make_guess(const std::string& frames_option) const {
  auto objects_option = frames_option;
  std::ranges::replace(objects_option, 'T', 'N');
  const bool is_time = open_axis_ == 'T';
  const std::string reason = !probe_.has_seen_pairs()    ? "no two consecutive planes at the begin hold masks"
                             : layout_.prefers_objects() ? "their masks cover each other well"
                             : is_time                   ? "their masks cover each other"
                                                         : "their masks do not cover each other";
  return {
      open_axis_,
      layout_.size_of(open_axis_),
      frames_option,
      {ErrorCode::Settings,
       "the planes of shape " + shape_text(layout_.shape()) + " were taken as " +
           (is_time ? "frames" : "objects of one image") + " (" + layout_.axes() + "), since " + reason +
           "; set axes=" + (is_time ? objects_option + " if they are objects" : frames_option + " if they are frames") +
           ", or axes=" + (is_time ? frames_option : objects_option) + " to confirm"}};
}

/// The layout is known: makes the entries, and the objects as far as the array's shape tells them.
Result<void> MaskAssembler::begin() {
  SAM2_TRY(fit_side_arrays(layout_, side_));
  const runs::Size size{static_cast<std::int32_t>(layout_.size_of('W')),
                        static_cast<std::int32_t>(layout_.size_of('H'))};
  builder_.set_kind(size, layout_.is_still(), layout_.axes());
  builder_.set_fps(side_.fps);
  builder_.set_identity(side_.has_identity);
  builder_.set_low_resolution(side_.are_low_resolution);
  SAM2_TRY(layout_.has('K') ? begin_pairs() : begin_frames());
  is_begun_ = true;
  return {};
}

Result<void> MaskAssembler::begin_frames() {
  const auto frames = static_cast<std::size_t>(layout_.size_of('T'));
  SAM2_TRY(budget_.take(frames * sizeof(missing_planes_[0])));
  missing_planes_.assign(frames, layout_.size_of('N'));
  std::vector<std::int64_t> frame_numbers(frames);
  std::iota(frame_numbers.begin(), frame_numbers.end(), std::int64_t{0});
  SAM2_TRY(builder_.add_entries(side_.frame_numbers ? side_.frame_numbers->values : std::move(frame_numbers)));
  if (side_.timestamps) SAM2_TRY(builder_.set_timestamps(side_.timestamps->values));
  if (layout_.has_objects()) labels_ = LabelMaps::No;
  if (labels_ != LabelMaps::No || side_.plane_ids) return {};
  if (layout_.size_of('N') == 1) drop_ids_of_others();
  for (std::uint64_t slot = 0; slot < layout_.size_of('N'); ++slot) {
    SAM2_TRY(object_in_slot(static_cast<std::int64_t>(slot)));
  }
  return {};
}

/// Pairs with the same frame number make one entry, those with the same id one object.
Result<void> MaskAssembler::begin_pairs() {
  labels_ = LabelMaps::No;
  const auto& frame_numbers = side_.frame_numbers->values;
  const auto& ids = side_.ids->values;
  SAM2_TRY(budget_.take(ids.size() * kPairBytes));
  std::unordered_map<std::int64_t, std::size_t> entries;
  std::unordered_map<std::int64_t, const ObjectInfo*> objects;
  std::vector<std::int64_t> entry_numbers;
  std::vector<std::int64_t> timestamps;
  for (std::size_t pair = 0; pair < ids.size(); ++pair) {
    const auto [entry, is_new_entry] = entries.try_emplace(frame_numbers[pair], entries.size());
    if (is_new_entry) {
      entry_numbers.push_back(frame_numbers[pair]);
      missing_planes_.push_back(0);
      if (side_.timestamps) timestamps.push_back(side_.timestamps->values[pair]);
    }
    auto& object = objects[ids[pair]];
    if (object == nullptr) {
      object = SAM2_TRY(builder_.add_object(describe_pair(pair, static_cast<std::int64_t>(objects.size()) - 1)));
    }
    ++missing_planes_[entry->second];
    pair_entries_.push_back(entry->second);
    pair_objects_.push_back(object);
  }
  SAM2_TRY(builder_.add_entries(std::move(entry_numbers)));
  return side_.timestamps ? builder_.set_timestamps(std::move(timestamps)) : Result<void>();
}

Result<void> MaskAssembler::place(std::uint64_t frame, std::uint64_t object, const PlaneRuns& runs) {
  if (!runs.spans.empty()) SAM2_TRY(place_runs(frame, object, runs));
  complete_plane(entry_of(frame));
  return {};
}

void MaskAssembler::complete_plane(std::size_t entry) {
  --missing_planes_[entry];
  while (complete_entries_ < missing_planes_.size() && missing_planes_[complete_entries_] == 0) ++complete_entries_;
  builder_.publish(std::min(complete_entries_, missing_planes_.size() - 1));
}

Result<void> MaskAssembler::place_runs(std::uint64_t frame, std::uint64_t object, const PlaneRuns& runs) {
  decide_labels(runs);
  if (labels_ == LabelMaps::Yes) return place_labels(frame, runs);
  match_tables(0);
  to_mask(runs.spans, mask_);
  if (mask_.empty()) return {};
  if (layout_.has('K')) return add_mask(frame, 0, pair_objects_[frame]);
  const auto* const owner = side_.plane_ids ? SAM2_TRY(object_of_plane(frame, object))
                                            : SAM2_TRY(object_in_slot(static_cast<std::int64_t>(object)));
  return owner != nullptr ? add_mask(frame, object, owner) : Result<void>();
}

/// The object whose id the file has for the plane; nullptr if it has none.
Result<const ObjectInfo*> MaskAssembler::object_of_plane(std::uint64_t frame, std::uint64_t plane) {
  const auto& ids = *side_.plane_ids;
  const auto index = static_cast<std::size_t>(frame * ids.planes + plane);
  const auto id = ids.values[index];
  if (id == -1) return nullptr;
  auto& object = id_objects_[id];
  if (object == nullptr) {
    const auto slot = static_cast<std::int64_t>(id_objects_.size()) - 1;
    ObjectInfo info{slot, static_cast<std::int32_t>(id), {}, slot};
    if (index < ids.labels.size()) info.label = ids.labels[index];
    if (const auto label = side_.labels.by_id.find(id); label != side_.labels.by_id.end()) info.label = label->second;
    object = SAM2_TRY(builder_.add_object(std::move(info)));
  }
  return object;
}

/// `row_index`: of the frame's rows in arrays that have one for each object.
Result<void> MaskAssembler::add_mask(std::uint64_t frame, std::optional<std::uint64_t> row_index,
                                     const ObjectInfo* object) {
  const auto remarks = row_index ? tables_.remarks(frame, *row_index) : MaskSetBuilder::Remarks{};
  return builder_.add_mask(entry_of(frame), object, mask_, remarks);
}

/// The first plane that is not empty decides. A file of floats may show its labels later.
void MaskAssembler::decide_labels(const PlaneRuns& runs) {
  if (layout_.has_objects() || labels_ == LabelMaps::Yes) return;
  if (runs.are_labels) {
    labels_ = LabelMaps::Yes;
    are_labels_guessed_ = true;
    are_labels_from_0_ = runs.is_from_0;
  } else if (labels_ == LabelMaps::Possible) {
    labels_ = LabelMaps::No;
    drop_ids_of_others();
  }
}

/// The ids are the values of the label maps themselves if all values of the first one are among them. Otherwise id k
/// belongs to the label k + 1.
void MaskAssembler::match_ids(const PlaneRuns& runs) {
  if (std::exchange(are_ids_matched_, true) || !side_.ids) return;
  const auto& ids = side_.ids->values;
  are_ids_labels_ = are_labels_from_0_ || std::ranges::all_of(runs.spans, [&](const ValueSpan& span) {
                      return span.value <= 0 || std::ranges::find(ids, span.value) != ids.end();
                    });
  if (!are_ids_labels_ || are_labels_from_0_ || std::ranges::find(ids, 0) == ids.end()) return;
  warnings_.push_back({ErrorCode::Format, "array '" + printable(side_.ids->name) +
                                              "' has the id 0, which was taken for the background of the label maps: "
                                              "its other ids are the labels; leave 0 out to confirm"});
}

/// Row of the object in arrays that have one for each object; nullopt if they have none for it.
std::optional<std::uint64_t> MaskAssembler::row_of(std::int64_t slot) const {
  if (labels_ != LabelMaps::Yes || !are_ids_labels_) return static_cast<std::uint64_t>(slot);
  const auto& ids = side_.ids->values;
  const auto found = std::ranges::find(ids, id_of_label(slot));
  return found == ids.end() ? std::nullopt : std::optional(static_cast<std::uint64_t>(found - ids.begin()));
}

Result<void> MaskAssembler::place_labels(std::size_t entry, const PlaneRuns& runs) {
  if (runs.rounded) {
    return Error{ErrorCode::Settings,
                 "values=labels, but there are values that are not whole numbers; set values=logits or probabilities"};
  }
  if (runs.clipped) {
    return Error{ErrorCode::Format, "a label is above 2147483647; set values=binary where non-zero means object"};
  }
  match_ids(runs);
  sort_by_value(runs, sorted_);
  const auto slots =
      are_ids_labels_ ? side_.ids->values.size() : static_cast<std::uint64_t>(std::max(sorted_.back().value, 0));
  match_tables(slots);
  for (std::span<const ValueSpan> left = sorted_; !left.empty();) {
    const auto spans = take_first_value(left);
    const auto value = spans.front().value;
    const auto slot = std::int64_t{value} - 1;
    const auto label = static_cast<std::int32_t>(id_of_label(slot));
    if (value > 0 && !(are_labels_guessed_ && void_labels_.is_void(label))) {
      to_mask(spans, mask_);
      const auto* const object = SAM2_TRY(object_in_slot(slot));
      SAM2_TRY(add_mask(entry, row_of(slot), object));
    }
  }
  return {};
}

void MaskAssembler::drop_ids_of_others() {
  if (!side_.ids || side_.ids->values.size() == 1) return;
  side_.warnings.push_back(
      {ErrorCode::Format, "array '" + printable(side_.ids->name) + "' has " + std::to_string(side_.ids->values.size()) +
                              " elements, but the masks of shape " + shape_text(layout_.shape()) + ", read as " +
                              layout_.axes() + ", have 1 object; save as many, or set axes; it is ignored"});
  side_.ids.reset();
}

Result<const ObjectInfo*> MaskAssembler::object_in_slot(std::int64_t slot) {
  if (const auto known = slot_objects_.find(slot); known != slot_objects_.end()) return known->second;
  auto info = describe(slot);
  if (labels_ == LabelMaps::Yes) info.color = colors_.choose(slot);
  const auto* const object = SAM2_TRY(builder_.add_object(std::move(info)));
  slot_objects_.emplace(slot, object);
  return object;
}

ObjectInfo MaskAssembler::describe(std::int64_t slot) const {
  ObjectInfo info{slot, static_cast<std::int32_t>(id_of_label(slot)), {}, slot};
  const auto row = row_of(slot);
  if (side_.ids && row && *row < side_.ids->values.size()) info.id = static_cast<std::int32_t>(side_.ids->values[*row]);
  if (row && *row < side_.labels.by_slot.size()) info.label = side_.labels.by_slot[*row];
  if (const auto label = side_.labels.by_id.find(info.id); label != side_.labels.by_id.end()) {
    info.label = label->second;
  }
  return info;
}

ObjectInfo MaskAssembler::describe_pair(std::size_t pair, std::int64_t slot) const {
  auto info = describe(slot);
  info.id = static_cast<std::int32_t>(side_.ids->values[pair]);
  const bool one_label_a_pair = side_.labels.by_slot.size() == side_.ids->values.size();
  if (one_label_a_pair) info.label = side_.labels.by_slot[pair];
  if (const auto label = side_.labels.by_id.find(info.id); label != side_.labels.by_id.end()) {
    info.label = label->second;
  }
  return info;
}

void MaskAssembler::match_tables(std::uint64_t slots) {
  if (tables_.are_matched_for(slots)) return;
  tables_.match(side_, layout_, labels_, slots, builder_.set()->object_count(), warnings_);
}

Result<void> MaskAssembler::finish() {
  if (layout_.is_open()) SAM2_TRY(settle());
  match_tables(0);
  if (const auto warning = void_labels_.warning()) warnings_.push_back(*warning);
  builder_.publish_all();
  return {};
}

}  // namespace sam2::masks
