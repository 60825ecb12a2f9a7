// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
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

constexpr auto kLittle = std::endian::little;
constexpr auto kBig = std::endian::big;
constexpr auto kNative = std::endian::native;

constexpr Storage k8Bits = {SampleType::Byte, 8};

/// Samples in the low bits of a word.
constexpr Storage low(int depth, std::endian order) {
  return {order == kNative ? SampleType::Word : SampleType::SwappedWord, static_cast<std::uint8_t>(depth)};
}

/// 10 or 12 bits in the high bits of a word.
constexpr Storage high(int depth, std::endian order) {
  if (depth == 10) return {order == kNative ? SampleType::HighTen : SampleType::SwappedHighTen, 10};
  return {order == kNative ? SampleType::HighTwelve : SampleType::SwappedHighTwelve, 12};
}

/// How many luma samples share a chroma sample.
struct Subsampling {
  std::uint8_t width_shift;
  std::uint8_t height_shift;
};

constexpr Subsampling k444 = {0, 0};
constexpr Subsampling k422 = {1, 0};
constexpr Subsampling k420 = {1, 1};
constexpr Subsampling k411 = {2, 0};
constexpr Subsampling k410 = {2, 2};

constexpr FrameFormat gray(std::string_view name, Storage storage = k8Bits) {
  return {name, storage.type, storage.depth, 1, 1, {{{0, storage.bytes(1), {Luma}, 0, 0}}}};
}

/// One plane in which every pixel has its three samples side by side.
constexpr FrameFormat packed(std::string_view name, Channel a, Channel b, Channel c) {
  return {name, SampleType::Byte, 8, 1, 1, {{{0, 3, {a, b, c}, 0, 0}}}};
}

/// One plane in which every pixel has its four samples side by side.
constexpr FrameFormat packed(std::string_view name, Channel a, Channel b, Channel c, Channel d,
                             Storage storage = k8Bits) {
  return {name, storage.type, storage.depth, 1, 1, {{{0, storage.bytes(4), {a, b, c, d}, 0, 0}}}};
}

/// One plane in which two pixels of a row share two chroma samples: four samples in the order of the arguments.
constexpr FrameFormat pixel_pairs(std::string_view name, Channel a, Channel b, Channel c, Channel d,
                                  Storage storage = k8Bits) {
  const auto two = storage.bytes(2);
  const auto four = storage.bytes(4);
  const bool is_luma_first = a == Luma;
  return {name,
          storage.type,
          storage.depth,
          1,
          2,
          {{is_luma_first ? SampleLayer{0, two, {Luma, None}, 0, 0} : SampleLayer{0, two, {None, Luma}, 0, 0},
            is_luma_first ? SampleLayer{0, four, {None, b, None, d}, 1, 0}
                          : SampleLayer{0, four, {a, None, c, None}, 1, 0}}},
          SampleLayer{0, four, {a, b, c, d}, 1, 0}};
}

/// Three planes, whose channels are `a`, `b` and `c`.
constexpr FrameFormat planar(std::string_view name, Channel a, Channel b, Channel c, Subsampling chroma,
                             Storage storage = k8Bits) {
  const auto step = storage.bytes(1);
  return {name,
          storage.type,
          storage.depth,
          3,
          3,
          {{{0, step, {a}, 0, 0},
            {1, step, {b}, chroma.width_shift, chroma.height_shift},
            {2, step, {c}, chroma.width_shift, chroma.height_shift}}}};
}

/// Adds a last plane, with alpha.
constexpr FrameFormat with_alpha(FrameFormat format) {
  const auto step = static_cast<std::uint8_t>(format.sample_bytes());
  format.layers[format.layer_count++] = {format.plane_count++, step, {Alpha}, 0, 0};
  return format;
}

constexpr FrameFormat yuv(std::string_view name, Subsampling chroma, Storage storage = k8Bits) {
  return planar(name, Luma, ChromaU, ChromaV, chroma, storage);
}

constexpr FrameFormat yuva(std::string_view name, Subsampling chroma, Storage storage = k8Bits) {
  return with_alpha(yuv(name, chroma, storage));
}

constexpr FrameFormat gbr(std::string_view name, Storage storage = k8Bits) {
  return planar(name, Green, Blue, Red, k444, storage);
}

constexpr FrameFormat gbra(std::string_view name, Storage storage = k8Bits) {
  return with_alpha(gbr(name, storage));
}

