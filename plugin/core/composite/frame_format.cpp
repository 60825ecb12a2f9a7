// SPDX-License-Identifier: LGPL-2.1-or-later
#include "composite/frame_format.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>

namespace sam2::composite {
namespace {

using enum Channel;

/// A way to store samples.
struct Storage {
  SampleType type;
  std::uint8_t depth;

  [[nodiscard]] constexpr std::uint8_t bytes(int samples) const {
    return static_cast<std::uint8_t>(type == SampleType::Byte ? samples : 2 * samples);
  }
};

constexpr Storage k8Bits = {SampleType::Byte, 8};
constexpr Storage k10Bits = {SampleType::Word, 10};
constexpr Storage kHigh10Bits = {SampleType::HighTen, 10};
constexpr Storage k16Bits = {SampleType::Word, 16};
static_assert(std::endian::native == std::endian::little, "the formats of more than 8 bits are little-endian");

/// One plane in which every pixel has all its samples side by side.
constexpr FrameFormat packed(std::string_view name, Channel a, Channel b, Channel c) {
  return {name, SampleType::Byte, 8, 1, 1, {{{0, 3, {a, b, c}, 0, 0}}}};
}

constexpr FrameFormat packed(std::string_view name, Channel a, Channel b, Channel c, Channel d,
                             Storage storage = k8Bits) {
  return {name, storage.type, storage.depth, 1, 1, {{{0, storage.bytes(4), {a, b, c, d}, 0, 0}}}};
}

/// One plane in which two pixels of a row share the two chroma samples between their luma samples.
constexpr FrameFormat luma_first(std::string_view name, Channel second, Channel fourth) {
  return {name, SampleType::Byte, 8, 1, 2, {{{0, 2, {Luma, None}, 0, 0}, {0, 4, {None, second, None, fourth}, 1, 0}}}};
}

constexpr FrameFormat chroma_first(std::string_view name, Channel first, Channel third) {
  return {name, SampleType::Byte, 8, 1, 2, {{{0, 2, {None, Luma}, 0, 0}, {0, 4, {first, None, third, None}, 1, 0}}}};
}

/// Three planes; `second` is the channel of plane 1.
constexpr FrameFormat planar(std::string_view name, Channel second, Channel third, std::uint8_t width_shift,
                             std::uint8_t height_shift, Storage storage = k8Bits) {
  const auto step = storage.bytes(1);
  return {name,
          storage.type,
          storage.depth,
          3,
          3,
          {{{0, step, {Luma}, 0, 0},
            {1, step, {second}, width_shift, height_shift},
            {2, step, {third}, width_shift, height_shift}}}};
}

/// A luma plane and one of chroma pairs, 4:2:0.
constexpr FrameFormat semi_planar(std::string_view name, Channel first, Channel second, Storage storage = k8Bits) {
  return {name,
          storage.type,
          storage.depth,
          2,
          2,
          {{{0, storage.bytes(1), {Luma}, 0, 0}, {1, storage.bytes(2), {first, second}, 1, 1}}}};
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
    FrameFormat{"GRAY8", SampleType::Byte, 8, 1, 1, {{{0, 1, {Luma}, 0, 0}}}},
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
                SampleType::Byte,
                8,
                4,
                4,
                {{{0, 1, {Luma}, 0, 0}, {1, 1, {ChromaU}, 1, 1}, {2, 1, {ChromaV}, 1, 1}, {3, 1, {Alpha}, 0, 0}}}},
    planar("I420_10LE", ChromaU, ChromaV, 1, 1, k10Bits),
    semi_planar("P010_10LE", ChromaU, ChromaV, kHigh10Bits),
    planar("Y444_10LE", ChromaU, ChromaV, 0, 0, k10Bits),
    packed("RGBA64_LE", Red, Green, Blue, Alpha, k16Bits),
    packed("BGRA64_LE", Blue, Green, Red, Alpha, k16Bits),
    packed("ARGB64_LE", Alpha, Red, Green, Blue, k16Bits),
    packed("ABGR64_LE", Alpha, Blue, Green, Red, k16Bits),
    // In the machine's byte order.
    packed("ARGB64", Alpha, Red, Green, Blue, k16Bits),
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
