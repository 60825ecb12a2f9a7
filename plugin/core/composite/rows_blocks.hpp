// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
// Operations of the row kernels on blocks of groups that are covered by quarters.
#pragma once

#include "composite/rows_vectors.hpp"

namespace sam2::composite {
namespace {

/// How many blocks to prefetch, by measurement.
constexpr std::size_t kBlocksAhead = 8;

using BlockQuarters = Vector<std::uint8_t, kBlockGroups>;

/// The groups of a block, an integer each; of two samples, the first one is in the low half.
template <SampleType type, std::uint32_t kSamples>
using BlockGroups =
    Vector<std::conditional_t<kSamples == 1, typename Sample<type>::Scalar, typename Sample<type>::Lane>,
           kBlockGroups * kSamples * kSampleBytes<type>>;

/// (d (1020 - A q) + c A q + 510) / 1020, rounded down, for q quarters.
template <SampleType type, std::uint32_t kSamples>
class BlendBlock {
  using Wide = Vector<std::int32_t, 4 * kBlockGroups>;
  static constexpr int kShift = Sample<type>::kShift;
  static constexpr std::int32_t kFull = kFullCoverage;

 public:
  using Groups = BlockGroups<type, kSamples>;

  explicit BlendBlock(const Pattern& pattern) {
    for (std::uint32_t i = 0; i < kSamples; ++i) {
      alphas_[i] = Factors{} + static_cast<Factor>(pattern.alphas[i]);
      added_[i] = Factors{} + static_cast<Factor>(pattern.alphas[i] * pattern.codes[i]);
    }
  }

  Groups apply(Groups groups, BlockQuarters quarters) const {
    constexpr int kBits = 8 * kSampleBytes<type>;
    const auto d = __builtin_convertvector(in_order<type>(groups), Wide);
    const auto q = __builtin_convertvector(__builtin_convertvector(quarters, Wide), Factors);
    Wide result = blend((d & ((1 << kBits) - 1)) >> kShift, q, 0) << kShift;
    if constexpr (kSamples == 2) {
      // Of samples of 16 bits, the sign goes with the shift.
      const Wide second = d >> (kBits + kShift) & ((1 << (kBits - kShift)) - 1);
      result |= blend(second, q, 1) << (kBits + kShift);
    }
    // What is not covered keeps the bits below its samples.
    if constexpr (kShift > 0) result = q == 0 ? d : result;
    return in_order<type>(__builtin_convertvector(result, Groups));
  }

 private:
  // For bytes, all numbers are exact in floating point, which every CPU multiplies fast.
  using Factor = std::conditional_t<type == SampleType::Byte, float, std::uint32_t>;
  using Factors = Vector<Factor, 4 * kBlockGroups>;

  Wide blend(Wide samples, Factors q, std::uint32_t sample) const {
    const auto d = __builtin_convertvector(samples, Factors);
    const Factors t = d * (kFull - q * alphas_[sample]) + q * added_[sample];
    if constexpr (type == SampleType::Byte) {
      // Half of one more keeps quotients that are whole above the integer, whatever the rounding.
      constexpr float kHalf = kFull / 2 + 0.5F;
      return __builtin_convertvector((t + kHalf) * (1.0F / kFull), Wide);
    } else {
      return __builtin_convertvector(divide_by_255((t + kFull / 2) >> 2), Wide);
    }
  }

  // A number for all lanes is slow to spread where vectors are narrow.
  Factors alphas_[kSamples];
  Factors added_[kSamples];
};

/// Like BlendBlock, with an A of 255: (d (4 - q) + c q + 2) / 4 fits into 16 bits.
template <std::uint32_t kSamples>
class OpaqueBlock {
  using Half = Vector<std::uint16_t, 2 * kBlockGroups>;
  static constexpr std::uint16_t kAll = kQuarters;

 public:
  using Groups = BlockGroups<SampleType::Byte, kSamples>;

  explicit OpaqueBlock(const Pattern& pattern) {
    for (std::uint32_t i = 0; i < kSamples; ++i) codes_[i] = Half{} + static_cast<std::uint16_t>(pattern.codes[i]);
  }

  Groups apply(Groups groups, BlockQuarters quarters) const {
    const auto d = __builtin_convertvector(groups, Half);
    const auto q = __builtin_convertvector(quarters, Half);
    Half result = blend(d & 255, q, 0);
    if constexpr (kSamples == 2) result |= blend(d >> 8, q, 1) << 8;
    return __builtin_convertvector(result, Groups);
  }

 private:
  Half blend(Half d, Half q, std::uint32_t sample) const {
    return (d * (kAll - q) + q * codes_[sample] + kAll / 2) / kAll;
  }

  Half codes_[kSamples];
};

}  // namespace
}  // namespace sam2::composite
