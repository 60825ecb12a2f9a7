// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/video/video.h>

#include <optional>

#include "base/fraction.hpp"
#include "composite/color.hpp"
#include "composite/frame_format.hpp"
#include "masks/run_mask.hpp"

namespace sam2::element {

/// What the negotiated caps say about frames.
struct FrameInfo {
  GstVideoInfo video;
  const composite::FrameFormat* format = nullptr;
  composite::ColorEncoding encoding;
  masks::Size size;
  Fraction rate;  ///< 0/1: variable or unknown
};

/// Caps of both pads: system memory, every format that is drawn, any size and rate. Transfer full.
GstCaps* make_template_caps();

/// Nothing where the caps are no raw video that is drawn.
std::optional<FrameInfo> parse_caps(GstCaps* caps);

}  // namespace sam2::element
