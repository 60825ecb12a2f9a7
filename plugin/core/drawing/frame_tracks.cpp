// SPDX-License-Identifier: LGPL-2.1-or-later
#include "drawing/frame_tracks.hpp"

#include <algorithm>

namespace sam2::drawing {
namespace {

Motion motion_of(const FrameObject& object, const tracking::Tracks& tracks, const timing::Schedule& schedule,
                 const runs::FrameTransform& to_frame) {
  const auto mask = object.place;
  const auto time_of = [&](tracking::MaskRef other) { return schedule.time_of(other.entry); };
  Motion motion;
  motion.first_seen = schedule.time_of(tracks.first_entry_of(mask));
  const auto age = time_of(mask) + object.elapsed - motion.first_seen;
  motion.age = static_cast<std::uint64_t>(std::max<std::int64_t>(age, 0));

  const auto before = object.elapsed > 0 ? mask : tracks.previous_of(mask).value_or(mask);
  const auto after = tracks.next_of(mask).value_or(mask);
  const auto seconds = static_cast<double>(time_of(after) - time_of(before)) / timing::kNanosecondsPerSecond;
  if (!(seconds > 0)) return motion;
  const auto from = to_frame.apply(tracks.mask(before).props.centroid);
  const auto to = to_frame.apply(tracks.mask(after).props.centroid);
  motion.velocity = {(to.x - from.x) / seconds, (to.y - from.y) / seconds};
  return motion;
}

}  // namespace

void describe_tracks(std::span<FrameObject> objects, const tracking::Tracks& tracks, const timing::Schedule& schedule,
                     const runs::FrameTransform& to_frame) {
  for (auto& object : objects) {
    object.info = &tracks.object_of(object.place);
    object.motion = motion_of(object, tracks, schedule, to_frame);
  }
  std::ranges::sort(objects, {}, [](const FrameObject& object) { return object.info->slot; });
}

}  // namespace sam2::drawing
