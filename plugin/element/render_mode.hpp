// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/base/gstbasetransform.h>

namespace sam2::element {

/// Who draws the masks into the pixels.
enum class Render {
  Auto,         ///< downstream, where it takes overlay compositions; else the element
  Blend,        ///< the element
  Composition,  ///< downstream
};

/// What frames of `caps` on one side can be on the other. With system memory, they may get the feature of overlay
/// compositions; other memory, which the element does not write to, must get it. A side without a neighbour promises
/// any memory, or else pads could not be linked one after the other. Transfer full.
GstCaps* transform_overlay_caps(GstBaseTransform* base, GstPadDirection direction, GstCaps* caps, GstCaps* filter);

/// Whether the neighbour on the other side takes what `caps` become. Frames in system memory need no asking.
bool neighbour_accepts(GstBaseTransform* base, GstPadDirection direction, GstCaps* caps);

/// What was negotiated with downstream.
struct OutputChoice {
  GstCaps* caps = nullptr;  ///< transfer full
  bool attach = false;      ///< downstream draws compositions that are attached to these frames
};

/// Chooses among the `candidates` (transfer full) that downstream takes for frames of `input`. Asks in the ALLOCATION
/// query whether compositions would be drawn, if need be after having set caps with the feature on the source pad. Of
/// frames that come with compositions, upstream has asked.
OutputChoice choose_output_caps(GstBaseTransform* base, const GstCaps* input, GstCaps* candidates, Render render);

}  // namespace sam2::element
