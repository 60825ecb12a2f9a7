// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "composite/sample_type.hpp"

namespace sam2::composite {

/// The component that a sample holds.
enum class Channel : std::uint8_t { None, Red, Green, Blue, Luma, ChromaU, ChromaV, Alpha };

inline constexpr std::size_t kChannelCount = 8;
/// All that hold colour.
inline constexpr std::array kColorChannels = {Channel::Red,  Channel::Green,   Channel::Blue,
                                              Channel::Luma, Channel::ChromaU, Channel::ChromaV};

/// One component of a frame, or several whose samples lie side by side in one plane and share one subsampling. The
/// layer consists of groups of `step` bytes, each with its samples in the order of `channels`. Channel::None marks
/// samples that belong to no channel or to another layer of the same plane.
struct SampleLayer {
  std::uint8_t plane;
  std::uint8_t step;                ///< bytes from one sample group to the next
  std::array<Channel, 4> channels;  ///< the first FrameFormat::group_samples() entries are used
  std::uint8_t width_shift;         ///< log2 of the luma columns that a sample covers
  std::uint8_t height_shift;        ///< log2 of the luma rows that a sample covers
};

/// Unused low bits of a word.
constexpr int sample_shift(SampleType type) {
  switch (type) {
    case SampleType::HighTen:
    case SampleType::SwappedHighTen:
      return 6;
    case SampleType::HighTwelve:
    case SampleType::SwappedHighTwelve:
      return 4;
    default:
      return 0;
  }
}

/// True for words in the other byte order than the machine's.
constexpr bool is_swapped(SampleType type) {
  return type >= SampleType::SwappedWord;
}

/// A raw video format. The table of these is the only list of formats: pad template, dispatch and test matrix are made
/// from it.
struct FrameFormat {
  std::string_view name;  ///< GStreamer's name
  SampleType type;
  std::uint8_t depth;  ///< bits of a sample
  std::uint8_t plane_count;
  std::uint8_t layer_count;
  std::array<SampleLayer, 4> layers;  ///< in the order of drawing: an alpha layer comes last
  /// The two layers of YUY2 and similar formats as one layer, whose groups are two pixels and their chroma.
  std::optional<SampleLayer> pair_layer = std::nullopt;

  [[nodiscard]] constexpr std::span<const SampleLayer> sample_layers() const { return {layers.data(), layer_count}; }
  [[nodiscard]] constexpr std::size_t sample_bytes() const { return type == SampleType::Byte ? 1 : 2; }
  [[nodiscard]] constexpr std::size_t group_samples(const SampleLayer& layer) const {
    return layer.step / sample_bytes();
  }
};

/// The layer that holds alpha and nothing else, or nullptr.
constexpr const SampleLayer* find_alpha_layer(const FrameFormat& format) {
  for (const auto& layer : format.sample_layers()) {
    if (layer.channels[0] == Channel::Alpha && format.group_samples(layer) == 1) return &layer;
  }
  return nullptr;
}

enum class Model : std::uint8_t { Gray, Rgb, Yuv };

/// A format with a plane for each channel (R, G, B or Y, U, V, and alpha), in words of the machine's byte order for a
/// `depth` above 8. Gray has no alpha. It has no name and is not in the table: it holds pixels that were unpacked.
[[nodiscard]] FrameFormat make_planar_format(Model model, int depth, bool has_alpha, int width_shift, int height_shift);

/// All formats that the painter draws.
[[nodiscard]] std::span<const FrameFormat> frame_formats();

/// The format with that GStreamer name, or nullptr.
[[nodiscard]] const FrameFormat* find_frame_format(std::string_view name);

/// Bytes that a row of `plane` needs for `width` visible pixels, and rows that it needs for `height`.
[[nodiscard]] std::size_t row_bytes(const FrameFormat& format, int plane, std::int32_t width);
/// Interlaced frames may need one row more.
[[nodiscard]] std::int32_t row_count(const FrameFormat& format, int plane, std::int32_t height,
                                     bool has_fields = false);

}  // namespace sam2::composite
