// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "element/mapped_frame.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace sam2::element {
namespace {

/// The first byte of each plane, and the bytes from one row to the next.
struct Planes {
  std::array<gsize, GST_VIDEO_MAX_PLANES> offset{};
  std::array<gint, GST_VIDEO_MAX_PLANES> stride{};
};

Error buffer_error(const std::string& what) {
  return {ErrorCode::Format, "A frame was left undrawn: " + what + "; the element upstream sends wrong buffers"};
}

std::string dimensions(guint width, guint height) {
  return std::to_string(width) + "x" + std::to_string(height);
}

/// True if rows of one chroma sample belong to one field. Progressive frames of a mixed stream have no flag.
bool has_fields(const GstBuffer* buffer, const GstVideoInfo& video) {
  if (GST_VIDEO_INFO_INTERLACE_MODE(&video) == GST_VIDEO_INTERLACE_MODE_MIXED) {
    return GST_BUFFER_FLAG_IS_SET(buffer, GST_VIDEO_BUFFER_FLAG_INTERLACED);
  }
  return GST_VIDEO_INFO_IS_INTERLACED(&video);
}

/// Checks that the meta describes a frame of the caps.
Result<void> check_meta(const GstVideoMeta& meta, const GstVideoCropMeta* crop, const FrameInfo& info) {
  const auto& video = info.video;
  if (meta.format != GST_VIDEO_INFO_FORMAT(&video) || meta.n_planes != GST_VIDEO_INFO_N_PLANES(&video)) {
    return buffer_error("its video meta is of another format than the caps");
  }
  const guint x = crop != nullptr ? crop->x : 0;
  const guint y = crop != nullptr ? crop->y : 0;
  const guint64 right = guint64{x} + static_cast<guint>(info.size.width);
  const guint64 bottom = guint64{y} + static_cast<guint>(info.size.height);
  if (right > meta.width || bottom > meta.height) {
    return buffer_error("its video meta says " + dimensions(meta.width, meta.height) + ", the caps need " +
                        std::to_string(right) + "x" + std::to_string(bottom));
  }
  return {};
}

Planes planes_from_meta(const GstVideoMeta& meta) {
  Planes planes;
  for (guint plane = 0; plane < meta.n_planes; ++plane) {
    planes.offset[plane] = meta.offset[plane];
    planes.stride[plane] = meta.stride[plane];
  }
  return planes;
}

/// Moves the planes to the first sample that a crop meta leaves.
Planes visible_planes(const GstVideoMeta& meta, const GstVideoCropMeta* crop, const FrameInfo& info) {
  auto planes = planes_from_meta(meta);
  const guint x = crop != nullptr ? crop->x : 0;
  const guint y = crop != nullptr ? crop->y : 0;
  for (const auto& layer : info.format->sample_layers()) {
    if (layer.plane >= meta.n_planes || meta.stride[layer.plane] <= 0) continue;
    planes.offset[layer.plane] = meta.offset[layer.plane] +
                                 gsize{y >> layer.height_shift} * static_cast<gsize>(meta.stride[layer.plane]) +
                                 gsize{x >> layer.width_shift} * layer.step;
  }
  return planes;
}

Planes planes_from_caps(const GstVideoInfo& video) {
  Planes planes;
  for (guint plane = 0; plane < GST_VIDEO_INFO_N_PLANES(&video); ++plane) {
    planes.offset[plane] = GST_VIDEO_INFO_PLANE_OFFSET(&video, plane);
    planes.stride[plane] = GST_VIDEO_INFO_PLANE_STRIDE(&video, plane);
  }
  return planes;
}

/// False for some formats and heights that are no multiple of 4: GStreamer's own layout lacks the last row of chroma.
bool has_room_for_fields(GstBuffer* buffer, const Planes& planes, const FrameInfo& info) {
  for (int plane = 0; plane < info.format->plane_count; ++plane) {
    const auto index = static_cast<std::size_t>(plane);
    const auto rows = static_cast<gsize>(composite::row_count(*info.format, plane, info.size.height, true));
    const auto stride = static_cast<gsize>(std::max(planes.stride[index], 0));
    const auto bytes = stride * (rows - 1) + composite::row_bytes(*info.format, plane, info.size.width);
    if (planes.offset[index] + bytes > gst_buffer_get_size(buffer)) return false;
  }
  return true;
}

}  // namespace

Result<MappedFrame> MappedFrame::map(GstBuffer* buffer, const FrameInfo& info) {
  const auto* meta = gst_buffer_get_video_meta(buffer);
  const auto* crop = gst_buffer_get_video_crop_meta(buffer);
  if (meta != nullptr) SAM2_TRY(check_meta(*meta, crop, info));
  const auto planes = meta != nullptr ? visible_planes(*meta, crop, info) : planes_from_caps(info.video);

  MappedFrame frame(buffer);
  frame.view_.has_fields = has_fields(buffer, info.video) && has_room_for_fields(buffer, planes, info);
  frame.view_.width = info.size.width;
  frame.view_.height = info.size.height;
  for (int plane = 0; plane < info.format->plane_count; ++plane) {
    const auto index = static_cast<std::size_t>(plane);
    SAM2_TRY(frame.map_plane(info, plane, planes.offset[index], planes.stride[index]));
  }
  return frame;
}

