// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <gst/video/video.h>

#include "composite/painter.hpp"
#include "support/gst_check.hpp"
#include "support/sample_layout.hpp"

// What the painter must do, pixel by pixel on dense masks, written from the formulas in integer fractions. Samples are
// located by GStreamer's description and unpacking of the format, not by the project's own table.
namespace sam2::test {

/// A mask with a coverage (0 to 255) for each pixel, which may reach over the frame by kMargin pixels on each side.
class DenseMask {
 public:
  static constexpr int kMargin = 3;

  DenseMask(int width, int height)
      : width_(width), height_(height), pixels_((width + 2 * kMargin) * std::size_t(height + 2 * kMargin)) {}

  std::uint8_t& at(int x, int y) { return pixels_[std::size_t(y + kMargin) * (width_ + 2 * kMargin) + (x + kMargin)]; }
  std::uint8_t at(int x, int y) const { return const_cast<DenseMask*>(this)->at(x, y); }

  /// Of the pixels that are covered at all. Starts at the first row that is not empty.
  runs::RunMask to_runs() const {
    runs::RunMask runs;
    bool started = false;
    for (int y = -kMargin; y < height_ + kMargin; ++y) {
      for (int x = -kMargin; x < width_ + kMargin; ++x) {
        if (at(x, y) == 0) continue;
        if (!started) runs.reset(y);
        started = true;
        runs.add_span(x, x + 1);
      }
      if (started) runs.end_row();
    }
    return runs;
  }

  /// Cut at random places into spans of one coverage and spans of several.
  runs::CoverageMask to_coverages(std::mt19937& random) const {
    runs::CoverageMask coverages;
    coverages.reset(-kMargin);
    std::vector<std::uint8_t> bytes;
    for (int y = -kMargin; y < height_ + kMargin; ++y) {
      for (int x = -kMargin; x < width_ + kMargin;) {
        const int end = std::min(x + 1 + int(random() % 20), width_ + kMargin);
        bytes.clear();
        for (int i = x; i < end; ++i) bytes.push_back(at(i, y));
        const bool is_constant = std::all_of(bytes.begin(), bytes.end(), [&](auto byte) { return byte == bytes[0]; });
        if (is_constant && random() % 4 != 0) {
          coverages.add_span(x, end, bytes[0]);
        } else {
          coverages.add_span(x, bytes);
        }
        x = end;
      }
      coverages.end_row();
    }
    return coverages;
  }

 private:
  int width_;
  int height_;
  std::vector<std::uint8_t> pixels_;
};

/// An encoding with the luma weights in ten thousandths.
struct ExactEncoding {
  const char* name;
  int kr, kb;
  bool is_limited;
  int depth = 8;

  int largest() const { return (1 << depth) - 1; }
  int luma_offset() const { return is_limited ? 16 << (depth - 8) : 0; }
  int luma_scale() const { return is_limited ? 219 << (depth - 8) : largest(); }
  int chroma_offset() const { return 1 << (depth - 1); }
  int chroma_scale() const { return is_limited ? 224 << (depth - 8) : largest(); }

  composite::ColorEncoding encoding() const {
    return {kr / 10000.0, kb / 10000.0, luma_offset(), luma_scale(), chroma_offset(), chroma_scale(), depth};
  }
};

/// numerator / denominator, both positive, to nearest, halves up.
inline int round_quotient(std::int64_t numerator, std::int64_t denominator) {
  return int((2 * numerator + denominator) / (2 * denominator));
}

/// Code value of a colour in component `component`: R, G, B, A or Y, U, V, A.
inline int reference_code(const GstVideoFormatInfo* info, int component, composite::Rgb color, const ExactEncoding& e) {
  if (component == GST_VIDEO_COMP_A) return e.largest();
  const std::int64_t luma = e.kr * color.red + (10000 - e.kr - e.kb) * color.green + e.kb * color.blue;
  const auto scaled = [&](int offset, int scale, std::int64_t value, std::int64_t unit) {
    return std::clamp(round_quotient(offset * unit + scale * value, unit), 0, e.largest());
  };
  if (GST_VIDEO_FORMAT_INFO_IS_RGB(info)) {
    const std::uint8_t channels[] = {color.red, color.green, color.blue};
    return scaled(e.luma_offset(), e.luma_scale(), channels[component], 255);
  }
  if (component == GST_VIDEO_COMP_Y) return scaled(e.luma_offset(), e.luma_scale(), luma, 10000 * 255);
  const auto primary = component == GST_VIDEO_COMP_U ? color.blue : color.red;
  const auto weight = component == GST_VIDEO_COMP_U ? e.kb : e.kr;
  return scaled(e.chroma_offset(), e.chroma_scale(), 10000 * primary - luma, std::int64_t{2} * (10000 - weight) * 255);
}

/// A frame in one piece of memory, with bytes of kCanary before, between and after its rows and planes.
struct ReferenceFrame {
  static constexpr std::uint8_t kCanary = 0x88;

