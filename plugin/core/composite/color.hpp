// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <array>
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

enum class Range : std::uint8_t {
  Limited,  ///< 8-bit luma, R, G and B from 16 to 235, chroma from 16 to 240
  Full,
};

/// How a stream turns light into R'G'B'.
enum class Transfer : std::uint8_t {
  Sdr,  ///< colours are taken as they are
  Pq,   ///< SMPTE ST 2084
  Hlg,  ///< ARIB STD-B67
};

/// CIE 1931 chromaticities of primaries and white.
struct Primaries {
  double red_x, red_y;
  double green_x, green_y;
  double blue_x, blue_y;
  double white_x, white_y;
};

inline constexpr Primaries kBt709Primaries = {0.640, 0.330, 0.300, 0.600, 0.150, 0.060, 0.3127, 0.3290};
inline constexpr Primaries kBt2020Primaries = {0.708, 0.292, 0.170, 0.797, 0.131, 0.046, 0.3127, 0.3290};

/// R, G and B, or R', G' and B', from 0 to 1.
using Triple = std::array<double, 3>;
/// Rows of factors of R, G and B.
using Matrix = std::array<Triple, 3>;

/// Brings linear R, G and B from one set of primaries to another. The whites must be alike: there is no adaptation.
[[nodiscard]] Matrix make_conversion(const Primaries& from, const Primaries& to);

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
  /// The identity matrix: Y, U and V hold G, B and R (ITU-T H.273, MatrixCoefficients 0).
  bool is_identity = false;
  /// Colours are stored times their alpha.
  bool is_premultiplied = false;
  Transfer transfer = Transfer::Sdr;
  /// From BT.709, the primaries of colours, to those of the stream. Used for Pq and Hlg only.
  Matrix to_stream = {{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};

  /// Sets depth, offsets and scales (ITU-R BT.2100, table 9). Full-range chroma has the scale of full-range luma, as in
  /// GStreamer.
  void set_range(Range range, int bits);
};

/// R'G'B' of the stream for a colour.
///
/// SDR colours stay as they are. On PQ and HLG streams, the colour is light: decoded as sRGB (IEC 61966-2-1), brought
/// to the stream's primaries, with white at 203 cd/m2 (ITU-R BT.2408, table 1), which is 58 % PQ and 75 % HLG. HLG
/// takes the inverse OOTF of a display of 1000 cd/m2 (ITU-R BT.2100, table 5).
[[nodiscard]] Triple to_signal(Rgb color, const ColorEncoding& encoding);

/// Code value of `signal` in one channel, rounded to nearest and clipped to the depth; the largest for Alpha, 0 for
/// None.
[[nodiscard]] std::uint16_t encode_signal(const Triple& signal, Channel channel, const ColorEncoding& encoding);

/// Code value of `color` in one channel.
[[nodiscard]] inline std::uint16_t encode(Rgb color, Channel channel, const ColorEncoding& encoding) {
  return encode_signal(to_signal(color, encoding), channel, encoding);
}

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

/// Parses one colour, written like those of parse_colors(). Errors: Settings.
Result<Rgb> parse_one_color(std::string_view text);

}  // namespace sam2::composite
