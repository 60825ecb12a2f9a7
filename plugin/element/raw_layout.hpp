// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <gst/video/video.h>

#include <array>
#include <cstdint>

#include "composite/frame_format.hpp"

namespace sam2::element {

/// How the memory of a raw format that the painter does not draw is laid out, as far as GStreamer's unpacking and
/// packing need it. Sizes are of whole frames.
class RawLayout {
 public:
  explicit RawLayout(const GstVideoFormatInfo* info);

  /// Pixels of a row that lie in the same bytes. 0: the pixels of a row do not lie one after the other, or not in a way
  /// that is known; rows are unpacked and packed as a whole.
  [[nodiscard]] int group_pixels() const { return group_pixels_; }
  /// Bytes of such a group in a plane.
  [[nodiscard]] int group_bytes(int plane) const { return group_bytes_[static_cast<std::size_t>(plane)]; }

  /// True if all bits of a whole group belong to its pixels.
  [[nodiscard]] bool uses_all_bits() const;
  /// Bytes of a row of `width` pixels, for formats with groups.
  [[nodiscard]] gsize row_bytes(int plane, gint width) const;

  /// False for formats of which GStreamer's functions do not tell interlaced frames from others, so that a row of
  /// chroma belongs to rows of both fields: NV12_10BE_8L128. Takes some time.
  [[nodiscard]] bool keeps_fields() const;

  /// True for formats whose pixels are indices into a palette, which is plane 1.
  [[nodiscard]] bool has_palette() const { return GST_VIDEO_FORMAT_INFO_HAS_PALETTE(info_); }

  /// The format into which pixels are unpacked: a plane for each component, of its depth and subsampling.
  [[nodiscard]] composite::FrameFormat unpacked_format() const;
  /// Unused low bits of an unpacked 16-bit sample.
  [[nodiscard]] int sample_shift() const;
  /// Bits of alpha, 0: none. Alpha of fewer bits than the other samples is brought to their depth.
  [[nodiscard]] int alpha_depth() const;

  /// True if rows of a plane with this stride hold those of a frame. `frame` has its size, and GStreamer's own layout.
  /// The stride of a tiled format counts tiles.
  [[nodiscard]] bool is_stride_enough(const GstVideoInfo& frame, int plane, gint stride) const;
  /// Bytes that such a plane needs.
  [[nodiscard]] gsize plane_bytes(const GstVideoInfo& frame, int plane, gint stride, bool has_fields) const;

 private:
  [[nodiscard]] bool is_tiled() const { return GST_VIDEO_FORMAT_INFO_IS_TILED(info_); }
  [[nodiscard]] gsize row_bytes(const GstVideoInfo& frame, int plane) const;
  [[nodiscard]] gsize row_count(const GstVideoInfo& frame, int plane, bool has_fields) const;

  const GstVideoFormatInfo* info_;
  int group_pixels_ = 0;
  std::array<int, 6> end_bytes_{};
  std::array<int, GST_VIDEO_MAX_PLANES> group_bytes_{};
};

}  // namespace sam2::element
