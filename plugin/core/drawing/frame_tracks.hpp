// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <span>

#include "drawing/overlay_renderer.hpp"
#include "timing/schedule.hpp"
#include "tracking/tracks.hpp"

namespace sam2::drawing {

/// Gives the objects of a frame their identity and their motion, both from the tracks of the file; sorts them by slot.
///
/// Velocity is the difference of the centroids before and after the mask over their distance in time, where the object
/// is in the very next entry too; else, and at the beginning of a track, of the mask and its one neighbour; 0 for a
/// mask that has none. An object that is carried has the velocity at which it is. Age is the time from the track's
/// first mask to this one, and what the object is carried beyond that. `to_frame`: the map from mask pixels to frame
/// pixels.
void describe_tracks(std::span<FrameObject> objects, const tracking::Tracks& tracks, const timing::Schedule& schedule,
                     const runs::FrameTransform& to_frame);

}  // namespace sam2::drawing
