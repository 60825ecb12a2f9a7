// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "masks/mask_set.hpp"
#include "runs/frame_transform.hpp"
#include "tracking/tracks.hpp"
#include "tracking/zones.hpp"

namespace sam2::tracking {

/// What an object does at one of its masks: it crosses a line, or it is in an area and was not at its mask before, or
/// the other way round. `direction` is In or Out: to which side of the line, or into the area or out of it.
struct ZoneEvent {
  std::size_t rank = 0;  ///< of the entry of the mask, in the order of time
  std::size_t zone = 0;  ///< position in the list of zones
  Side direction = Side::In;
  const masks::ObjectInfo* object = nullptr;
  std::size_t since = 0;        ///< rank of the entry in which the object came into the area; for lines `rank`
  std::uint64_t count_in = 0;   ///< events of this zone and direction so far, this one included
  std::uint64_t count_out = 0;  ///< likewise
};

/// What has happened at a zone up to some entry.
struct ZoneCounts {
  std::uint64_t in = 0;
  std::uint64_t out = 0;

  friend bool operator==(const ZoneCounts&, const ZoneCounts&) = default;
};

/// Counts what the objects of a file do at zones: a function of the tracks, and not of what was played.
///
/// An object is where the centroid of its mask is, and moves straight from mask to mask, also over entries in which it
/// is missing. So a gap within an area does not end a visit, and one on both sides of a line is a crossing. An object
/// that appears in an area enters it. One that reaches a line has not crossed it before it leaves it to the other side.
///
/// Entries are counted in the order of time, each once, when they are asked for first.
class ZoneCounter {
 public:
  /// Begins again, with these zones, or with other tracks, or another transform.
  void reset(const Zones& zones);
  [[nodiscard]] const Zones& zones() const { return zones_; }

  /// Counts the entries up to the one of `rank`, which must be ready. Allocates at events and for new objects only.
  void count_to(const Tracks& tracks, const runs::FrameTransform& transform, std::size_t rank);

  /// Memory of what has been counted, in bytes. It grows with events and objects.
  [[nodiscard]] std::uint64_t bytes() const;

  /// The counts of a zone after the first `entries` entries in the order of time, which must have been counted.
  [[nodiscard]] ZoneCounts counts_after(std::size_t zone, std::size_t entries) const;
  /// The events of the entries of the ranks [first, last), in the order of time, objects and zones.
  [[nodiscard]] std::span<const ZoneEvent> events(std::size_t first, std::size_t last) const;

 private:
  /// Where an object was when it was seen last.
  struct Presence {
    Side side = Side::On;   ///< of a line: the last one but On; of an area: In or another
    std::size_t since = 0;  ///< rank of the entry in which it came into the area
  };
  struct Step {
    std::size_t rank;
    ZoneCounts counts;
  };

  std::size_t number_of(const masks::ObjectInfo& object);
  void count_mask(const masks::ObjectInfo& object, runs::Point at, std::size_t rank);
  void add_event(const ZoneEvent& event);

  Zones zones_;
  std::size_t counted_ = 0;  ///< so many entries, in the order of time
  std::unordered_map<const masks::ObjectInfo*, std::size_t> numbers_;
  std::vector<std::optional<runs::Point>> places_;  ///< by number of the object, in fractions of the frame
  std::vector<Presence> presences_;                 ///< by number of the object and zone
  std::vector<ZoneEvent> events_;                   ///< sorted by rank
  std::vector<std::vector<Step>> steps_;            ///< by zone: the counts from a rank on
};

/// Where the centroid of `mask` is, in fractions of the frame. None where the file has a centroid that is no number.
[[nodiscard]] std::optional<runs::Point> place_of(const masks::StoredMask& mask, const runs::FrameTransform& transform);

/// How many objects of the entry lie in `zone` there; 0 for lines. The entry must be ready.
[[nodiscard]] std::uint64_t count_inside(const Tracks& tracks, const runs::FrameTransform& transform, const Zone& zone,
                                         std::size_t entry);

}  // namespace sam2::tracking