/// A luma plane and one of chroma pairs.
constexpr FrameFormat semi_planar(std::string_view name, Channel first, Channel second, Subsampling chroma,
                                  Storage storage = k8Bits) {
  return {name,
          storage.type,
          storage.depth,
          2,
          2,
          {{{0, storage.bytes(1), {Luma}, 0, 0},
            {1, storage.bytes(2), {first, second}, chroma.width_shift, chroma.height_shift}}}};
}

// Names without a byte order mean the machine's. Some exist only in GStreamer 1.24 or 1.26.
constexpr std::array kFormats = {
    packed("RGB", Red, Green, Blue),
    packed("BGR", Blue, Green, Red),
    packed("v308", Luma, ChromaU, ChromaV),
    packed("IYU2", ChromaU, Luma, ChromaV),
    packed("RGBx", Red, Green, Blue, None),
    packed("BGRx", Blue, Green, Red, None),
    packed("xRGB", None, Red, Green, Blue),
    packed("xBGR", None, Blue, Green, Red),
    packed("RGBA", Red, Green, Blue, Alpha),
    packed("BGRA", Blue, Green, Red, Alpha),
    packed("ARGB", Alpha, Red, Green, Blue),
    packed("ABGR", Alpha, Blue, Green, Red),
    packed("RBGA", Red, Blue, Green, Alpha),
    packed("AYUV", Alpha, Luma, ChromaU, ChromaV),
    packed("VUYA", ChromaV, ChromaU, Luma, Alpha),
    packed("ARGB64", Alpha, Red, Green, Blue, low(16, kNative)),
    packed("AYUV64", Alpha, Luma, ChromaU, ChromaV, low(16, kNative)),
    packed("RGBA64_LE", Red, Green, Blue, Alpha, low(16, kLittle)),
    packed("RGBA64_BE", Red, Green, Blue, Alpha, low(16, kBig)),
    packed("BGRA64_LE", Blue, Green, Red, Alpha, low(16, kLittle)),
    packed("BGRA64_BE", Blue, Green, Red, Alpha, low(16, kBig)),
    packed("ARGB64_LE", Alpha, Red, Green, Blue, low(16, kLittle)),
    packed("ARGB64_BE", Alpha, Red, Green, Blue, low(16, kBig)),
    packed("ABGR64_LE", Alpha, Blue, Green, Red, low(16, kLittle)),
    packed("ABGR64_BE", Alpha, Blue, Green, Red, low(16, kBig)),
    packed("Y412_LE", ChromaU, Luma, ChromaV, Alpha, high(12, kLittle)),
    packed("Y412_BE", ChromaU, Luma, ChromaV, Alpha, high(12, kBig)),
    packed("Y416_LE", ChromaU, Luma, ChromaV, Alpha, low(16, kLittle)),
    packed("Y416_BE", ChromaU, Luma, ChromaV, Alpha, low(16, kBig)),

    pixel_pairs("YUY2", Luma, ChromaU, Luma, ChromaV),
    pixel_pairs("YVYU", Luma, ChromaV, Luma, ChromaU),
    pixel_pairs("UYVY", ChromaU, Luma, ChromaV, Luma),
    pixel_pairs("VYUY", ChromaV, Luma, ChromaU, Luma),
    pixel_pairs("v216", ChromaU, Luma, ChromaV, Luma, low(16, kLittle)),
    pixel_pairs("Y210", Luma, ChromaU, Luma, ChromaV, high(10, kLittle)),
    pixel_pairs("Y212_LE", Luma, ChromaU, Luma, ChromaV, high(12, kLittle)),
    pixel_pairs("Y212_BE", Luma, ChromaU, Luma, ChromaV, high(12, kBig)),
    pixel_pairs("Y216_LE", Luma, ChromaU, Luma, ChromaV, low(16, kLittle)),
    pixel_pairs("Y216_BE", Luma, ChromaU, Luma, ChromaV, low(16, kBig)),

    gray("GRAY8"),
    gray("GRAY10_LE16", low(10, kLittle)),
    gray("GRAY16_LE", low(16, kLittle)),
    gray("GRAY16_BE", low(16, kBig)),

    semi_planar("NV12", ChromaU, ChromaV, k420),
    semi_planar("NV21", ChromaV, ChromaU, k420),
    semi_planar("NV16", ChromaU, ChromaV, k422),
    semi_planar("NV61", ChromaV, ChromaU, k422),
    semi_planar("NV24", ChromaU, ChromaV, k444),
    with_alpha(semi_planar("AV12", ChromaU, ChromaV, k420)),
    semi_planar("P010_10LE", ChromaU, ChromaV, k420, high(10, kLittle)),
    semi_planar("P010_10BE", ChromaU, ChromaV, k420, high(10, kBig)),
    semi_planar("P012_LE", ChromaU, ChromaV, k420, high(12, kLittle)),
    semi_planar("P012_BE", ChromaU, ChromaV, k420, high(12, kBig)),
    semi_planar("P016_LE", ChromaU, ChromaV, k420, low(16, kLittle)),
    semi_planar("P016_BE", ChromaU, ChromaV, k420, low(16, kBig)),

    yuv("I420", k420),
    planar("YV12", Luma, ChromaV, ChromaU, k420),
    yuv("Y42B", k422),
    yuv("Y444", k444),
    yuv("Y41B", k411),
    yuv("YUV9", k410),
    planar("YVU9", Luma, ChromaV, ChromaU, k410),
    yuv("I420_10LE", k420, low(10, kLittle)),
    yuv("I420_10BE", k420, low(10, kBig)),
    yuv("I422_10LE", k422, low(10, kLittle)),
    yuv("I422_10BE", k422, low(10, kBig)),
    yuv("Y444_10LE", k444, low(10, kLittle)),
    yuv("Y444_10BE", k444, low(10, kBig)),
    yuv("I420_12LE", k420, low(12, kLittle)),
    yuv("I420_12BE", k420, low(12, kBig)),
    yuv("I422_12LE", k422, low(12, kLittle)),
    yuv("I422_12BE", k422, low(12, kBig)),
    yuv("Y444_12LE", k444, low(12, kLittle)),
    yuv("Y444_12BE", k444, low(12, kBig)),
    yuv("Y444_16LE", k444, low(16, kLittle)),
    yuv("Y444_16BE", k444, low(16, kBig)),

    yuva("A420", k420),
    yuva("A422", k422),
    yuva("A444", k444),
    yuva("A420_10LE", k420, low(10, kLittle)),
    yuva("A420_10BE", k420, low(10, kBig)),
    yuva("A422_10LE", k422, low(10, kLittle)),
    yuva("A422_10BE", k422, low(10, kBig)),
    yuva("A444_10LE", k444, low(10, kLittle)),
    yuva("A444_10BE", k444, low(10, kBig)),
    yuva("A420_12LE", k420, low(12, kLittle)),
    yuva("A420_12BE", k420, low(12, kBig)),
    yuva("A422_12LE", k422, low(12, kLittle)),
    yuva("A422_12BE", k422, low(12, kBig)),
    yuva("A444_12LE", k444, low(12, kLittle)),
    yuva("A444_12BE", k444, low(12, kBig)),
    yuva("A420_16LE", k420, low(16, kLittle)),
    yuva("A420_16BE", k420, low(16, kBig)),
    yuva("A422_16LE", k422, low(16, kLittle)),
    yuva("A422_16BE", k422, low(16, kBig)),
    yuva("A444_16LE", k444, low(16, kLittle)),
    yuva("A444_16BE", k444, low(16, kBig)),

    planar("RGBP", Red, Green, Blue, k444),
    planar("BGRP", Blue, Green, Red, k444),
    gbr("GBR"),
    gbr("GBR_10LE", low(10, kLittle)),
    gbr("GBR_10BE", low(10, kBig)),
    gbr("GBR_12LE", low(12, kLittle)),
    gbr("GBR_12BE", low(12, kBig)),
    gbr("GBR_16LE", low(16, kLittle)),
    gbr("GBR_16BE", low(16, kBig)),
    gbra("GBRA"),
    gbra("GBRA_10LE", low(10, kLittle)),
    gbra("GBRA_10BE", low(10, kBig)),
    gbra("GBRA_12LE", low(12, kLittle)),
    gbra("GBRA_12BE", low(12, kBig)),
};

