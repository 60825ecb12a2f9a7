// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <gst/video/video.h>

#include <array>

#include "base/result.hpp"
#include "composite/painter.hpp"
#include "element/caps.hpp"
#include "element/raw_layout.hpp"

namespace sam2::element {

/// The planes of a video buffer, mapped for reading and writing until destruction.
///
/// gst_video_frame_map() takes the frame's size from the meta instead of the caps, ignores crop metas, does not check
/// that the planes lie inside the buffer, and may merge memories. This class takes the size from the caps, respects
/// crop metas, and checks and maps each plane by itself.
class MappedFrame {
 public:
  /// Maps a frame of a format that the painter draws. `buffer` must be writable.
  /// Errors: Format, if the buffer does not hold a frame of the caps.
  static Result<MappedFrame> map(GstBuffer* buffer, const FrameInfo& info);

  /// Maps a frame of another format, with everything that a crop meta leaves out. The planes of view() then have the
  /// format's own layout, and strides of tiled formats count tiles. Errors: like map().
  static Result<MappedFrame> map_raw(GstBuffer* buffer, const FrameInfo& info, const RawLayout& layout);

  MappedFrame(MappedFrame&& other) noexcept;
  MappedFrame(const MappedFrame&) = delete;
  MappedFrame& operator=(const MappedFrame&) = delete;
  MappedFrame& operator=(MappedFrame&&) = delete;
  ~MappedFrame();

  [[nodiscard]] const composite::FrameView& view() const { return view_; }
  /// Where the visible part begins in the view of map_raw().
  [[nodiscard]] gint left() const { return left_; }
  [[nodiscard]] gint top() const { return top_; }

 private:
  explicit MappedFrame(GstBuffer* buffer) : buffer_(buffer) {}

  Result<void> map_plane(const FrameInfo& info, int plane, gsize offset, gint stride);
  Result<void> map_bytes(int plane, gsize offset, gint stride, gsize needed);

  GstBuffer* buffer_;
  unsigned mapped_count_ = 0;
  std::array<GstMapInfo, GST_VIDEO_MAX_PLANES> maps_{};
  composite::FrameView view_;
  gint left_ = 0;
  gint top_ = 0;
};

}  // namespace sam2::element
