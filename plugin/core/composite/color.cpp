// SPDX-License-Identifier: LGPL-2.1-or-later
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

Result<Rgb> parse_color(std::string_view text, std::size_t number) {
  const auto refuse = [&] {
    return Error{ErrorCode::Settings, "colors: entry " + std::to_string(number) + " of the list is \"" +
                                          std::string(text) +
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

std::uint16_t encode(Rgb color, Channel channel, const ColorEncoding& encoding) {
  const double red = color.red / 255.0;
  const double green = color.green / 255.0;
  const double blue = color.blue / 255.0;
  const double luma = encoding.kr * red + (1 - encoding.kr - encoding.kb) * green + encoding.kb * blue;
  const auto largest = static_cast<std::uint16_t>((1 << encoding.depth) - 1);
  const auto with_luma_range = [&](double value) {
    return to_code(encoding.luma_offset + encoding.luma_scale * value, largest);
  };
  const auto chroma = [&](double primary, double weight) {
    return to_code(encoding.chroma_offset + encoding.chroma_scale * (primary - luma) / (2 * (1 - weight)), largest);
  };
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
  for (const auto part : split_list(text)) colors.push_back(SAM2_TRY(parse_color(part, colors.size() + 1)));
  return colors;
}

}  // namespace sam2::composite
