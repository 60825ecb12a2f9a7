// SPDX-License-Identifier: LGPL-2.1-or-later
#include "masks/mask_set_builder.hpp"

#include <algorithm>
#include <limits>
#include <numeric>
#include <utility>

namespace sam2::masks {

void MaskSetBuilder::set_kind(Size size, bool still, std::string axes) {
  set_->size_ = size;
  set_->still_ = still;
  set_->axes_ = std::move(axes);
}

Result<void> MaskSetBuilder::add_entry(std::int64_t frame_number) {
  SAM2_TRY(budget_.take(sizeof(Entry)));
  set_->entries_.push_back({frame_number, 0, 0});
  return {};
}

Result<void> MaskSetBuilder::set_timestamps(std::vector<std::int64_t> timestamps) {
  SAM2_TRY(budget_.take(timestamps.size() * sizeof(timestamps[0])));
  set_->timestamps_ = std::move(timestamps);
  return {};
}

Result<std::uint32_t> MaskSetBuilder::add_object(ObjectInfo object) {
  SAM2_TRY(budget_.take(sizeof(ObjectInfo) + object.label.size()));
  set_->objects_.push_back(std::move(object));
  return static_cast<std::uint32_t>(set_->objects_.size() - 1);
}

Result<void> MaskSetBuilder::add_mask(std::size_t entry, std::uint32_t object, const RunMask& mask) {
  if (mask.empty()) return {};
  const auto mask_moments = moments(mask);
  const auto words = mask.spans().size() * 2 + static_cast<std::uint64_t>(mask_moments.box.height);
  SAM2_TRY(budget_.take(sizeof(StoredMask) + sizeof(std::size_t) + words * sizeof(std::uint16_t)));
  set_->masks_.push_back({object, mask_moments, std::numeric_limits<double>::quiet_NaN(), set_->words_.size()});
  mask_entries_.push_back(entry);
  pack(mask, mask_moments.box);
  return {};
}

void MaskSetBuilder::pack(const RunMask& mask, const Box& box) {
  auto& words = set_->words_;
  for (auto y = box.top; y < box.top + box.height; ++y) {
    const auto spans = mask.row(y);
    words.push_back(static_cast<std::uint16_t>(spans.size()));
    for (const auto& span : spans) {
      words.push_back(static_cast<std::uint16_t>(span.begin));
      words.push_back(static_cast<std::uint16_t>(span.end));
    }
  }
}

void MaskSetBuilder::sort_objects() {
  auto& objects = set_->objects_;
  std::vector<std::uint32_t> order(objects.size());
  std::iota(order.begin(), order.end(), 0u);
  std::ranges::stable_sort(order, {}, [&](std::uint32_t index) { return objects[index].slot; });

  std::vector<std::uint32_t> rank(objects.size());
  std::vector<ObjectInfo> sorted;
  sorted.reserve(objects.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) {
    rank[order[i]] = i;
    sorted.push_back(std::move(objects[order[i]]));
  }
  objects = std::move(sorted);
  for (auto& mask : set_->masks_) mask.object = rank[mask.object];
}

void MaskSetBuilder::sort_masks() {
  auto& masks = set_->masks_;
  const auto key = [&](std::size_t i) { return std::pair(mask_entries_[i], masks[i].object); };
  bool ascending = true;
  for (std::size_t i = 1; i < masks.size() && ascending; ++i) ascending = key(i - 1) < key(i);
  if (ascending) return;

  std::vector<std::size_t> order(masks.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, key);
  std::vector<StoredMask> sorted;
  std::vector<std::size_t> entries;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const bool is_replaced = i + 1 < order.size() && key(order[i]) == key(order[i + 1]);
    if (is_replaced) continue;
    sorted.push_back(masks[order[i]]);
    entries.push_back(mask_entries_[order[i]]);
  }
  masks = std::move(sorted);
  mask_entries_ = std::move(entries);
}

std::shared_ptr<const MaskSet> MaskSetBuilder::release() {
  std::size_t next = 0;
  for (std::size_t entry = 0; entry < set_->entries_.size(); ++entry) {
    const auto first = next;
    while (next < mask_entries_.size() && mask_entries_[next] == entry) ++next;
    set_->entries_[entry].first_mask = first;
    set_->entries_[entry].mask_count = static_cast<std::uint32_t>(next - first);
  }
  set_->words_.shrink_to_fit();
  set_->masks_.shrink_to_fit();
  mask_entries_.clear();
  return std::move(set_);
}

}  // namespace sam2::masks
