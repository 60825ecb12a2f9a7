// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "element/raw_layout.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

namespace sam2::element {
namespace {

/// Formats whose pixels share bytes. GStreamer describes them as complex, without a pixel stride.
struct SharedBytes {
  std::string_view name;
  int pixels;                                   ///< of a group
  std::array<int, GST_VIDEO_MAX_PLANES> bytes;  ///< of a group in each plane
  std::array<int, 6> end_bytes{};               ///< of a last group by its pixels; 0: as many as of a whole group
};

constexpr SharedBytes kSharedBytes[] = {
    {"v210", 6, {16}},
    {"UYVP", 2, {5}, {0, 4}},
    {"IYU1", 4, {6}},
    {"GRAY10_LE32", 3, {4}},
    {"NV12_10LE32", 6, {8, 8}, {0, 4, 4, 4}},
    {"NV16_10LE32", 6, {8, 8}, {0, 4, 4, 4}},
    {"NV12_10LE40", 4, {5, 5}},
    {"NV16_10LE40", 4, {5, 5}},
};

constexpr gsize kPaletteBytes = 256 * 4;

}  // namespace

RawLayout::RawLayout(const GstVideoFormatInfo* info) : info_(info) {
  if (is_tiled()) return;
  for (const auto& shared : kSharedBytes) {
    if (shared.name != GST_VIDEO_FORMAT_INFO_NAME(info)) continue;
    group_pixels_ = shared.pixels;
    group_bytes_ = shared.bytes;
    end_bytes_ = shared.end_bytes;
    return;
  }
  const auto step = GST_VIDEO_FORMAT_INFO_PSTRIDE(info, 0);
  const bool is_one_plane = GST_VIDEO_FORMAT_INFO_N_PLANES(info) == 1 || has_palette();
  if (step <= 0 || !is_one_plane || GST_VIDEO_FORMAT_INFO_W_SUB(info, 1) != 0) return;
  group_pixels_ = 1;
  group_bytes_[0] = step;
}

composite::FrameFormat RawLayout::unpacked_format() const {
  using composite::Model;
  const auto model = GST_VIDEO_FORMAT_INFO_IS_GRAY(info_)  ? Model::Gray
                     : GST_VIDEO_FORMAT_INFO_IS_RGB(info_) ? Model::Rgb
                                                           : Model::Yuv;
  const auto* const unpacked = gst_video_format_get_info(info_->unpack_format);
  const auto unpacked_depth = static_cast<int>(GST_VIDEO_FORMAT_INFO_DEPTH(unpacked, 0));
  const auto depth = unpacked_depth == 8 ? 8 : static_cast<int>(GST_VIDEO_FORMAT_INFO_DEPTH(info_, 0));
  const bool has_chroma = model == Model::Yuv;
  return composite::make_planar_format(model, depth, alpha_depth() > 0,
                                       has_chroma ? GST_VIDEO_FORMAT_INFO_W_SUB(info_, 1) : 0,
                                       has_chroma ? GST_VIDEO_FORMAT_INFO_H_SUB(info_, 1) : 0);
}

bool RawLayout::uses_all_bits() const {
  int used = 0;
  for (unsigned i = 0; i < GST_VIDEO_FORMAT_INFO_N_COMPONENTS(info_); ++i) {
    const auto depth = static_cast<int>(GST_VIDEO_FORMAT_INFO_DEPTH(info_, i));
    used += depth * (group_pixels_ >> GST_VIDEO_FORMAT_INFO_W_SUB(info_, i));
  }
  int bits = 0;
  for (const auto bytes : group_bytes_) bits += 8 * bytes;
  return group_pixels_ > 0 && !has_palette() && used == bits;
}

bool RawLayout::keeps_fields() const {
  if (!is_tiled()) return true;
  // Asks GStreamer: in the first four rows of noise, rows of one field have the same chroma.
  constexpr gint kSize = 64;
  constexpr gint kRows = 4;
  GstVideoInfo frame;
  gst_video_info_set_format(&frame, GST_VIDEO_FORMAT_INFO_FORMAT(info_), kSize, kSize);
  std::vector<guint8> noise(GST_VIDEO_INFO_SIZE(&frame));
  guint32 state = 1;
  for (auto& byte : noise) byte = static_cast<guint8>((state = state * 1664525U + 1013904223U) >> 24);
  gpointer data[GST_VIDEO_MAX_PLANES] = {};
  gint strides[GST_VIDEO_MAX_PLANES] = {};
  for (guint plane = 0; plane < GST_VIDEO_INFO_N_PLANES(&frame); ++plane) {
    data[plane] = noise.data() + GST_VIDEO_INFO_PLANE_OFFSET(&frame, plane);
    strides[plane] = GST_VIDEO_INFO_PLANE_STRIDE(&frame, plane);
  }
  const auto bytes =
      static_cast<std::size_t>(GST_VIDEO_FORMAT_INFO_BITS(gst_video_format_get_info(info_->unpack_format)) / 8);
  std::array<std::vector<guint8>, kRows> rows;
  for (gint y = 0; y < kRows; ++y) {
    auto& row = rows[static_cast<std::size_t>(y)];
    row.resize(4 * 8 * kSize);
    info_->unpack_func(info_, GST_VIDEO_PACK_FLAG_INTERLACED, row.data(), data, strides, 0, y, kSize);
  }
  const auto has_same_chroma = [&](std::size_t a, std::size_t b) {
    for (std::size_t pixel = 0; pixel < kSize; ++pixel) {
      // After alpha and luma.
      const auto first = (4 * pixel + 2) * bytes;
      if (!std::equal(&rows[a][first], &rows[a][first] + 2 * bytes, &rows[b][first])) return false;
    }
    return true;
  };
  return has_same_chroma(0, 2) && has_same_chroma(1, 3);
}

int RawLayout::sample_shift() const {
  const auto format = unpacked_format();
  return format.sample_bytes() == 1 ? 0 : 16 - format.depth;
}

int RawLayout::alpha_depth() const {
  if (has_palette()) return 8;
  // GStreamer does not call the fourth component of Y410 alpha, but unpacks it as such.
  constexpr unsigned kAllComponents = 4;
  if (GST_VIDEO_FORMAT_INFO_N_COMPONENTS(info_) < kAllComponents) return 0;
  return static_cast<int>(GST_VIDEO_FORMAT_INFO_DEPTH(info_, GST_VIDEO_COMP_A));
}

gsize RawLayout::row_bytes(int plane, gint width) const {
  const auto bytes = static_cast<gsize>(group_bytes(plane));
  const auto whole = static_cast<gsize>(width / group_pixels_) * bytes;
  const auto rest = static_cast<std::size_t>(width % group_pixels_);
  if (rest == 0 || bytes == 0) return whole;
  return whole + (end_bytes_[rest] > 0 ? static_cast<gsize>(end_bytes_[rest]) : bytes);
}

gsize RawLayout::row_bytes(const GstVideoInfo& frame, int plane) const {
  return group_pixels_ > 0 ? row_bytes(plane, GST_VIDEO_INFO_WIDTH(&frame))
                           : static_cast<gsize>(GST_VIDEO_INFO_PLANE_STRIDE(&frame, plane));
}

gsize RawLayout::row_count(const GstVideoInfo& frame, int plane, bool has_fields) const {
  // The unpacked planes have the rows of the plane that they come from.
  const auto rows = composite::row_count(unpacked_format(), plane, GST_VIDEO_INFO_HEIGHT(&frame), has_fields);
  return static_cast<gsize>(rows);
}

bool RawLayout::is_stride_enough(const GstVideoInfo& frame, int plane, gint stride) const {
  if (has_palette() && plane == 1) return true;
  if (stride <= 0) return false;
  if (!is_tiled()) return static_cast<gsize>(stride) >= row_bytes(frame, plane);
  const auto least = GST_VIDEO_INFO_PLANE_STRIDE(&frame, plane);
  return GST_VIDEO_TILE_X_TILES(stride) >= GST_VIDEO_TILE_X_TILES(least) &&
         GST_VIDEO_TILE_Y_TILES(stride) >= GST_VIDEO_TILE_Y_TILES(least);
}

gsize RawLayout::plane_bytes(const GstVideoInfo& frame, int plane, gint stride, bool has_fields) const {
  if (has_palette() && plane == 1) return kPaletteBytes;
  if (is_tiled()) {
    return static_cast<gsize>(GST_VIDEO_TILE_X_TILES(stride)) * static_cast<gsize>(GST_VIDEO_TILE_Y_TILES(stride)) *
           static_cast<gsize>(GST_VIDEO_FORMAT_INFO_TILE_SIZE(info_, plane));
  }
  return static_cast<gsize>(stride) * (row_count(frame, plane, has_fields) - 1) + row_bytes(frame, plane);
}

}  // namespace sam2::element
