// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "composite/sample_type.hpp"

namespace sam2::composite {

/// What one sample of a group holds.
enum class Channel : std::uint8_t { None, Red, Green, Blue, Luma, ChromaU, ChromaV, Alpha };

/// Samples that lie side by side in one plane and share one subsampling: groups of `step` bytes each, in the order of
/// `channels`. Channel::None marks samples between that belong to no channel or to another layer of the same plane.
struct SampleLayer {
  std::uint8_t plane;
  std::uint8_t step;                ///< bytes from one sample group to the next
  std::array<Channel, 4> channels;  ///< the first FrameFormat::group_samples() count
  std::uint8_t width_shift;         ///< log2 of the luma columns that a sample covers
  std::uint8_t height_shift;        ///< log2 of the luma rows that a sample covers
};

/// A raw video format by its GStreamer name. This table is the only place that lists them: pad template, dispatch and
/// test matrix are made from it.
struct FrameFormat {
  std::string_view name;
  SampleType type;
  std::uint8_t depth;  ///< bits of a sample
  std::uint8_t plane_count;
  std::uint8_t layer_count;
  std::array<SampleLayer, 4> layers;

  [[nodiscard]] constexpr std::span<const SampleLayer> sample_layers() const { return {layers.data(), layer_count}; }
  [[nodiscard]] constexpr std::size_t sample_bytes() const { return type == SampleType::Byte ? 1 : 2; }
  [[nodiscard]] constexpr std::size_t group_samples(const SampleLayer& layer) const {
    return layer.step / sample_bytes();
  }
};

/// All formats that are drawn.
[[nodiscard]] std::span<const FrameFormat> frame_formats();

/// The format of that GStreamer name, or nullptr.
[[nodiscard]] const FrameFormat* find_frame_format(std::string_view name);

/// Bytes that a row of `plane` needs for `width` visible pixels, and rows that it needs for `height`.
[[nodiscard]] std::size_t row_bytes(const FrameFormat& format, int plane, std::int32_t width);
[[nodiscard]] std::int32_t row_count(const FrameFormat& format, int plane, std::int32_t height);

}  // namespace sam2::composite
