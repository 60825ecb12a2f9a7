// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <gst/base/gstbasetransform.h>

namespace sam2::element {

/// Which element draws the masks into the pixels.
enum class Render {
  Auto,         ///< downstream if it draws overlay compositions, else this element
  Blend,        ///< this element
  Composition,  ///< downstream
};

/// Converts caps of one pad to the caps that are possible at the other pad. Frames in system memory may get the feature
/// of overlay compositions. Frames in other memory must get it, since the element does not write to that memory. A pad
/// without a peer offers any memory; otherwise pads could not be linked one after the other. Transfer full.
GstCaps* transform_overlay_caps(GstBaseTransform* base, GstPadDirection direction, GstCaps* caps, GstCaps* filter);

/// True if the peer of the other pad accepts the converted `caps`. Frames in system memory are always accepted.
bool peer_accepts(GstBaseTransform* base, GstPadDirection direction, GstCaps* caps);

/// How masks get onto the frames of a stream.
enum class OutputMode {
  Blend,          ///< this element draws them into the pixels
  BlendFallback,  ///< the same although render=composition: nothing downstream draws compositions
  Composition,    ///< downstream draws the compositions that are attached to frames
};

/// The result of negotiation with downstream.
struct OutputChoice {
  GstCaps* caps = nullptr;  ///< transfer full
  OutputMode mode = OutputMode::Blend;
};

/// Chooses output caps among the `candidates` (transfer full) that downstream accepts for frames of `input`. An
/// ALLOCATION query tells whether downstream draws compositions; some elements answer it only after caps with the
/// feature are set on the source pad. If frames arrive with compositions, upstream has asked already.
OutputChoice choose_output_caps(GstBaseTransform* base, const GstCaps* input, GstCaps* candidates, Render render);

}  // namespace sam2::element
