// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <gst/video/video.h>

#include <array>

#include "base/result.hpp"
#include "composite/painter.hpp"
#include "element/caps.hpp"

namespace sam2::element {

/// The planes of a video buffer, mapped for reading and writing until destruction.
///
/// gst_video_frame_map() takes the frame's size from the meta instead of the caps, ignores crop metas, does not check
/// that the planes lie inside the buffer, and may merge memories. This class takes the size from the caps, respects
/// crop metas, and checks and maps each plane by itself.
class MappedFrame {
 public:
  /// `buffer` must be writable. Errors: Format, if the buffer does not hold a frame of the caps.
  static Result<MappedFrame> map(GstBuffer* buffer, const FrameInfo& info);

  MappedFrame(MappedFrame&& other) noexcept;
  MappedFrame(const MappedFrame&) = delete;
  MappedFrame& operator=(const MappedFrame&) = delete;
  MappedFrame& operator=(MappedFrame&&) = delete;
  ~MappedFrame();

  [[nodiscard]] const composite::FrameView& view() const { return view_; }

 private:
  explicit MappedFrame(GstBuffer* buffer) : buffer_(buffer) {}

  Result<void> map_plane(const FrameInfo& info, int plane, gsize offset, gint stride);

  GstBuffer* buffer_;
  unsigned mapped_count_ = 0;
  std::array<GstMapInfo, GST_VIDEO_MAX_PLANES> maps_{};
  composite::FrameView view_;
};

}  // namespace sam2::element
