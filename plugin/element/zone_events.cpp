// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "element/zone_events.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "base/checked_math.hpp"
#include "element/metadata.hpp"

namespace sam2::element {

void ZoneEvents::on_event(GstEvent* event) {
  if (GST_EVENT_TYPE(event) == GST_EVENT_FLUSH_STOP) last_entries_.reset();
  // The parts of an edit list are segments without a flush.
  if (GST_EVENT_TYPE(event) == GST_EVENT_SEGMENT) is_new_segment_ = true;
}

ZoneEvents::Ranks ZoneEvents::fresh_ranks(std::size_t entries) {
  const bool is_first = !last_entries_.has_value();
  const auto before = last_entries_.value_or(0);
  const bool is_jump = std::exchange(is_new_segment_, false) || is_first || is_backward_ != (entries < before);
  last_entries_ = entries;
  if (entries == 0 || (!is_first && before == entries)) return {};
  if (is_jump) return {entries - 1, entries};
  return is_backward_ ? Ranks{entries - 1, before - 1} : Ranks{before, entries};
}

void ZoneEvents::update(const Source& source, const tracking::Zones& zones, const Place& place) {
  if (zones != counter_.zones()) counter_.reset(zones);
  const auto entries = place.entry ? source.tracks.rank_of(*place.entry) + 1 : 0;
  if (entries > 0) counter_.count_to(source.tracks, source.transform, entries - 1);
  is_backward_ = place.is_backward;
  fresh_ = fresh_ranks(entries);
  frame_zones_.resize(zones.size());
  for (std::size_t z = 0; z < zones.size(); ++z) {
    const auto& zone = counter_.zones()[z];
    const bool shows_masks = place.entry && place.shows_masks;
    const auto inside = shows_masks ? count_inside(source.tracks, source.transform, zone, *place.entry) : 0;
    frame_zones_[z] = {&zone, counter_.counts_after(z, entries), inside};
  }
}

tracking::ZoneRow ZoneEvents::row_of(const Source& source, const timing::Schedule& schedule,
                                     const tracking::ZoneEvent& event) const {
  const auto& zone = counter_.zones()[event.zone];
  const auto entry = source.tracks.entry_of_rank(event.rank);
  const auto since = source.tracks.entry_of_rank(event.since);
  const bool is_in = event.direction == tracking::Side::In;
  const auto dwell = saturated_difference(schedule.time_of(entry), schedule.time_of(since));
  tracking::ZoneRow row;
  row.zone = zone.name;
  row.event = zone.is_line() ? "crossed" : is_in ? "entered" : "left";
  row.direction = is_in ? "in" : "out";
  row.id = event.object->id;
  row.label = event.object->label;
  row.count_in = event.count_in;
  row.count_out = event.count_out;
  row.inside = count_inside(source.tracks, source.transform, zone, entry);
  row.dwell = static_cast<std::uint64_t>(std::max<std::int64_t>(dwell, 0));
  return row;
}

GstMessage* make_zone_message(GstElement* element, const GstSegment& segment, const GstBuffer* buffer,
                              const FrameTime& time, const tracking::ZoneRow& row) {
  const auto text = [](std::string_view view) { return std::string(view); };
  auto* structure = make_time_structure("sam2overlay-zone", segment, buffer, time);
  gst_structure_set(structure, "zone", G_TYPE_STRING, text(row.zone).c_str(), "event", G_TYPE_STRING,
                    text(row.event).c_str(), "direction", G_TYPE_STRING, text(row.direction).c_str(), "id", G_TYPE_INT,
                    row.id, "label", G_TYPE_STRING, text(row.label).c_str(), "count-in", G_TYPE_UINT64,
                    guint64{row.count_in}, "count-out", G_TYPE_UINT64, guint64{row.count_out}, "inside", G_TYPE_UINT64,
                    guint64{row.inside}, "dwell", G_TYPE_UINT64, guint64{row.dwell}, nullptr);
  return gst_message_new_element(GST_OBJECT(element), structure);
}

}  // namespace sam2::element
