// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <gst/gst.h>

namespace sam2::element {

/// Where the raw video of an element comes from.
struct Upstream {
  bool has_videorate = false;  ///< its rate was converted on the way
  bool is_decoded = false;     ///< by a decoder or demuxer, which hands out all frames of a file
};

/// Follows the pads upwards from the element, also through bins, as far as there is raw video.
[[nodiscard]] Upstream look_upstream(GstElement* element);

}  // namespace sam2::element