// Rows that the painter would draw wrongly.

/// True if `matches` holds for every layer of every format.
template <typename Matches>
constexpr bool all_layers(const Matches& matches) {
  for (const auto& format : kFormats) {
    for (const auto& layer : format.sample_layers()) {
      if (!matches(format, layer)) return false;
    }
  }
  return true;
}

/// True if the samples of a layer are alpha and nothing else.
constexpr bool is_alpha_plane(const FrameFormat& format, const SampleLayer& layer) {
  return format.group_samples(layer) == 1 && layer.channels[0] == Alpha;
}

constexpr bool is_in_high_bits(SampleType type) {
  return sample_shift(type) > 0;
}

static_assert(all_layers([](const auto&, const auto& layer) {
                return layer.width_shift <= 2 && layer.height_shift <= 2;
              }),
              "CoverageDrawing counts the pixels of up to 4 columns and 4 rows");
static_assert(all_layers([](const auto&, const auto& layer) { return layer.height_shift <= layer.width_shift; }),
              "draw_layers() takes a layer without horizontal subsampling for one without any");
static_assert(
    all_layers([](const auto& format, const auto& layer) {
      return layer.width_shift < 2 || (format.group_samples(layer) == 1 && !find_alpha_layer(format));
    }),
    "a chroma sample of 4 columns has a plane of its own, and its format has no alpha: PlanePainter::alpha_of() "
    "adds up 4 pixels");
