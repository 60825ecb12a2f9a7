// SPDX-License-Identifier: LGPL-2.1-or-later
#include "composite/rows.hpp"

namespace sam2::composite {
namespace {

/// The compiler turns a loop of this fixed length into vector instructions; it is a divisor of kPatternBytes.
constexpr std::size_t kBlock = 16;
static_assert(kPatternBytes % kBlock == 0);

/// (d keep + add) / 255, rounded down after `add` brought the half in. Exact for all inputs, and never above 16 bits.
std::uint8_t blend(std::uint8_t d, std::uint16_t keep, std::uint16_t add) {
  const auto t = static_cast<std::uint16_t>(d * keep + add);
  return static_cast<std::uint8_t>(static_cast<std::uint16_t>(t + (t >> 8)) >> 8);
}

/// (d keep + add) / 1020, rounded down: a division by 4, then by 255, the latter exact below 65535.
std::uint8_t blend(std::uint8_t d, std::uint32_t keep, std::uint32_t add) {
  const std::uint32_t t = (d * keep + add) >> 2;
  return static_cast<std::uint8_t>((t + 1 + (t >> 8)) >> 8);
}

template <typename Pattern>
void blend_bytes(std::uint8_t* __restrict row, std::size_t bytes, const Pattern& __restrict pattern) {
  std::size_t phase = 0;
  for (; bytes >= kBlock; bytes -= kBlock, row += kBlock) {
    for (std::size_t i = 0; i < kBlock; ++i) row[i] = blend(row[i], pattern.keep[phase + i], pattern.add[phase + i]);
    phase += kBlock;
    if (phase == kPatternBytes) phase = 0;
  }
  for (std::size_t i = 0; i < bytes; ++i) row[i] = blend(row[i], pattern.keep[phase + i], pattern.add[phase + i]);
}

void solid(std::uint8_t* row, std::size_t bytes, const SolidPattern& pattern) {
  blend_bytes(row, bytes, pattern);
}

void weighted(std::uint8_t* row, std::size_t bytes, const WeightedPattern& pattern) {
  blend_bytes(row, bytes, pattern);
}

/// `over` with alpha `ad` (the destination's) and `weight`, both in 1/1020: (c a 255 + d ad (255 - a)) over the
/// resulting alpha, everything times 16. 255 x 1020 x 1020 and the half stay within 32 bits.
std::uint8_t over_sample(std::uint8_t d, std::uint32_t ad, std::uint8_t c, std::uint32_t weight) {
  const std::uint32_t kept = ad * (kFullWeight - weight);
  const std::uint32_t alpha = kFullWeight * weight + kept;
  return static_cast<std::uint8_t>((c * kFullWeight * weight + d * kept + alpha / 2) / alpha);
}

void over_group(std::uint8_t* bytes, const OverGroup& group, const SolidPattern& solid) {
  const std::uint32_t ad = bytes[group.alpha_byte] * kQuarters;
  for (std::size_t i = 0; i < 4; ++i) {
    // Alpha itself is blended towards 255, which is what `over` does to it.
    bytes[i] = i == group.alpha_byte ? blend(bytes[i], solid.keep[i], solid.add[i])
                                     : over_sample(bytes[i], ad, group.codes[i], group.weight);
  }
}

void over(std::uint8_t* row, std::size_t groups, const OverGroup& group, const SolidPattern& solid) {
  constexpr std::size_t kGroups = kBlock / 4;
  // Frames are opaque nearly everywhere, and there `over` is the plain blend without a division.
  for (; groups >= kGroups; groups -= kGroups, row += kBlock) {
    const std::uint8_t* const alpha = row + group.alpha_byte;
    if ((alpha[0] & alpha[4] & alpha[8] & alpha[12]) == 255) {
      blend_bytes(row, kBlock, solid);
    } else {
      for (std::size_t i = 0; i < kGroups; ++i) over_group(row + 4 * i, group, solid);
    }
  }
  for (std::size_t i = 0; i < groups; ++i) over_group(row + 4 * i, group, solid);
}

void over_plane(std::uint8_t* row, std::size_t samples, const AlphaSamples& alpha, std::uint8_t code,
                std::uint32_t weight) {
  const std::uint32_t keep = kFullWeight - weight;
  const std::uint32_t add = code * weight + kFullWeight / 2;
  std::ptrdiff_t at = 0;
  for (std::size_t i = 0; i < samples; ++i, at += alpha.step) {
    const std::uint32_t ad = alpha.first[0][at] + alpha.first[1][at] + alpha.first[2][at] + alpha.first[3][at];
    row[i] = ad == kFullWeight ? blend(row[i], keep, add) : over_sample(row[i], ad, code, weight);
  }
}

constexpr RowKernels kPortableRows = {solid, weighted, over, over_plane};

}  // namespace

void make_pattern(std::size_t step, const std::array<std::uint8_t, 4>& codes, const std::array<std::uint8_t, 4>& alphas,
                  SolidPattern& pattern) {
  for (std::size_t i = 0, byte = 0; i < kPatternBytes; ++i, byte = byte + 1 == step ? 0 : byte + 1) {
    pattern.keep[i] = static_cast<std::uint16_t>(255 - alphas[byte]);
    pattern.add[i] = static_cast<std::uint16_t>(codes[byte] * alphas[byte] + 128);
  }
}

void make_pattern(std::size_t step, const std::array<std::uint8_t, 4>& codes, const std::array<std::uint8_t, 4>& alphas,
                  std::uint32_t quarters, WeightedPattern& pattern) {
  for (std::size_t i = 0, byte = 0; i < kPatternBytes; ++i, byte = byte + 1 == step ? 0 : byte + 1) {
    const std::uint32_t weight = alphas[byte] * quarters;
    pattern.keep[i] = kFullWeight - weight;
    pattern.add[i] = codes[byte] * weight + kFullWeight / 2;
  }
}

const RowKernels& row_kernels() {
  return kPortableRows;
}

}  // namespace sam2::composite
