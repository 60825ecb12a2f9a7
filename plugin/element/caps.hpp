// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <gst/video/video.h>

#include <optional>

#include "base/fraction.hpp"
#include "composite/color.hpp"
#include "composite/frame_format.hpp"
#include "runs/run_mask.hpp"

namespace sam2::element {

/// The properties of frames that the negotiated caps describe.
struct FrameInfo {
  GstVideoInfo video;
  /// The frames are in system memory, so that the CPU can draw on them.
  bool is_drawable = false;
  /// The format as the painter draws it; nullptr for formats that have to be unpacked.
  const composite::FrameFormat* format = nullptr;
  composite::ColorEncoding encoding;
  runs::Size size;
  Fraction rate;  ///< 0/1: variable or unknown
};

/// Caps of frames that the element draws on: system memory, every raw format of GStreamer, any size and rate. Transfer
/// full.
GstCaps* make_drawn_caps();

/// Caps of both pads: frames that the element draws on, and frames that a sink draws compositions on. Transfer full.
GstCaps* make_template_caps();

/// True if the features say that the sink draws overlay compositions.
bool has_compositions(const GstCapsFeatures* features);
/// True for system memory, with or without that feature, and no other feature.
bool is_system_memory(const GstCapsFeatures* features);

/// Removes metas that would move or rotate the picture without the masks from an ALLOCATION query.
void remove_unsupported_metas(GstQuery* query);

/// Returns nullopt unless the caps are raw video.
std::optional<FrameInfo> parse_caps(GstCaps* caps);

}  // namespace sam2::element
