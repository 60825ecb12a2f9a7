// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "tracking/tracks.hpp"

#include <algorithm>
#include <numeric>
#include <string>

namespace sam2::tracking {
namespace {

/// What a track of the file's own ids takes: a node of a hash table.
constexpr std::uint64_t kFileTrackBytes = 48;

std::int64_t time_of(const masks::MaskSet& masks, std::size_t entry) {
  const auto index = entry - masks.first_entry();
  return masks.timestamps().empty() ? masks.frame_numbers()[index] : masks.timestamps()[index];
}

/// The entries in the order of their timestamps where there are any, else of their frame numbers. Empty if that is
/// their order in the set.
std::vector<std::uint32_t> order_of_time(const masks::MaskSet& masks) {
  const auto times = masks.timestamps().empty() ? masks.frame_numbers() : masks.timestamps();
  if (std::ranges::is_sorted(times)) return {};
  std::vector<std::uint32_t> order(times.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::stable_sort(order, {}, [&](std::size_t index) { return times[index]; });
  return order;
}

bool is_associated(const masks::MaskSet& masks, Tracking tracking) {
  return tracking == Tracking::Centroid || (tracking == Tracking::Auto && !masks.has_identity());
}

}  // namespace

Tracks::Tracks(std::shared_ptr<const masks::MaskSet> masks, Tracking tracking, std::uint64_t max_memory)
    : masks_(std::move(masks)), max_memory_(max_memory), order_(order_of_time(*masks_)), links_(masks_->entry_count()) {
  ranks_.resize(order_.size());
  for (std::size_t rank = 0; rank < order_.size(); ++rank) ranks_[order_[rank]] = static_cast<std::uint32_t>(rank);
  bytes_ = order_.size() * (sizeof(order_[0]) + sizeof(ranks_[0])) + links_.size() * sizeof(void*);
  if (is_associated(*masks_, tracking)) {
    association_.emplace([this](const masks::StoredMask& mask, runs::RunMask& into) { masks_->unpack(mask, into); });
  }
}

bool Tracks::is_ready(std::size_t entry) const {
  const auto first = masks_->first_entry();
  return entry >= first && entry - first < links_.size() && rank_of(entry) < ready_.load(std::memory_order_acquire) &&
         masks_->published_count() > entry;
}

std::optional<std::size_t> Tracks::entry_after(std::size_t entry) const {
  const auto next = rank_of(entry) + 1;
  return next < links_.size() ? std::optional(entry_of_rank(next)) : std::nullopt;
}

Result<void> Tracks::follow(End end, const std::atomic<bool>& is_cancelled) {
  const auto published = masks_->published_count();
  if (published == 0) return {};
  for (; added_ < links_.size(); ++added_) {
    if (is_cancelled.load(std::memory_order_relaxed)) return Error{ErrorCode::Cancelled, "tracking was cancelled"};
    const bool is_published = entry_of_rank(added_) < published;
    if (!is_published && end == End::Open) break;
    if (is_published) SAM2_TRY(add_entry(added_));
    // The one before it has all of its links now.
    ready_.store(added_, std::memory_order_release);
  }
  if (added_ == links_.size()) ready_.store(added_, std::memory_order_release);
  return {};
}

Result<void> Tracks::take_memory(std::uint64_t bytes) {
  bytes_ += bytes;
  // What is dropped makes room.
  if (max_memory_ == 0 || masks_->words().can_drop() || masks_->store_bytes() + bytes_ <= max_memory_) return {};
  return Error{ErrorCode::NoSpace, "the tracks do not fit beside the masks into max-memory, which is " +
                                       std::to_string(max_memory_) + " bytes; raise it"};
}

Result<void> Tracks::add_entry(std::size_t rank) {
  const auto entry = static_cast<std::uint32_t>(entry_of_rank(rank));
  const auto masks = masks_->masks(entry);
  SAM2_TRY(take_memory(masks.size() * sizeof(Link)));
  links_[entry - masks_->first_entry()] = stored_links_.take(masks.size());
  std::span<const std::uint32_t> numbers;
  if (association_) numbers = association_->add_entry(static_cast<double>(time_of(*masks_, entry)), masks);
  for (std::size_t i = 0; i < masks.size(); ++i) {
    // Association gives numbers without gaps, too.
    const auto track = association_ ? numbers[i] : number_of(masks[i].object);
    SAM2_TRY(add_mask(track, rank, {entry, static_cast<std::uint32_t>(i)}));
  }
  return {};
}

std::uint32_t Tracks::number_of(const masks::ObjectInfo* object) {
  return file_tracks_.try_emplace(object, static_cast<std::uint32_t>(identities_.size())).first->second;
}

Result<void> Tracks::begin_track(MaskRef mask) {
  const auto* object = this->mask(mask).object;
  if (association_) {
    const auto number = static_cast<std::int64_t>(identities_.size());
    object =
        &objects_.emplace_back(masks::ObjectInfo{number, static_cast<std::int32_t>(number + 1), object->label, number});
  }
  identities_.push_back({object, mask.entry});
  ends_.emplace_back();
  const auto object_bytes = association_ ? sizeof(masks::ObjectInfo) + object->label.size() : kFileTrackBytes;
  return take_memory(sizeof(Identity) + sizeof(TrackEnd) + object_bytes);
}

Result<void> Tracks::add_mask(std::uint32_t track, std::size_t rank, MaskRef mask) {
  auto& link = this->link(mask);
  link.track = track;
  if (track == identities_.size()) {
    SAM2_TRY(begin_track(mask));
  } else {
    const auto& end = ends_[track];
    link.previous_entry = end.mask.entry;
    link.previous = Index(end.mask.index);
    if (end.rank + 1 == rank) {
      this->link(end.mask).next = Index(mask.index);
    } else if (end.rank < rank) {
      SAM2_TRY(take_memory(sizeof(Gap)));
      const std::lock_guard lock(gaps_mutex_);
      gaps_.push_back({end.mask, mask});
    }
  }
  ends_[track] = {rank, mask};
  return {};
}

std::optional<MaskRef> Tracks::previous_of(MaskRef mask) const {
  const auto& found = link(mask);
  if (found.previous.is_none()) return std::nullopt;
  return find(found.previous_entry, found.previous, found.track);
}

std::optional<MaskRef> Tracks::next_of(MaskRef mask) const {
  const auto& found = link(mask);
  if (found.next.is_none()) return std::nullopt;
  return find(*entry_after(mask.entry), found.next, found.track);
}

MaskRef Tracks::find(std::size_t entry, Index index, std::uint32_t track) const {
  MaskRef mask{static_cast<std::uint32_t>(entry), index.value()};
  if (index.is_far()) {
    while (link(mask).track != track) ++mask.index;
  }
  return mask;
}

}  // namespace sam2::tracking
