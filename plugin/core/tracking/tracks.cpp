// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tracking/tracks.hpp"

#include <algorithm>
#include <numeric>

namespace sam2::tracking {
namespace {

std::int64_t time_of(const masks::MaskSet& masks, std::size_t entry) {
  return masks.timestamps().empty() ? masks.entries()[entry].frame_number : masks.timestamps()[entry];
}

bool is_associated(const masks::MaskSet& masks, Tracking tracking) {
  return tracking == Tracking::Centroid || (tracking == Tracking::Auto && !masks.has_identity());
}

}  // namespace

std::vector<std::size_t> entries_by_time(const masks::MaskSet& masks) {
  std::vector<std::size_t> order(masks.entries().size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t entry) { return time_of(masks, entry); });
  return order;
}

Tracks::Tracks(const masks::MaskSet& masks, Tracking tracking) : masks_(masks) {
  if (is_associated(masks, tracking)) {
    association_.emplace([&masks](const masks::StoredMask& mask, masks::RunMask& into) { masks.unpack(mask, into); });
  }
}

Result<std::shared_ptr<const Tracks>> Tracks::make(std::shared_ptr<const masks::MaskSet> masks, Tracking tracking,
                                                   std::uint64_t max_memory) {
  std::uint64_t count = 0;
  for (const auto& entry : masks->entries()) count += entry.mask_count;
  // Every mask may be a track of its own.
  const auto bytes_a_mask = sizeof(Link) + sizeof(Track) + sizeof(masks::ObjectInfo);
  if (max_memory > 0 && masks->store_bytes() + count * bytes_a_mask > max_memory) {
    return Error{ErrorCode::NoSpace, "the tracks of " + std::to_string(count) +
                                         " masks do not fit beside the masks into max-memory, which is " +
                                         std::to_string(max_memory) + " bytes; raise it"};
  }
  struct Owner {
    std::shared_ptr<const masks::MaskSet> masks;
    Tracks tracks;
  };
  auto owner = std::shared_ptr<Owner>(new Owner{masks, Tracks(*masks, tracking)});
  for (const auto entry : entries_by_time(*masks)) owner->tracks.add_entry(entry);
  return std::shared_ptr<const Tracks>(owner, &owner->tracks);
}

void Tracks::add_entry(std::size_t index) {
  const auto& entry = masks_.entries()[index];
  const auto masks = masks_.masks(entry);
  const auto first = static_cast<std::size_t>(entry.first_mask);
  links_.resize(std::max(links_.size(), first + masks.size()));
  std::span<const std::uint32_t> numbers;
  if (association_) numbers = association_->add_entry(static_cast<double>(time_of(masks_, index)), masks);
  for (std::size_t i = 0; i < masks.size(); ++i) {
    const auto number = association_ ? numbers[i] : masks[i].object;
    if (number >= tracks_.size()) tracks_.resize(number + std::size_t{1});
    auto& track = tracks_[number];
    if (association_ && number == objects_.size()) {
      objects_.push_back({number, static_cast<std::int32_t>(number + 1), masks_.objects()[masks[i].object].label});
    }
    if (track.last_mask == kNone) {
      track.first_entry = index;
    } else {
      links_[track.last_mask].next = first + i;
    }
    links_[first + i] = {track.last_mask, kNone, static_cast<std::uint32_t>(index), number};
    track.last_mask = first + i;
  }
}

const masks::ObjectInfo& Tracks::object_of(std::size_t mask) const {
  const auto number = links_[mask].track;
  return association_ ? objects_[number] : masks_.objects()[number];
}

std::optional<std::size_t> Tracks::previous_of(std::size_t mask) const {
  const auto previous = links_[mask].previous;
  return previous == kNone ? std::nullopt : std::optional(previous);
}

std::optional<std::size_t> Tracks::next_of(std::size_t mask) const {
  const auto next = links_[mask].next;
  return next == kNone ? std::nullopt : std::optional(next);
}

const masks::StoredMask& Tracks::mask(std::size_t mask) const {
  const auto& link = links_[mask];
  const auto& entry = masks_.entries()[link.entry];
  return masks_.masks(entry)[mask - static_cast<std::size_t>(entry.first_mask)];
}

}  // namespace sam2::tracking
