// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <gst/gst.h>

#include <cstdint>
#include <span>
#include <vector>

#include "drawing/scene.hpp"

#if SAM2_HAVE_ANALYTICS
#include "element/mask_pictures.hpp"
#endif

namespace sam2::element {

/// Data of a frame that its analytics metadata needs.
struct DescribedFrame {
  runs::Size size;
  std::int64_t stream_time = 0;  ///< ns; negative: unknown
  std::int64_t mask_origin = 0;  ///< stream time of mask time 0, ns
};

#if SAM2_HAVE_ANALYTICS

/// Describes objects in a GstAnalyticsRelationMeta. Each object has a detection (its box), a tracking (its id) and a
/// segmentation (its mask). Tracking and segmentation are related to the detection.
class AnalyticsMetadata {
 public:
  /// True: attach() needs the runs of the objects.
  static constexpr bool kNeedsRuns = true;

  AnalyticsMetadata() = default;
  AnalyticsMetadata(const AnalyticsMetadata&) = delete;
  AnalyticsMetadata& operator=(const AnalyticsMetadata&) = delete;
  ~AnalyticsMetadata() { forget(); }

  /// Drops the pictures of the masks, since the next frame has other masks. Frames share the pictures until then.
  void forget();

  /// Adds `objects` to the metadata of `buffer`, which must be writable.
  void attach(GstBuffer* buffer, std::span<const drawing::FrameObject> objects, const DescribedFrame& frame);

 private:
  void draw(std::span<const drawing::FrameObject> objects, runs::Size frame);

  MaskPictures pictures_;
  std::vector<GstBuffer*> masks_;  ///< one picture for each object; nullptr: the box is too large
};

#else

/// Does nothing: this version of GStreamer has no analytics metadata of this kind.
class AnalyticsMetadata {
 public:
  static constexpr bool kNeedsRuns = false;
  void forget() {}
  void attach(GstBuffer*, std::span<const drawing::FrameObject>, const DescribedFrame&) {}
};

#endif

}  // namespace sam2::element
