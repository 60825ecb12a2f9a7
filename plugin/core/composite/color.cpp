// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "composite/color.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <span>
#include <string>

#include "base/text.hpp"

namespace sam2::composite {
namespace {

constexpr Rgb rgb(std::uint32_t code) {
  return {static_cast<std::uint8_t>(code >> 16), static_cast<std::uint8_t>(code >> 8), static_cast<std::uint8_t>(code)};
}

constexpr std::array kTab10 = {rgb(0x1f77b4), rgb(0xff7f0e), rgb(0x2ca02c), rgb(0xd62728), rgb(0x9467bd),
                               rgb(0x8c564b), rgb(0xe377c2), rgb(0x7f7f7f), rgb(0xbcbd22), rgb(0x17becf)};

constexpr std::array kTab20 = {rgb(0x1f77b4), rgb(0xaec7e8), rgb(0xff7f0e), rgb(0xffbb78), rgb(0x2ca02c),
                               rgb(0x98df8a), rgb(0xd62728), rgb(0xff9896), rgb(0x9467bd), rgb(0xc5b0d5),
                               rgb(0x8c564b), rgb(0xc49c94), rgb(0xe377c2), rgb(0xf7b6d2), rgb(0x7f7f7f),
                               rgb(0xc7c7c7), rgb(0xbcbd22), rgb(0xdbdb8d), rgb(0x17becf), rgb(0x9edae5)};

constexpr std::array kSam2 = {rgb(0x3880f3), rgb(0xf0aa19), rgb(0x00d2be), rgb(0x28d232), rgb(0x8773ff),
                              rgb(0x00c8f0), rgb(0xfa8719), rgb(0xe6193b), rgb(0xfa7dc8)};

/// Steps of this fraction of the circle leave no two of the first n hues closer than about 1 / (n sqrt 5) to each
/// other.
constexpr double kGoldenRatioFraction = 0.618033988749895;
/// Strong enough to stand out at half opacity, short of the glare of pure primaries.
constexpr double kGoldenSaturation = 0.65;
constexpr double kGoldenValue = 0.95;

/// A value that is half-way in exact arithmetic goes up, whatever the last bit of the double says.
std::uint16_t to_code(double value, double largest) {
  return static_cast<std::uint16_t>(std::clamp(std::floor(value + 0.5 + 1e-9), 0.0, largest));
}

/// HSV to R'G'B' by the piecewise linear curve that the three channels share, shifted by thirds of the circle.
Rgb from_hsv(double hue, double saturation, double value) {
  const auto channel = [&](double shift) {
    const double position = std::fmod(shift + 6 * hue, 6.0);
    const double drop = std::clamp(std::min(position, 4 - position), 0.0, 1.0);
    return static_cast<std::uint8_t>(to_code(255 * value * (1 - saturation * drop), 255));
  };
  return {channel(5), channel(3), channel(1)};
}

Rgb golden(std::int64_t slot) {
  const double turns = static_cast<double>(slot) * kGoldenRatioFraction;
  return from_hsv(turns - std::floor(turns), kGoldenSaturation, kGoldenValue);
}

Rgb entry(std::span<const Rgb> list, std::int64_t slot) {
  return list[static_cast<std::size_t>(slot % static_cast<std::int64_t>(list.size()))];
}

/// `what` is the subject of the error.
Triple multiply(const Matrix& matrix, const Triple& v) {
  Triple product{};
  for (std::size_t i = 0; i < product.size(); ++i) {
    product[i] = matrix[i][0] * v[0] + matrix[i][1] * v[1] + matrix[i][2] * v[2];
  }
  return product;
}

Matrix multiply(const Matrix& a, const Matrix& b) {
  Matrix product{};
  for (std::size_t i = 0; i < product.size(); ++i) {
    for (std::size_t j = 0; j < product.size(); ++j) {
      for (std::size_t k = 0; k < product.size(); ++k) product[i][j] += a[i][k] * b[k][j];
    }
  }
  return product;
}

Matrix invert(const Matrix& m) {
  const auto cofactor = [&](std::size_t i, std::size_t j) {
    const auto a = (i + 1) % 3, b = (i + 2) % 3, c = (j + 1) % 3, d = (j + 2) % 3;
    return m[a][c] * m[b][d] - m[a][d] * m[b][c];
  };
  const auto determinant = m[0][0] * cofactor(0, 0) + m[0][1] * cofactor(0, 1) + m[0][2] * cofactor(0, 2);
  Matrix inverse{};
  for (std::size_t i = 0; i < inverse.size(); ++i) {
    for (std::size_t j = 0; j < inverse.size(); ++j) inverse[j][i] = cofactor(i, j) / determinant;
  }
  return inverse;
}

/// Linear RGB to CIE XYZ, with a luminance of 1 for white (SMPTE RP 177).
Matrix to_xyz(const Primaries& primaries) {
  const auto xyz = [](double x, double y) { return Triple{x / y, 1, (1 - x - y) / y}; };
  const auto red = xyz(primaries.red_x, primaries.red_y);
  const auto green = xyz(primaries.green_x, primaries.green_y);
  const auto blue = xyz(primaries.blue_x, primaries.blue_y);
  Matrix columns{};
  for (std::size_t i = 0; i < columns.size(); ++i) columns[i] = {red[i], green[i], blue[i]};
  const auto shares = multiply(invert(columns), xyz(primaries.white_x, primaries.white_y));
  for (auto& row : columns) {
    for (std::size_t i = 0; i < row.size(); ++i) row[i] *= shares[i];
  }
  return columns;
}

/// Luminance of white in cd/m2.
constexpr double kWhite = 203;

double decode_srgb(double value) {
  return value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
}

/// The inverse EOTF of SMPTE ST 2084.
Triple encode_pq(Triple light) {
  constexpr double kPeak = 10000;
  constexpr double kM1 = 2610.0 / 16384;
  constexpr double kM2 = 2523.0 / 4096 * 128;
  constexpr double kC1 = 3424.0 / 4096;
  constexpr double kC2 = 2413.0 / 4096 * 32;
  constexpr double kC3 = 2392.0 / 4096 * 32;
  for (auto& channel : light) {
    const auto y = std::pow(kWhite * channel / kPeak, kM1);
    channel = std::pow((kC1 + kC2 * y) / (1 + kC3 * y), kM2);
  }
  return light;
}

/// The inverse OOTF and the OETF of ITU-R BT.2100 HLG.
Triple encode_hlg(Triple light) {
  constexpr double kPeak = 1000;
  constexpr double kGamma = 1.2;
  constexpr double kA = 0.17883277;
  constexpr double kB = 1 - 4 * kA;
  constexpr double kC = 0.55991073;
  for (auto& channel : light) channel *= kWhite / kPeak;
  const auto luminance = 0.2627 * light[0] + 0.6780 * light[1] + 0.0593 * light[2];
  if (luminance <= 0) return {};
  const auto factor = std::pow(luminance, (1 - kGamma) / kGamma);
  for (auto& channel : light) {
    const auto scene = channel * factor;
    channel = scene <= 1.0 / 12 ? std::sqrt(3 * scene) : kA * std::log(12 * scene - kB) + kC;
  }
  return light;
}

Result<Rgb> parse_color(std::string_view text, const std::string& what) {
  const auto refuse = [&] {
    return Error{ErrorCode::Settings, what + " is \"" + std::string(text) +
                                          "\", expected #RRGGBB, 0xRRGGBB or RRGGBB with six hexadecimal digits"};
  };
  auto digits = text;
  if (digits.starts_with('#')) {
    digits.remove_prefix(1);
  } else if (digits.starts_with("0x") || digits.starts_with("0X")) {
    digits.remove_prefix(2);
  }
  // from_chars() would take a sign as a digit.
  if (digits.size() != 6 || digits.front() == '-') return refuse();
  std::uint32_t code = 0;
  const auto* const end = digits.data() + digits.size();
  const auto [stop, status] = std::from_chars(digits.data(), end, code, 16);
  if (status != std::errc{} || stop != end) return refuse();
  return rgb(code);
}

}  // namespace

void ColorEncoding::set_range(Range range, int bits) {
  const auto largest = (1 << bits) - 1;
  const auto shift = bits - 8;
  const bool is_limited = range == Range::Limited;
  depth = bits;
  luma_offset = is_limited ? 16 << shift : 0;
  luma_scale = is_limited ? 219 << shift : largest;
  chroma_offset = 128 << shift;
  chroma_scale = is_limited ? 224 << shift : largest;
}

Matrix make_conversion(const Primaries& from, const Primaries& to) {
  return multiply(invert(to_xyz(to)), to_xyz(from));
}

Triple to_signal(Rgb color, const ColorEncoding& encoding) {
  const Triple coded = {color.red / 255.0, color.green / 255.0, color.blue / 255.0};
  if (encoding.transfer == Transfer::Sdr) return coded;
  Triple light{};
  for (std::size_t i = 0; i < light.size(); ++i) light[i] = decode_srgb(coded[i]);
  light = multiply(encoding.to_stream, light);
  // Primaries that hold less than BT.709 would make negative light.
  for (auto& channel : light) channel = std::max(channel, 0.0);
  return encoding.transfer == Transfer::Pq ? encode_pq(light) : encode_hlg(light);
}

std::uint16_t encode_signal(const Triple& signal, Channel channel, const ColorEncoding& encoding) {
  const auto red = signal[0];
  const auto green = signal[1];
  const auto blue = signal[2];
  const double luma = encoding.kr * red + (1 - encoding.kr - encoding.kb) * green + encoding.kb * blue;
  const auto largest = static_cast<std::uint16_t>((1 << encoding.depth) - 1);
  const auto with_luma_range = [&](double value) {
    return to_code(encoding.luma_offset + encoding.luma_scale * value, largest);
  };
  const auto chroma = [&](double primary, double weight) {
    return to_code(encoding.chroma_offset + encoding.chroma_scale * (primary - luma) / (2 * (1 - weight)), largest);
  };
  if (encoding.is_identity) {
    if (channel == Channel::Luma) return with_luma_range(green);
    if (channel == Channel::ChromaU) return with_luma_range(blue);
    if (channel == Channel::ChromaV) return with_luma_range(red);
  }
  switch (channel) {
    case Channel::None:
      return 0;
    case Channel::Red:
      return with_luma_range(red);
    case Channel::Green:
      return with_luma_range(green);
    case Channel::Blue:
      return with_luma_range(blue);
    case Channel::Luma:
      return with_luma_range(luma);
    case Channel::ChromaU:
      return chroma(blue, encoding.kb);
    case Channel::ChromaV:
      return chroma(red, encoding.kr);
    case Channel::Alpha:
      return largest;
  }
  return 0;
}

Rgb palette_color(Palette palette, std::int64_t slot) {
  switch (palette) {
    case Palette::Tab10:
      return entry(kTab10, slot);
    case Palette::Sam2:
      return entry(kSam2, slot);
    case Palette::Tab20:
      return entry(kTab20, slot);
    case Palette::Golden:
      return golden(slot);
  }
  return {};
}

Result<std::vector<Rgb>> parse_colors(std::string_view text) {
  std::vector<Rgb> colors;
  for (const auto part : split_list(text)) {
    const auto what = std::string("colors: entry ").append(std::to_string(colors.size() + 1)).append(" of the list");
    colors.push_back(SAM2_TRY(parse_color(part, what)));
  }
  return colors;
}

Result<Rgb> parse_one_color(std::string_view text) {
  return parse_color(trimmed(text), "effect-color");
}

}  // namespace sam2::composite
