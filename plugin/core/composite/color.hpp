// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "composite/frame_format.hpp"

namespace sam2::composite {

/// Full-range 8-bit R'G'B'.
struct Rgb {
  std::uint8_t red = 0;
  std::uint8_t green = 0;
  std::uint8_t blue = 0;

  friend bool operator==(const Rgb&, const Rgb&) = default;
};

/// How the samples of a frame encode colour: the luma weights of its matrix (Kr, Kb; ITU-R BT.601, BT.709, BT.2020 ...)
/// and the code values of its range at its depth. 8-bit limited range: offset 16, scale 219, chroma 128 and 224.
struct ColorEncoding {
  double kr = 0.299;
  double kb = 0.114;
  int luma_offset = 0;   ///< also the offset of R, G and B
  int luma_scale = 255;  ///< also the scale of R, G and B
  int chroma_offset = 128;
  int chroma_scale = 255;
  int depth = 8;  ///< bits of a code value
};

/// Code value of `color` in one channel, rounded to nearest and clipped to the depth; the largest for Alpha, 0 for
/// None.
[[nodiscard]] std::uint16_t encode(Rgb color, Channel channel, const ColorEncoding& encoding);

enum class Palette {
  Tab10,  ///< matplotlib's, as in the SAM 2 notebooks
  Sam2,   ///< the nine of the SAM 2 demo
  Tab20,
  Golden,  ///< unlimited: hue by golden ratio
};

/// Colour of the object in `slot` (>= 0): list[slot mod length].
[[nodiscard]] Rgb palette_color(Palette palette, std::int64_t slot);

/// Parses a list of colours separated by commas, at least one: "#RRGGBB", "0xRRGGBB" or "RRGGBB". A "#" cannot be
/// written in the effect descriptions of ges-launch-1.0. Spaces around a colour are ignored.
/// Errors: Settings, naming the entry.
Result<std::vector<Rgb>> parse_colors(std::string_view text);

}  // namespace sam2::composite
