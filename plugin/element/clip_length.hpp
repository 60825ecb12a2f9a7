// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <gst/gst.h>

#include <cstdint>
#include <optional>

namespace sam2::element {

/// The number of frames of the stream that `element` gets: upstream's duration at the frame rate of the caps. Returns
/// nullopt if either is unknown, as for live streams and varying rates. Asks upstream, so call it without locks.
[[nodiscard]] std::optional<std::uint64_t> count_clip_frames(GstElement* element);

/// True if a list of so many masks has one for each of so many frames. Durations of long clips are rounded.
[[nodiscard]] bool is_length_of_clip(std::uint64_t masks, std::uint64_t frames);

}  // namespace sam2::element
