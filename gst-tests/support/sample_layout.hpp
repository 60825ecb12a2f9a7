// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <gst/video/video.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

// Where GStreamer reads the samples of a format, found by asking its own unpacking. GStreamer's description of a format
// is not enough: it has the chroma of VYUY in the wrong order, the second chroma sample of P010 at byte 1, and all
// samples of Y210, Y212 and Y412 at byte 0 without a shift.
namespace sam2::test {

/// True if GStreamer describes all samples as whole bytes or words, each at a place of its own.
inline bool has_whole_samples(const GstVideoFormatInfo* info) {
  if (GST_VIDEO_FORMAT_INFO_IS_COMPLEX(info) || GST_VIDEO_FORMAT_INFO_IS_TILED(info)) return false;
  const auto bytes = GST_VIDEO_FORMAT_INFO_BITS(info) > 8 ? 2 : 1;
  for (unsigned i = 0; i < GST_VIDEO_FORMAT_INFO_N_COMPONENTS(info); ++i) {
    const auto depth = GST_VIDEO_FORMAT_INFO_DEPTH(info, i);
    int neighbours = 0;
    for (unsigned j = 0; j < GST_VIDEO_FORMAT_INFO_N_COMPONENTS(info); ++j) {
      neighbours += int(GST_VIDEO_FORMAT_INFO_PLANE(info, i) == GST_VIDEO_FORMAT_INFO_PLANE(info, j));
    }
    const auto room = GST_VIDEO_FORMAT_INFO_PSTRIDE(info, i);
    const bool shares_with_luma = GST_VIDEO_FORMAT_INFO_W_SUB(info, 1) == 1 && neighbours == 3;
    if (depth < 8 || depth > 16 || room < bytes * (shares_with_luma ? 2 : neighbours)) return false;
  }
  return true;
}

/// The value of each byte of a group in a plane decides which unpacked sample it changes.
class SampleLayout {
 public:
  explicit SampleLayout(const GstVideoFormatInfo* info) : info_(info) {
    for (unsigned component = 0; component < components(); ++component) first_[component] = probe(component);
  }

  [[nodiscard]] unsigned components() const { return GST_VIDEO_FORMAT_INFO_N_COMPONENTS(info_); }
  [[nodiscard]] std::size_t bytes() const { return GST_VIDEO_FORMAT_INFO_BITS(info_) > 8 ? 2 : 1; }
  [[nodiscard]] int depth() const { return int(GST_VIDEO_FORMAT_INFO_DEPTH(info_, 0)); }
  [[nodiscard]] bool is_big_endian() const { return name().find("BE") != std::string_view::npos; }
  /// Unused low bits of a sample.
  [[nodiscard]] int shift() const {
    const bool is_packed_high = bytes() == 2 && (name().starts_with("Y21") || name().starts_with("Y41"));
    return is_packed_high ? 16 - depth() : int(GST_VIDEO_FORMAT_INFO_SHIFT(info_, 0));
  }
  /// First byte of a component's sample, from where its group begins.
  [[nodiscard]] int first_byte(unsigned component) const { return first_[component]; }

 private:
  [[nodiscard]] std::string_view name() const { return GST_VIDEO_FORMAT_INFO_NAME(info_); }

  /// Position of a component in an unpacked pixel: A, Y, U, V or A, R, G, B.
  static unsigned unpacked_index(unsigned component) { return component == GST_VIDEO_COMP_A ? 0 : component + 1; }

  [[nodiscard]] int probe(unsigned component) const {
    constexpr int kRow = 64;
    alignas(16) std::array<std::array<std::uint8_t, kRow>, 4> planes;
    alignas(16) std::array<std::uint8_t, 8 * 16> pixels;
    gpointer data[GST_VIDEO_MAX_PLANES] = {};
    gint strides[GST_VIDEO_MAX_PLANES] = {};
    const auto plane = GST_VIDEO_FORMAT_INFO_PLANE(info_, component);
    for (int byte = 0; byte < std::max(GST_VIDEO_FORMAT_INFO_PSTRIDE(info_, component), 1); ++byte) {
      for (std::size_t i = 0; i < planes.size(); ++i) {
        planes[i].fill(0);
        data[i] = planes[i].data();
        strides[i] = kRow;
      }
      planes[plane][std::size_t(byte)] = 0xff;
      info_->unpack_func(info_, GST_VIDEO_PACK_FLAG_NONE, pixels.data(), data, strides, 0, 0, 8);
      const auto* const unpacked = gst_video_format_get_info(info_->unpack_format);
      const auto wide = GST_VIDEO_FORMAT_INFO_BITS(unpacked) / 8;
      const auto* const sample = pixels.data() + unpacked_index(component) * wide;
      if (std::any_of(sample, sample + wide, [](auto value) { return value != 0; })) return byte;
    }
    return -1;
  }

  const GstVideoFormatInfo* info_;
  std::array<int, 4> first_{-1, -1, -1, -1};
};

}  // namespace sam2::test
