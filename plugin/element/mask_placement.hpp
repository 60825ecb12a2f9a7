// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <gst/gst.h>
#include <gst/video/video.h>

#include <optional>
#include <string>

#include "base/error.hpp"
#include "runs/frame_transform.hpp"

namespace sam2::element {

/// What the tags of a stream say about how its frames are to be turned for display.
class OrientationTag {
 public:
  void reset() { *this = {}; }
  void on_tags(GstTagList* tags);
  /// The stream's own tag rules over the file's; without any: identity.
  [[nodiscard]] GstVideoOrientationMethod method() const;

 private:
  std::optional<GstVideoOrientationMethod> of_stream_;
  std::optional<GstVideoOrientationMethod> of_file_;
};

/// All that decides how masks lie on frames.
struct PlacementRequest {
  runs::Size mask;
  runs::Size frame;
  Fraction pixel_aspect{1, 1};
  runs::Fit fit = runs::Fit::Stretch;
  GstVideoOrientationMethod orientation = GST_VIDEO_ORIENTATION_AUTO;
  GstVideoOrientationMethod tag = GST_VIDEO_ORIENTATION_IDENTITY;
  bool are_low_resolution = false;  ///< see MaskSet::are_low_resolution()

  friend bool operator==(const PlacementRequest&, const PlacementRequest&) = default;
};

/// Decides how masks lie on frames, and tells what looks like a mistake.
class MaskPlacement {
 public:
  /// True where something is other than in the last request.
  bool update(const PlacementRequest& request);

  [[nodiscard]] runs::FrameTransform& placement() { return placement_; }

  /// What was decided, in a line.
  [[nodiscard]] std::string description() const;
  /// A warning if the shapes suggest that the masks were made on another picture than this one.
  [[nodiscard]] std::optional<Error> shape_warning() const;

 private:
  PlacementRequest request_;
  GstVideoOrientationMethod method_ = GST_VIDEO_ORIENTATION_IDENTITY;
  runs::FrameTransform placement_;
};

/// Why Fit::Error refuses the request, if it does.
[[nodiscard]] std::optional<Error> fit_error(const PlacementRequest& request);

}  // namespace sam2::element
