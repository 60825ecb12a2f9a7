// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <gst/gst.h>

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "drawing/scene.hpp"
#include "element/frame_clock.hpp"
#include "timing/schedule.hpp"
#include "tracking/track_log.hpp"
#include "tracking/zone_counter.hpp"

namespace sam2::element {

/// Follows the zones along a stream: the counts of each frame, and the events that come with it.
///
/// Counts are a function of the mask file. Each event comes with one frame: the first one that shows its mask, or a
/// later mask if frames were left out. Playing backwards, events come in reverse order. After a seek, a frame has the
/// events of its own mask only. Used by the streaming thread.
class ZoneEvents {
 public:
  /// Call this for each event of the stream.
  void on_event(GstEvent* event);
  /// Other masks follow.
  void reset() { *this = ZoneEvents(); }
  /// Counts anew, since the transform has changed. What has been posted is not posted again.
  void forget_counts() { counter_.reset({}); }

  struct Source {
    const tracking::Tracks& tracks;
    const runs::FrameTransform& transform;  ///< from mask pixels to frame pixels
  };
  /// A frame's place on the tracks.
  struct Place {
    std::optional<std::size_t> entry;  ///< last one that has begun; ready
    bool shows_masks = false;          ///< false: the masks of the entry do not hold any more
    bool is_backward = false;
  };
  /// Call this once for each frame.
  void update(const Source& source, const tracking::Zones& zones, const Place& place);

  /// Memory of the counts in bytes.
  [[nodiscard]] std::uint64_t bytes() const { return counter_.bytes(); }

  /// The zones of the frame, valid until the next call of anything but this.
  [[nodiscard]] std::span<const drawing::FrameZone> zones() const { return frame_zones_; }

  /// Calls visit(row) with a tracking::ZoneRow without frame number for each event of the frame.
  template <typename Visit>
  void for_each_event(const Source& source, const timing::Schedule& schedule, Visit visit) const {
    const auto events = counter_.events(fresh_.first, fresh_.last);
    for (std::size_t i = 0; i < events.size(); ++i) {
      visit(row_of(source, schedule, events[is_backward_ ? events.size() - 1 - i : i]));
    }
  }

 private:
  /// Ranks of entries [first, last).
  struct Ranks {
    std::size_t first = 0;
    std::size_t last = 0;
  };

  Ranks fresh_ranks(std::size_t entries);
  [[nodiscard]] tracking::ZoneRow row_of(const Source& source, const timing::Schedule& schedule,
                                         const tracking::ZoneEvent& event) const;

  tracking::ZoneCounter counter_;
  std::vector<drawing::FrameZone> frame_zones_;
  std::optional<std::size_t> last_entries_;  ///< number of entries that had begun by the last frame; none after a seek
  bool is_new_segment_ = false;              ///< the frame need not follow the last one
  bool is_backward_ = false;
  Ranks fresh_;  ///< of the entries whose events come with the frame
};

/// Makes the element message "sam2overlay-zone" of an event. Transfer full.
GstMessage* make_zone_message(GstElement* element, const GstSegment& segment, const GstBuffer* buffer,
                              const FrameTime& time, const tracking::ZoneRow& row);

}  // namespace sam2::element
