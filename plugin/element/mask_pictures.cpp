// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "element/mask_pictures.hpp"

#include <gst/video/video.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <span>

namespace sam2::element {
namespace {

/// Writes each byte of the row once.
void draw_row(std::uint8_t* row, std::size_t bytes, std::span<const runs::Span> spans, std::int32_t left,
              std::uint8_t value) {
  std::size_t drawn = 0;
  for (const auto& span : spans) {
    const auto begin = static_cast<std::size_t>(span.begin - left);
    const auto end = static_cast<std::size_t>(span.end - left);
    std::memset(row + drawn, 0, begin - drawn);
    std::memset(row + begin, value, end - begin);
    drawn = end;
  }
  std::memset(row + drawn, 0, bytes - drawn);
}

}  // namespace

GstBuffer* MaskPictures::acquire(gsize bytes) {
  const auto exponent = std::max(kLeastExponent, static_cast<unsigned>(std::bit_width(bytes - 1)));
  if (exponent > kMostExponent) return nullptr;
  auto& pool = pools_[exponent];
  if (!pool.is_started() && !pool.start(1U << exponent, nullptr, {})) return nullptr;
  return pool.acquire();
}

GstBuffer* MaskPictures::make(const runs::RunMask& mask, const runs::Box& box, std::uint8_t value) {
  GstVideoInfo info;
  const auto width = static_cast<guint>(box.width);
  const auto height = static_cast<guint>(box.height);
  if (!gst_video_info_set_format(&info, GST_VIDEO_FORMAT_GRAY8, width, height)) return nullptr;
  auto* const buffer = acquire(info.size);
  if (buffer == nullptr) return nullptr;
  GstMapInfo map;
  if (!gst_buffer_map(buffer, &map, GST_MAP_WRITE)) {
    gst_buffer_unref(buffer);
    return nullptr;
  }
  const auto stride = static_cast<std::size_t>(GST_VIDEO_INFO_PLANE_STRIDE(&info, 0));
  auto* row = map.data;
  for (auto y = box.top; y < box.top + box.height; ++y, row += stride) {
    draw_row(row, stride, mask.row(y), box.left, value);
  }
  gst_buffer_unmap(buffer, &map);
  gst_buffer_add_video_meta_full(buffer, GST_VIDEO_FRAME_FLAG_NONE, GST_VIDEO_FORMAT_GRAY8, width, height, 1,
                                 info.offset, info.stride);
  return buffer;
}

}  // namespace sam2::element
