// SPDX-License-Identifier: LGPL-2.1-or-later
#include "masks/mask_assembler.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <span>
#include <tuple>

#include "base/text.hpp"

namespace sam2::masks {
namespace {

/// Makes a mask of the spans with values above `cut`, row by row. Touching spans merge.
void to_mask(std::span<const ValueSpan> spans, std::int32_t cut, runs::RunMask& mask) {
  mask.reset(spans.empty() ? 0 : spans.front().row);
  for (const auto& span : spans) {
    if (cut > 0 && span.value <= cut) continue;
    while (mask.bottom() < span.row) mask.end_row();
    mask.add_span(span.begin, span.end);
  }
  if (!spans.empty()) mask.end_row();
}

/// True for a grey picture of a mask: most of it is bright, and the other values are thin rims, as blurring and JPEG
/// leave them. Labels fill areas instead.
bool is_grey_picture(const PlaneRuns& runs) {
  constexpr std::int32_t kBright = 200;
  constexpr std::size_t kShades = 4;
  constexpr double kRimWidth = 3;
  std::set<std::int32_t> shades;
  std::uint64_t bright = 0;
  std::uint64_t dim = 0;
  std::uint64_t dim_spans = 0;
  for (const auto& span : runs.spans) {
    const auto length = static_cast<std::uint64_t>(span.end - span.begin);
    if (span.value < 0 || span.value > 255) return false;
    if (span.value >= kBright) {
      bright += length;
    } else {
      shades.insert(span.value);
      dim += length;
      ++dim_spans;
    }
  }
  return shades.size() >= kShades && bright > 0 &&
         static_cast<double>(dim) < kRimWidth * static_cast<double>(dim_spans);
}

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
  open_axis_ = probe_.decide(labels_ == LabelMaps::Possible);
  layout_.settle(open_axis_);
  if (probe_.is_guess()) warn_of_guess(probe_.has_seen_pairs());
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

void MaskAssembler::warn_of_guess(bool is_by_overlap) {
  const auto axes = layout_.axes();
  const std::string meaning = open_axis_ == 'N' ? "objects of one image" : "frames";
  const std::string other = open_axis_ == 'N' ? "axes=THW if they are frames" : "axes=NHW if they are objects";
  warnings_.push_back(
      {ErrorCode::Settings, "the planes of shape " + shape_text(layout_.shape()) + " were taken as " + meaning + " (" +
                                axes + "), since " +
                                (is_by_overlap ? "their masks do not cover each other" : "the first planes are empty") +
                                "; set " + other + ", or axes=" + axes + " to confirm"});
}

/// The layout is known: makes the entries, and the objects as far as the array's shape tells them.
Result<void> MaskAssembler::begin() {
  SAM2_TRY(fit_side_arrays(layout_, side_));
  const runs::Size size{static_cast<std::int32_t>(layout_.size_of('W')),
                        static_cast<std::int32_t>(layout_.size_of('H'))};
  builder_.set_kind(size, layout_.is_still(), layout_.axes());
  builder_.set_fps(side_.fps);
  builder_.set_identity(side_.has_identity);
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
  if (labels_ != LabelMaps::No) return {};
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
  if (!are_tables_matched_) match_tables(0);
  to_mask(runs.spans, grey_cut_, mask_);
  if (mask_.empty()) return {};
  return add_mask(
      frame, layout_.has('K') ? pair_objects_[frame] : SAM2_TRY(object_in_slot(static_cast<std::int64_t>(object))));
}

Result<void> MaskAssembler::add_mask(std::uint64_t frame, const ObjectInfo* object) {
  MaskSetBuilder::Remarks remarks;
  const auto slot = static_cast<std::uint64_t>(object->slot);
  if (scores_) remarks.score = scores_->row(frame, slot)[0];
  if (centroids_) {
    const auto row = centroids_->row(frame, slot);
    if (std::isfinite(row[0]) && std::isfinite(row[1])) remarks.centroid = {row[0], row[1]};
  }
  return builder_.add_mask(entry_of(frame), object, mask_, remarks);
}

/// The first plane that is not empty decides: 255 alone means "true", grey pictures are cut in the middle, and all
/// other values are labels.
void MaskAssembler::decide_labels(const PlaneRuns& runs) {
  if (labels_ != LabelMaps::Possible) return;
  const bool is_grey = !runs.is_thresholded && is_grey_picture(runs);
  const bool is_binary = is_grey || runs.is_thresholded ||
                         std::ranges::all_of(runs.spans, [](const ValueSpan& span) { return span.value == 255; });
  labels_ = is_binary ? LabelMaps::No : LabelMaps::Yes;
  are_labels_guessed_ = !is_binary;
  if (is_binary) drop_ids_of_others();
  if (!is_grey) return;
  grey_cut_ = 127;
  warnings_.push_back({ErrorCode::Format,
                       "the masks are grey pictures: values above 127 were taken as object; save masks without "
                       "smoothing or JPEG, or set values=labels if the values are labels"});
}

/// 255 beside small labels marks pixels that count as no object, as in DAVIS and Pascal VOC.
bool MaskAssembler::is_void(std::int32_t value) {
  constexpr std::int32_t kVoid = 255;
  constexpr std::int32_t kSmallLabels = 100;
  if (value < kVoid) largest_label_ = std::max(largest_label_, value);
  const bool is_void = are_labels_guessed_ && value == kVoid && largest_label_ > 0 && largest_label_ <= kSmallLabels;
  if (!is_void || is_void_reported_) return is_void;
  is_void_reported_ = true;
  warnings_.push_back({ErrorCode::Format, "the value 255 beside labels up to " + std::to_string(largest_label_) +
                                              " was taken as no object; set values=labels if it is one"});
  return true;
}

Result<void> MaskAssembler::place_labels(std::size_t entry, const PlaneRuns& runs) {
  if (runs.rounded) {
    return Error{ErrorCode::Settings,
                 "values=labels, but there are values that are not whole numbers; set values=logits or probabilities"};
  }
  if (runs.clipped) {
    return Error{ErrorCode::Format, "a label is above 2147483647; set values=binary where non-zero means object"};
  }
  sorted_ = runs.spans;
  std::ranges::sort(sorted_, {}, [](const ValueSpan& span) { return std::tie(span.value, span.row, span.begin); });
  const auto slots = static_cast<std::uint64_t>(std::max(sorted_.back().value, 0));
  if (!are_tables_matched_ || slots > slot_count_) match_tables(slots);
  for (std::span<const ValueSpan> left = sorted_; !left.empty();) {
    const auto value = left.front().value;
    const auto end = std::ranges::find_if(left, [=](const ValueSpan& span) { return span.value != value; });
    const auto count = static_cast<std::size_t>(end - left.begin());
    if (value > 0 && !is_void(value)) {
      to_mask(left.first(count), 0, mask_);
      const auto* const object = SAM2_TRY(object_in_slot(std::int64_t{value} - 1));
      SAM2_TRY(add_mask(entry, object));
    }
    left = left.subspan(count);
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

/// The slot of a label is its value - 1. If a palette would repeat a colour although it has others left, the label gets
/// another colour than its slot's.
std::int64_t MaskAssembler::free_color(std::int64_t slot) const {
  // Lengths of the palettes tab10, sam2 and tab20.
  constexpr std::int64_t kLengths[] = {10, 9, 20};
  const auto count = static_cast<std::int64_t>(colors_.size());
  const auto is_free = [&](std::int64_t color) {
    return std::ranges::all_of(kLengths, [&](std::int64_t length) {
      return count >= length ||
             std::ranges::none_of(colors_, [&](std::int64_t used) { return used % length == color % length; });
    });
  };
  if (is_free(slot)) return slot;
  constexpr std::int64_t kTried = 180;  // all combinations of the lengths
  for (std::int64_t color = 0; color < kTried; ++color) {
    if (is_free(color)) return color;
  }
  return slot;
}

Result<const ObjectInfo*> MaskAssembler::object_in_slot(std::int64_t slot) {
  if (const auto known = slot_objects_.find(slot); known != slot_objects_.end()) return known->second;
  auto info = describe(slot);
  if (labels_ == LabelMaps::Yes) {
    info.color = free_color(slot);
    // More labels than any palette has colours need no look-up.
    if (colors_.size() < 20) colors_.push_back(info.color);
  }
  const auto* const object = SAM2_TRY(builder_.add_object(std::move(info)));
  slot_objects_.emplace(slot, object);
  return object;
}

ObjectInfo MaskAssembler::describe(std::int64_t slot) const {
  ObjectInfo info{slot, static_cast<std::int32_t>(slot + 1), {}, slot};
  const auto index = static_cast<std::size_t>(slot);
  if (side_.ids && index < side_.ids->values.size()) info.id = static_cast<std::int32_t>(side_.ids->values[index]);
  if (index < side_.labels.by_slot.size()) info.label = side_.labels.by_slot[index];
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

/// `slots`: how many slots label maps are known to use; other layouts tell it by themselves.
void MaskAssembler::match_tables(std::uint64_t slots) {
  are_tables_matched_ = true;
  slot_count_ = slots;
  centroids_ = match(side_.centroids, 2, "centroids are computed");
  scores_ = match(side_.scores, 1, "scores are unknown");
}

std::optional<MaskTable> MaskAssembler::match(const std::optional<NamedTable>& table, std::uint64_t row_size,
                                              const char* what) {
  if (!table || misfits_.contains(table->name)) return std::nullopt;
  auto matched = MaskTable::match(*table, row_size, layout_, labels_, slot_count_);
  if (!matched) {
    misfits_.insert(table->name);
    const auto objects = labels_ == LabelMaps::No ? builder_.set()->object_count() : slot_count_;
    warnings_.push_back({ErrorCode::Format, "array '" + table->name + "' is ignored: its shape " +
                                                shape_text(table->shape) + " does not fit masks of shape " +
                                                shape_text(layout_.shape()) + " with " + std::to_string(objects) +
                                                " objects; " + what});
  }
  return matched;
}

Result<void> MaskAssembler::finish() {
  if (layout_.is_open()) SAM2_TRY(settle());
  if (!are_tables_matched_) match_tables(0);
  builder_.publish_all();
  return {};
}

}  // namespace sam2::masks
