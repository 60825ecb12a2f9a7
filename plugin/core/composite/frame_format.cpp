// SPDX-License-Identifier: LGPL-2.1-or-later
#include "composite/frame_format.hpp"

#include <algorithm>
#include <cstddef>

namespace sam2::composite {
namespace {

using enum Channel;

/// A plane that holds one channel.
constexpr SampleLayer plane_of(Channel channel, std::uint8_t plane, std::uint8_t width_shift = 0,
                               std::uint8_t height_shift = 0) {
  return {plane, 1, {channel}, width_shift, height_shift};
}

/// One plane in which every pixel has all its samples side by side.
constexpr FrameFormat packed(std::string_view name, Channel a, Channel b, Channel c) {
  return {name, 1, 1, {{{0, 3, {a, b, c}, 0, 0}}}};
}

constexpr FrameFormat packed(std::string_view name, Channel a, Channel b, Channel c, Channel d) {
  return {name, 1, 1, {{{0, 4, {a, b, c, d}, 0, 0}}}};
}

/// One plane in which two pixels of a row share the two chroma samples between their luma samples.
constexpr FrameFormat luma_first(std::string_view name, Channel second, Channel fourth) {
  return {name, 1, 2, {{{0, 2, {Luma, None}, 0, 0}, {0, 4, {None, second, None, fourth}, 1, 0}}}};
}

constexpr FrameFormat chroma_first(std::string_view name, Channel first, Channel third) {
  return {name, 1, 2, {{{0, 2, {None, Luma}, 0, 0}, {0, 4, {first, None, third, None}, 1, 0}}}};
}

/// Three planes; `second` is the channel of plane 1.
constexpr FrameFormat planar(std::string_view name, Channel second, Channel third, std::uint8_t width_shift,
                             std::uint8_t height_shift) {
  return {name,
          3,
          3,
          {{plane_of(Luma, 0), plane_of(second, 1, width_shift, height_shift),
            plane_of(third, 2, width_shift, height_shift)}}};
}

/// A luma plane and one of chroma pairs, 4:2:0.
constexpr FrameFormat semi_planar(std::string_view name, Channel first, Channel second) {
  return {name, 2, 2, {{plane_of(Luma, 0), {1, 2, {first, second}, 1, 1}}}};
}

constexpr std::array kFormats = {
    packed("RGB", Red, Green, Blue),
    packed("BGR", Blue, Green, Red),
    packed("RGBx", Red, Green, Blue, None),
    packed("BGRx", Blue, Green, Red, None),
    packed("xRGB", None, Red, Green, Blue),
    packed("xBGR", None, Blue, Green, Red),
    packed("RGBA", Red, Green, Blue, Alpha),
    packed("BGRA", Blue, Green, Red, Alpha),
    packed("ARGB", Alpha, Red, Green, Blue),
    packed("ABGR", Alpha, Blue, Green, Red),
    FrameFormat{"GRAY8", 1, 1, {{plane_of(Luma, 0)}}},
    planar("I420", ChromaU, ChromaV, 1, 1),
    planar("YV12", ChromaV, ChromaU, 1, 1),
    semi_planar("NV12", ChromaU, ChromaV),
    semi_planar("NV21", ChromaV, ChromaU),
    planar("Y42B", ChromaU, ChromaV, 1, 0),
    planar("Y444", ChromaU, ChromaV, 0, 0),
    luma_first("YUY2", ChromaU, ChromaV),
    luma_first("YVYU", ChromaV, ChromaU),
    chroma_first("UYVY", ChromaU, ChromaV),
    packed("AYUV", Alpha, Luma, ChromaU, ChromaV),
    packed("VUYA", ChromaV, ChromaU, Luma, Alpha),
    // The painter goes through the layers in this order; alpha comes last because the others are composited with the
    // alpha from before.
    FrameFormat{"A420",
                4,
                4,
                {{plane_of(Luma, 0), plane_of(ChromaU, 1, 1, 1), plane_of(ChromaV, 2, 1, 1), plane_of(Alpha, 3)}}},
};

/// Samples along one axis that cover `pixels`, in 64 bits because rounding up may leave 32.
constexpr std::int64_t samples(std::int32_t pixels, int shift) {
  return (std::int64_t{pixels} + (std::int64_t{1} << shift) - 1) >> shift;
}

}  // namespace

std::span<const FrameFormat> frame_formats() {
  return kFormats;
}

const FrameFormat* find_frame_format(std::string_view name) {
  const auto* const found =
      std::find_if(kFormats.begin(), kFormats.end(), [&](const auto& f) { return f.name == name; });
  return found == kFormats.end() ? nullptr : found;
}

std::size_t row_bytes(const FrameFormat& format, int plane, std::int32_t width) {
  std::int64_t bytes = 0;
  for (const auto& layer : format.sample_layers()) {
    if (layer.plane == plane) bytes = std::max(bytes, samples(width, layer.width_shift) * layer.step);
  }
  return static_cast<std::size_t>(bytes);
}

std::int32_t row_count(const FrameFormat& format, int plane, std::int32_t height) {
  std::int64_t rows = 0;
  for (const auto& layer : format.sample_layers()) {
    if (layer.plane == plane) rows = std::max(rows, samples(height, layer.height_shift));
  }
  return static_cast<std::int32_t>(rows);
}

}  // namespace sam2::composite