  const GstVideoFormatInfo* info = nullptr;
  std::optional<SampleLayout> layout;
  int width = 0;
  int height = 0;
  bool has_fields = false;
  std::array<std::size_t, 4> offsets{};
  std::array<std::ptrdiff_t, 4> strides{};
  std::vector<std::uint8_t> bytes;

  int columns(int component) const { return int(GST_VIDEO_FORMAT_INFO_SCALE_WIDTH(info, component, width)); }
  /// GStreamer rounds the rows of subsampled planes up to an even number in interlaced frames.
  int rows(int component) const {
    const auto rows = int(GST_VIDEO_FORMAT_INFO_SCALE_HEIGHT(info, component, height));
    return has_fields && GST_VIDEO_FORMAT_INFO_H_SUB(info, component) > 0 ? (rows + 1) / 2 * 2 : rows;
  }

  /// The rows of pixels that a row of a component covers, as in the macro GET_UV_420 of GStreamer's unpacking.
  std::vector<int> luma_rows(int component, int row) const {
    std::vector<int> found;
    const int shift = GST_VIDEO_FORMAT_INFO_H_SUB(info, component);
    for (int y = 0; y < height; ++y) {
      const int progressive = y >> shift;
      const int interlaced = ((y & ~((2 << shift) - 1)) >> shift) + (y & 1);
      if ((has_fields && shift > 0 ? interlaced : progressive) == row) found.push_back(y);
    }
    return found;
  }

  std::size_t position(int component, int x, int y) const {
    const auto plane = GST_VIDEO_FORMAT_INFO_PLANE(info, component);
    return offsets[plane] + y * strides[plane] + x * GST_VIDEO_FORMAT_INFO_PSTRIDE(info, component) +
           layout->first_byte(unsigned(component));
  }

  bool has_words() const { return layout->bytes() == 2; }
  int depth() const { return layout->depth(); }
  int shift() const { return layout->shift(); }

  /// All bits that belong to a sample, of which the lowest shift() are none of its value.
  int word(int component, int x, int y) const {
    const auto* const at = bytes.data() + position(component, x, y);
    if (!has_words()) return at[0];
    return layout->is_big_endian() ? at[1] + 256 * at[0] : at[0] + 256 * at[1];
  }
  void set_word(int component, int x, int y, int value) {
    auto* const at = bytes.data() + position(component, x, y);
    const bool is_big = has_words() && layout->is_big_endian();
    at[is_big ? 1 : 0] = static_cast<std::uint8_t>(value);
    if (has_words()) at[is_big ? 0 : 1] = static_cast<std::uint8_t>(value >> 8);
  }

  composite::FrameView view() {
    composite::FrameView view{width, height, {}, strides, has_fields};
    for (unsigned i = 0; i < GST_VIDEO_FORMAT_INFO_N_PLANES(info); ++i) view.planes[i] = bytes.data() + offsets[i];
    return view;
  }
};

/// Draws by the formulas: with the mean coverage s of n luma samples the colour's alpha is a = A s; with the mean alpha
/// ad of the n samples, where both count 1 for opaque, d' = (c a + d ad (1 - a)) / (a + ad (1 - a)). A format without
/// alpha has ad = 1.
inline void reference_draw(ReferenceFrame& frame, const DenseMask& mask, const composite::Paint& paint,
                           const ExactEncoding& encoding) {
  const auto before = frame;
  const auto* const info = frame.info;
  // GStreamer does not call the fourth component of AV12 and Y412 alpha, but unpacks it as such.
  const bool has_alpha = GST_VIDEO_FORMAT_INFO_N_COMPONENTS(info) == 4;
  const std::int64_t opaque = encoding.largest();
  for (int component = 0; component < int(GST_VIDEO_FORMAT_INFO_N_COMPONENTS(info)); ++component) {
    const std::int64_t code = reference_code(info, component, paint.color, encoding);
    const int sx = 1 << GST_VIDEO_FORMAT_INFO_W_SUB(info, component);
    for (int y = 0; y < frame.rows(component); ++y) {
      const auto luma_rows = frame.luma_rows(component, y);
      for (int x = 0; x < frame.columns(component); ++x) {
        std::int64_t n = 0, coverage = 0, alpha_sum = 0;
        for (const int v : luma_rows) {
          for (int u = x * sx; u < std::min((x + 1) * sx, frame.width); ++u) {
            ++n;
            coverage += mask.at(u, v);
            alpha_sum += has_alpha ? before.word(GST_VIDEO_COMP_A, u, v) >> frame.shift() : opaque;
          }
        }
        if (coverage == 0 || paint.alpha == 0) continue;
        const std::int64_t sample = frame.word(component, x, y) >> frame.shift();
        const std::int64_t a = paint.alpha * coverage;              // times 255 n
        const std::int64_t kept = alpha_sum * (255 * 255 * n - a);  // times 255 n n
        const std::int64_t total = opaque * a * n + kept;           // times 255 n n
        const auto value = component == GST_VIDEO_COMP_A ? round_quotient(total, 255 * 255 * n * n)
                                                         : round_quotient(code * opaque * a * n + sample * kept, total);
        frame.set_word(component, x, y, value << frame.shift());
      }
    }
  }
}

}  // namespace sam2::test
