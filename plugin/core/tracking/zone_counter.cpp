// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "tracking/zone_counter.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace sam2::tracking {

std::optional<runs::Point> place_of(const masks::StoredMask& mask, const runs::FrameTransform& transform) {
  const auto pixel = transform.apply(mask.props.centroid);
  const auto frame = transform.geometry().frame;
  // Pixel 0 has its centre at half a pixel from the edge of the frame.
  const runs::Point place{(pixel.x + 0.5) / frame.width, (pixel.y + 0.5) / frame.height};
  return std::isfinite(place.x) && std::isfinite(place.y) ? std::optional(place) : std::nullopt;
}

std::uint64_t count_inside(const Tracks& tracks, const runs::FrameTransform& transform, const Zone& zone,
                           std::size_t entry) {
  if (zone.is_line()) return 0;
  return static_cast<std::uint64_t>(std::ranges::count_if(tracks.masks_of(entry), [&](const masks::StoredMask& mask) {
    const auto place = place_of(mask, transform);
    return place && contains(zone, *place);
  }));
}

void ZoneCounter::reset(const Zones& zones) {
  zones_ = zones;
  counted_ = 0;
  numbers_.clear();
  places_.clear();
  presences_.clear();
  events_.clear();
  steps_.assign(zones_.size(), {});
}

void ZoneCounter::count_to(const Tracks& tracks, const runs::FrameTransform& transform, std::size_t rank) {
  for (; counted_ <= rank; ++counted_) {
    const auto entry = tracks.entry_of_rank(counted_);
    const auto masks = tracks.masks_of(entry);
    for (std::size_t i = 0; i < masks.size(); ++i) {
      const auto place = place_of(masks[i], transform);
      const MaskRef mask{static_cast<std::uint32_t>(entry), static_cast<std::uint32_t>(i)};
      if (place) count_mask(tracks.object_of(mask), *place, counted_);
    }
  }
}

std::size_t ZoneCounter::number_of(const masks::ObjectInfo& object) {
  const auto [found, is_new] = numbers_.try_emplace(&object, places_.size());
  if (is_new) {
    places_.emplace_back();
    presences_.resize(presences_.size() + zones_.size());
  }
  return found->second;
}

void ZoneCounter::count_mask(const masks::ObjectInfo& object, runs::Point at, std::size_t rank) {
  const auto number = number_of(object);
  const auto last = std::exchange(places_[number], at);
  for (std::size_t z = 0; z < zones_.size(); ++z) {
    const auto& zone = zones_[z];
    auto& presence = presences_[number * zones_.size() + z];
    const auto before = presence.side;
    if (zone.is_line()) {
      const auto side = side_of(zone, at);
      if (side == Side::On || side == before) continue;
      presence.side = side;
      const bool is_first = before == Side::On;
      if (!is_first && crosses(zone, *last, at)) add_event({rank, z, side, &object, rank});
    } else {
      const auto side = contains(zone, at) ? Side::In : Side::Out;
      if ((side == Side::In) == (before == Side::In)) continue;
      presence.side = side;
      if (side == Side::In) presence.since = rank;
      add_event({rank, z, side, &object, presence.since});
    }
  }
}

void ZoneCounter::add_event(const ZoneEvent& event) {
  auto& steps = steps_[event.zone];
  auto counts = steps.empty() ? ZoneCounts{} : steps.back().counts;
  ++(event.direction == Side::In ? counts.in : counts.out);
  if (!steps.empty() && steps.back().rank == event.rank) {
    steps.back().counts = counts;
  } else {
    steps.push_back({event.rank, counts});
  }
  auto& added = events_.emplace_back(event);
  added.count_in = counts.in;
  added.count_out = counts.out;
}

std::uint64_t ZoneCounter::bytes() const {
  const auto bytes_of = [](const auto& values) { return values.capacity() * sizeof values[0]; };
  // A node of a hash table has a pointer to the next one besides its value.
  const auto numbers = numbers_.size() * (sizeof(*numbers_.begin()) + sizeof(void*));
  auto bytes = numbers + bytes_of(places_) + bytes_of(presences_) + bytes_of(events_) + bytes_of(steps_);
  for (const auto& steps : steps_) bytes += bytes_of(steps);
  return bytes;
}

ZoneCounts ZoneCounter::counts_after(std::size_t zone, std::size_t entries) const {
  const auto& steps = steps_[zone];
  const auto next = std::ranges::lower_bound(steps, entries, {}, &Step::rank);
  return next == steps.begin() ? ZoneCounts{} : std::prev(next)->counts;
}

std::span<const ZoneEvent> ZoneCounter::events(std::size_t first, std::size_t last) const {
  const auto begin = std::ranges::lower_bound(events_, first, {}, &ZoneEvent::rank);
  const auto end = std::ranges::lower_bound(events_, std::max(first, last), {}, &ZoneEvent::rank);
  return {begin, end};
}

}  // namespace sam2::tracking
