// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "masks/mask_set_builder.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <type_traits>
#include <utility>

namespace sam2::masks {

void MaskSetBuilder::set_kind(runs::Size size, bool still, std::string axes) {
  set_->size_ = size;
  set_->still_ = still;
  set_->axes_ = std::move(axes);
}

Result<void> MaskSetBuilder::add_entries(std::vector<std::int64_t> frame_numbers) {
  const auto bytes = frame_numbers.size() * (sizeof(frame_numbers[0]) + sizeof(set_->entries_[0]));
  SAM2_TRY(budget_.take(bytes));
  set_->frame_numbers_ = std::move(frame_numbers);
  set_->entries_.resize(set_->frame_numbers_.size());
  set_->store_bytes_ += bytes;
  return {};
}

Result<void> MaskSetBuilder::set_timestamps(std::vector<std::int64_t> timestamps) {
  const auto bytes = timestamps.size() * sizeof(timestamps[0]);
  SAM2_TRY(budget_.take(bytes));
  set_->timestamps_ = std::move(timestamps);
  set_->store_bytes_ += bytes;
  return {};
}

Result<const ObjectInfo*> MaskSetBuilder::add_object(ObjectInfo object) {
  const auto bytes = sizeof(ObjectInfo) + object.label.size();
  SAM2_TRY(budget_.take(bytes));
  set_->store_bytes_ += bytes;
  const std::lock_guard lock(set_->objects_mutex_);
  return &set_->objects_.emplace_back(std::move(object));
}

Result<void> MaskSetBuilder::add_mask(std::size_t entry, const ObjectInfo* object, const runs::RunMask& mask,
                                      const Remarks& remarks) {
  if (mask.empty()) return {};
  auto& words = set_->words_;
  const auto props = region_props(mask);
  const auto& box = props.box;
  const auto word_count = mask.spans().size() * 2 + static_cast<std::uint64_t>(box.height);
  const auto bytes = sizeof(StoredMask) + (remarks.score ? sizeof(double) : 0) + word_count * sizeof(std::uint16_t);
  // What can be dropped need not fit.
  if (!can_drop_) SAM2_TRY(budget_.take(bytes));
  const PackedPlace place(words.current_index(), words.current().append(mask, box));
  const auto narrow = [](std::int32_t side) { return static_cast<std::uint16_t>(side); };
  const StoredProps stored{static_cast<std::uint32_t>(props.area),
                           remarks.centroid.value_or(props.centroid),
                           {narrow(box.left), narrow(box.top), narrow(box.width), narrow(box.height)}};
  pending_[entry].push_back(
      {{object, stored, place}, remarks.score.value_or(std::numeric_limits<double>::quiet_NaN())});
  set_->store_bytes_ += bytes;
  return {};
}

void MaskSetBuilder::set_reader(std::unique_ptr<StretchReader> reader, std::uint64_t most_bytes) {
  set_->words_.set_reader(std::move(reader), most_bytes);
  can_drop_ = true;
}

void MaskSetBuilder::publish(std::size_t end) {
  const auto slot = [](const PendingMask& pending) { return pending.mask.object->slot; };
  for (auto i = set_->published_count(); i < end; ++i) {
    if (const auto found = pending_.find(i); found != pending_.end()) {
      auto& masks = found->second;
      // The last one of an object counts; so it becomes the first, and the others go.
      std::ranges::reverse(masks);
      std::ranges::stable_sort(masks, {}, slot);
      masks.erase(std::unique(masks.begin(), masks.end(),
                              [&](const PendingMask& a, const PendingMask& b) { return slot(a) == slot(b); }),
                  masks.end());
      store(masks, set_->entries_[i]);
      pending_.erase(found);
    }
    set_->published_.store(i + 1, std::memory_order_release);
  }
}

/// Moves the masks of an entry to where they stay.
void MaskSetBuilder::store(std::vector<PendingMask>& masks, MaskSet::Entry& entry) {
  entry.count = static_cast<std::uint32_t>(masks.size());
  auto* const stored = set_->stored_masks_.take(masks.size());
  std::ranges::transform(masks, stored, &PendingMask::mask);
  entry.masks = stored;
  if (std::ranges::all_of(
          masks, [](double score) { return std::isnan(score); }, &PendingMask::score))
    return;
  auto* const scores = set_->stored_scores_.take(masks.size());
  std::ranges::transform(masks, scores, &PendingMask::score);
  entry.scores = scores;
}

void MaskSetBuilder::cut_out(std::size_t begin, std::size_t end) {
  publish(end);
  const auto cut = [&](auto& values) {
    if (values.empty()) return;
    const auto at = [&](std::size_t entry) {
      return std::make_move_iterator(values.begin() + static_cast<std::ptrdiff_t>(entry));
    };
    values = std::remove_cvref_t<decltype(values)>(at(begin), at(end));
  };
  cut(set_->frame_numbers_);
  cut(set_->timestamps_);
  cut(set_->entries_);
  set_->first_entry_ = begin;
}

}  // namespace sam2::masks