Result<MappedFrame> MappedFrame::map_raw(GstBuffer* buffer, const FrameInfo& info, const RawLayout& layout) {
  const auto* meta = gst_buffer_get_video_meta(buffer);
  const auto* crop = meta != nullptr ? gst_buffer_get_video_crop_meta(buffer) : nullptr;
  auto whole = info.video;
  if (meta != nullptr) {
    SAM2_TRY(check_meta(*meta, crop, info));
    gst_video_info_set_interlaced_format(&whole, meta->format, GST_VIDEO_INFO_INTERLACE_MODE(&info.video), meta->width,
                                         meta->height);
  }
  const auto planes = meta != nullptr ? planes_from_meta(*meta) : planes_from_caps(info.video);

  MappedFrame frame(buffer);
  frame.left_ = crop != nullptr ? static_cast<gint>(crop->x) : 0;
  frame.top_ = crop != nullptr ? static_cast<gint>(crop->y) : 0;
  frame.view_ = {GST_VIDEO_INFO_WIDTH(&whole), GST_VIDEO_INFO_HEIGHT(&whole), {}, {}};
  const auto plane_bytes = [&](guint plane, bool fields) {
    return layout.plane_bytes(whole, static_cast<int>(plane), planes.stride[plane], fields);
  };
  // The last plane is the one with chroma; see has_room_for_fields().
  const auto last = GST_VIDEO_INFO_N_PLANES(&whole) - 1;
  const bool fields = has_fields(buffer, info.video) && planes.stride[last] > 0 &&
                      planes.offset[last] + plane_bytes(last, true) <= gst_buffer_get_size(buffer);
  frame.view_.has_fields = fields;
  for (guint plane = 0; plane < GST_VIDEO_INFO_N_PLANES(&whole); ++plane) {
    const auto stride = planes.stride[plane];
    const auto index = static_cast<int>(plane);
    if (!layout.is_stride_enough(whole, index, stride)) {
      return buffer_error("plane " + std::to_string(plane) + " has a stride of " + std::to_string(stride) +
                          ", which is too small for its width");
    }
    SAM2_TRY(frame.map_bytes(index, planes.offset[plane], stride, plane_bytes(plane, fields)));
  }
  return frame;
}

Result<void> MappedFrame::map_plane(const FrameInfo& info, int plane, gsize offset, gint stride) {
  const auto row_bytes = composite::row_bytes(*info.format, plane, info.size.width);
  const auto rows = static_cast<gsize>(composite::row_count(*info.format, plane, info.size.height, view_.has_fields));
  if (stride <= 0 || static_cast<gsize>(stride) < row_bytes) {
    return buffer_error("plane " + std::to_string(plane) + " has a stride of " + std::to_string(stride) +
                        " bytes, but a row has " + std::to_string(row_bytes));
  }
  // Cannot overflow: rows and stride are below 2^31.
  return map_bytes(plane, offset, stride, static_cast<gsize>(stride) * (rows - 1) + row_bytes);
}

Result<void> MappedFrame::map_bytes(int plane, gsize offset, gint stride, gsize needed) {
  const gsize size = gst_buffer_get_size(buffer_);
  if (offset > size || needed > size - offset) {
    return buffer_error("plane " + std::to_string(plane) + " needs " + std::to_string(needed) + " bytes from byte " +
                        std::to_string(offset) + " on, but the buffer has " + std::to_string(size));
  }
  guint index = 0;
  guint length = 0;
  gsize skip = 0;
  auto& map = maps_[mapped_count_];
  if (!gst_buffer_find_memory(buffer_, offset, needed, &index, &length, &skip) ||
      !gst_buffer_map_range(buffer_, index, static_cast<gint>(length), &map,
                            static_cast<GstMapFlags>(GST_MAP_READWRITE))) {
    return buffer_error("plane " + std::to_string(plane) + " cannot be mapped for writing");
  }
  ++mapped_count_;
  if (skip > map.size || needed > map.size - skip) {
    return buffer_error("plane " + std::to_string(plane) + " could be mapped only in part");
  }
  view_.planes[static_cast<std::size_t>(plane)] = map.data + skip;
  view_.strides[static_cast<std::size_t>(plane)] = stride;
  return {};
}

MappedFrame::MappedFrame(MappedFrame&& other) noexcept
    : buffer_(other.buffer_),
      mapped_count_(std::exchange(other.mapped_count_, 0)),
      maps_(other.maps_),
      view_(other.view_),
      left_(other.left_),
      top_(other.top_) {}

MappedFrame::~MappedFrame() {
  while (mapped_count_ > 0) gst_buffer_unmap(buffer_, &maps_[--mapped_count_]);
}

}  // namespace sam2::element