static_assert(all_layers([](const auto& format, const auto& layer) {
                return !is_alpha_plane(format, layer) ||
                       (!is_in_high_bits(format.type) && &layer == &format.layers[format.layer_count - 1U]);
              }),
              "an alpha layer comes last, because colours are composited with the alpha from before; PlanePainter "
              "compares whole words of it with the opaque value");
static_assert(all_layers([](const auto& format, const auto& layer) {
                const auto samples = format.group_samples(layer);
                return layer.step == samples * format.sample_bytes() &&
                       (samples == 1 || samples == 2 || samples == 4 ||
                        (samples == 3 && format.type == SampleType::Byte));
              }),
              "a group holds 1, 2 or 4 whole samples, or 3 bytes: with_fill() has no groups of 3 words");
static_assert(all_layers([](const auto& format, const auto& layer) {
                return is_alpha_plane(format, layer) ||
                       std::find(layer.channels.begin(), layer.channels.end(), Alpha) == layer.channels.end() ||
                       (format.group_samples(layer) == 4 &&
                        format.depth + sample_shift(format.type) == 8 * static_cast<int>(format.sample_bytes()) &&
                        format.depth != 10);
              }),
              "alpha beside colours: over() has kernels for groups of 4 samples of 8, 12 high or 16 bits");
static_assert(all_layers([](const auto& format, const auto&) {
                const auto bits = 8 * static_cast<int>(format.sample_bytes());
                return is_in_high_bits(format.type) ? format.depth + sample_shift(format.type) == bits
                                                    : format.depth >= 8 && format.depth <= bits;
              }),
              "the depth of a format fits its sample type");
static_assert(all_layers([](const auto& format, const auto& layer) {
                return layer.plane < format.plane_count && format.plane_count <= 4 && format.layer_count <= 4;
              }),
              "a frame has at most 4 planes and 4 layers");

/// Samples along one axis that cover `pixels`, in 64 bits because rounding up may leave 32.
constexpr std::int64_t samples(std::int32_t pixels, int shift) {
  return (std::int64_t{pixels} + (std::int64_t{1} << shift) - 1) >> shift;
}

}  // namespace

FrameFormat make_planar_format(Model model, int depth, bool has_alpha, int width_shift, int height_shift) {
  const auto storage = depth == 8 ? k8Bits : low(depth, kNative);
  const Subsampling chroma = {static_cast<std::uint8_t>(width_shift), static_cast<std::uint8_t>(height_shift)};
  if (model == Model::Gray) return gray("", storage);
  const auto format = model == Model::Rgb ? planar("", Red, Green, Blue, k444, storage) : yuv("", chroma, storage);
  return has_alpha ? with_alpha(format) : format;
}

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

std::int32_t row_count(const FrameFormat& format, int plane, std::int32_t height, bool has_fields) {
  std::int64_t rows = 0;
  for (const auto& layer : format.sample_layers()) {
    if (layer.plane != plane) continue;
    const bool splits = has_fields && layer.height_shift > 0;
    const auto rest = height & ((2 << layer.height_shift) - 1);
    rows = std::max(rows, splits ? (std::int64_t{height} >> (layer.height_shift + 1)) * 2 + std::min(rest, 2)
                                 : samples(height, layer.height_shift));
  }
  return static_cast<std::int32_t>(rows);
}

}  // namespace sam2::composite
