// SPDX-License-Identifier: LGPL-2.1-or-later
#include "masks/mask_set_builder.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace sam2::masks {

void MaskSetBuilder::set_kind(runs::Size size, bool still, std::string axes) {
  set_->size_ = size;
  set_->still_ = still;
  set_->axes_ = std::move(axes);
}

Result<void> MaskSetBuilder::add_entries(std::vector<std::int64_t> frame_numbers) {
  const auto bytes = frame_numbers.size() * (sizeof(frame_numbers[0]) + sizeof(MaskSet::Entry));
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
  StoredMask stored{object, region_props(mask), remarks.score.value_or(std::numeric_limits<double>::quiet_NaN()), entry,
                    0};
  const auto& box = stored.props.box;
  const auto word_count = mask.spans().size() * 2 + static_cast<std::uint64_t>(box.height);
  SAM2_TRY(budget_.take(sizeof(StoredMask) + word_count * sizeof(std::uint16_t)));
  auto& [masks, words] = set_->entries_[entry];
  stored.first_word = words.size();
  pack(mask, box, words);
  if (remarks.centroid) stored.props.centroid = *remarks.centroid;
  masks.push_back(stored);
  return {};
}

void MaskSetBuilder::pack(const runs::RunMask& mask, const runs::Box& box, std::vector<std::uint16_t>& words) {
  for (auto y = box.top; y < box.top + box.height; ++y) {
    const auto spans = mask.row(y);
    words.push_back(static_cast<std::uint16_t>(spans.size()));
    for (const auto& span : spans) {
      words.push_back(static_cast<std::uint16_t>(span.begin));
      words.push_back(static_cast<std::uint16_t>(span.end));
    }
  }
}

void MaskSetBuilder::publish(std::size_t end) {
  const auto slot = [](const StoredMask& mask) { return mask.object->slot; };
  for (auto i = set_->published_count(); i < end; ++i) {
    auto& [masks, words] = set_->entries_[i];
    // The last one of an object counts; so it becomes the first, and the others go.
    std::ranges::reverse(masks);
    std::ranges::stable_sort(masks, {}, slot);
    masks.erase(std::unique(masks.begin(), masks.end(),
                            [&](const StoredMask& a, const StoredMask& b) { return slot(a) == slot(b); }),
                masks.end());
    masks.shrink_to_fit();
    words.shrink_to_fit();
    set_->store_bytes_ += masks.size() * sizeof(StoredMask) + words.size() * sizeof(words[0]);
    set_->published_.store(i + 1, std::memory_order_release);
  }
}

}  // namespace sam2::masks
