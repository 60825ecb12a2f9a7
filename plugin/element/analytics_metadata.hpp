// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <cstdint>
#include <span>
#include <vector>

#include "drawing/overlay_renderer.hpp"

#if SAM2_HAVE_ANALYTICS
#include "element/mask_pictures.hpp"
#endif

namespace sam2::element {

/// What is to be known of a frame to describe its objects.
struct DescribedFrame {
  runs::Size size;
  std::int64_t stream_time = 0;  ///< ns; negative: unknown
  std::int64_t mask_origin = 0;  ///< stream time of mask time 0, ns
};

#if SAM2_HAVE_ANALYTICS

/// Describes objects in a GstAnalyticsRelationMeta: for each one a detection (its box), a tracking (its id) and a
/// segmentation (its mask), the latter two related to the detection.
class AnalyticsMetadata {
 public:
  /// The runs of the objects must be there.
  static constexpr bool kNeedsRuns = true;

  AnalyticsMetadata() = default;
  AnalyticsMetadata(const AnalyticsMetadata&) = delete;
  AnalyticsMetadata& operator=(const AnalyticsMetadata&) = delete;
  ~AnalyticsMetadata() { forget(); }

  /// The masks of the next frame differ. Until then, frames share the pictures of the masks.
  void forget();

  /// Adds `objects` to what `buffer`, which must be writable, already tells.
  void attach(GstBuffer* buffer, std::span<const drawing::FrameObject> objects, const DescribedFrame& frame);

 private:
  void draw(std::span<const drawing::FrameObject> objects, runs::Size frame);

  MaskPictures pictures_;
  std::vector<GstBuffer*> masks_;  ///< one for each object; nullptr: too large
};

#else

/// GStreamer is too old for it.
class AnalyticsMetadata {
 public:
  static constexpr bool kNeedsRuns = false;
  void forget() {}
  void attach(GstBuffer*, std::span<const drawing::FrameObject>, const DescribedFrame&) {}
};

#endif

}  // namespace sam2::element
