// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/video/video.h>

#include <optional>

#include "base/fraction.hpp"
#include "composite/color.hpp"
#include "composite/frame_format.hpp"
#include "runs/run_mask.hpp"

namespace sam2::element {

/// What the negotiated caps say about frames.
struct FrameInfo {
  GstVideoInfo video;
  const composite::FrameFormat* format = nullptr;
  composite::ColorEncoding encoding;
  runs::Size size;
  Fraction rate;  ///< 0/1: variable or unknown
};

/// Frames that are drawn on: system memory, every format that is drawn, any size and rate. Transfer full.
GstCaps* make_drawn_caps();

/// Caps of both pads: frames that are drawn on, and those that a sink draws compositions on. Transfer full.
GstCaps* make_template_caps();

/// The feature that a sink draws overlay compositions.
bool has_compositions(const GstCapsFeatures* features);
/// With that feature or without, and no other.
bool is_system_memory(const GstCapsFeatures* features);

/// Takes off downstream's answer to an ALLOCATION query what masks would not follow: metas by which the picture lies
/// elsewhere than in the memory, or is turned as it is shown.
void withdraw_unfollowed_metas(GstQuery* query);

/// Nothing where the caps are no raw video, or in system memory and of a format that is not drawn. The format is
/// nullptr where it is of no use, since the memory is not the system's.
std::optional<FrameInfo> parse_caps(GstCaps* caps);

}  // namespace sam2::element
