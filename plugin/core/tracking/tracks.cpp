// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tracking/tracks.hpp"

#include <algorithm>
#include <numeric>
#include <string>

namespace sam2::tracking {
namespace {

/// What a track of the file's own ids takes: itself in a node of a hash table.
constexpr std::uint64_t kFileTrackBytes = 96;

std::int64_t time_of(const masks::MaskSet& masks, std::size_t entry) {
  return masks.timestamps().empty() ? masks.frame_numbers()[entry] : masks.timestamps()[entry];
}

bool is_associated(const masks::MaskSet& masks, Tracking tracking) {
  return tracking == Tracking::Centroid || (tracking == Tracking::Auto && !masks.has_identity());
}

}  // namespace

std::vector<std::uint32_t> entries_by_time(const masks::MaskSet& masks) {
  std::vector<std::uint32_t> order(masks.entry_count());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::stable_sort(order, {}, [&](std::size_t entry) { return time_of(masks, entry); });
  return order;
}

Tracks::Tracks(std::shared_ptr<const masks::MaskSet> masks, Tracking tracking, std::uint64_t max_memory)
    : masks_(std::move(masks)),
      max_memory_(max_memory),
      order_(entries_by_time(*masks_)),
      rank_of_(order_.size()),
      links_(order_.size()) {
  for (std::size_t rank = 0; rank < order_.size(); ++rank) rank_of_[order_[rank]] = static_cast<std::uint32_t>(rank);
  bytes_ = order_.size() * (2 * sizeof(order_[0]) + sizeof(links_[0]));
  if (is_associated(*masks_, tracking)) {
    association_.emplace([this](const masks::StoredMask& mask, runs::RunMask& into) { masks_->unpack(mask, into); });
  }
}

bool Tracks::is_ready(std::size_t entry) const {
  return entry < rank_of_.size() && rank_of_[entry] < ready_.load(std::memory_order_acquire) &&
         masks_->published_count() > entry;
}

std::optional<std::size_t> Tracks::entry_after(std::size_t entry) const {
  const auto next = std::size_t{rank_of_[entry]} + 1;
  return next < order_.size() ? std::optional<std::size_t>(order_[next]) : std::nullopt;
}

Result<void> Tracks::follow(End end, const std::atomic<bool>& is_cancelled) {
  const auto published = masks_->published_count();
  if (published == 0) return {};
  for (; added_ < order_.size(); ++added_) {
    if (is_cancelled.load(std::memory_order_relaxed)) return Error{ErrorCode::Cancelled, "tracking was cancelled"};
    const bool is_published = order_[added_] < published;
    if (!is_published && end == End::Open) break;
    if (is_published) SAM2_TRY(add_entry(added_));
    // The one before it has all of its links now.
    ready_.store(added_, std::memory_order_release);
  }
  if (added_ == order_.size()) ready_.store(added_, std::memory_order_release);
  return {};
}

Result<void> Tracks::take_memory(std::uint64_t bytes) {
  bytes_ += bytes;
  if (max_memory_ == 0 || masks_->store_bytes() + bytes_ <= max_memory_) return {};
  return Error{ErrorCode::NoSpace, "the tracks do not fit beside the masks into max-memory, which is " +
                                       std::to_string(max_memory_) + " bytes; raise it"};
}

Result<void> Tracks::add_entry(std::size_t rank) {
  const auto entry = order_[rank];
  const auto masks = masks_->masks(entry);
  SAM2_TRY(take_memory(masks.size() * sizeof(Link)));
  links_[entry].resize(masks.size());
  std::span<const std::uint32_t> numbers;
  if (association_) numbers = association_->add_entry(static_cast<double>(time_of(*masks_, entry)), masks);
  for (std::size_t i = 0; i < masks.size(); ++i) {
    const auto known = tracks_.size() + file_tracks_.size();
    auto& track = association_ ? track_of(numbers[i], masks[i]) : file_tracks_[masks[i].object];
    add_mask(track, rank, {entry, static_cast<std::uint32_t>(i)});
    if (tracks_.size() + file_tracks_.size() == known) continue;
    SAM2_TRY(take_memory(association_ ? sizeof(Track) + sizeof(masks::ObjectInfo) + track.object->label.size()
                                      : kFileTrackBytes));
  }
  return {};
}

Tracks::Track& Tracks::track_of(std::size_t number, const masks::StoredMask& mask) {
  if (number < tracks_.size()) return tracks_[number];
  // Numbers are given without gaps.
  const auto& object =
      objects_.emplace_back(masks::ObjectInfo{static_cast<std::int64_t>(number), static_cast<std::int32_t>(number + 1),
                                              mask.object->label, static_cast<std::int64_t>(number)});
  auto& track = tracks_.emplace_back();
  track.object = &object;
  return track;
}

void Tracks::add_mask(Track& track, std::size_t rank, MaskRef mask) {
  auto& link = links_[mask.entry][mask.index];
  const bool is_first = track.last_rank == kNone;
  if (is_first) {
    track.first_entry = mask.entry;
    if (track.object == nullptr) track.object = this->mask(mask).object;
  } else {
    link.previous = track.last;
    if (track.last_rank + 1 == rank) links_[track.last.entry][track.last.index].next = mask;
  }
  link.object = track.object;
  link.first_entry = track.first_entry;
  track.last = mask;
  track.last_rank = rank;
}

}  // namespace sam2::tracking
