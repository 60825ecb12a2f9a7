// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
// Operations of the row kernels on a vector of samples.
#pragma once

#include "composite/rows_vectors.hpp"

namespace sam2::composite {
namespace {

/// (d keep + add) >> kDivisorShift, divided by 255 and rounded down, where `add` is c A and a half. A group of three,
/// which is one of bytes, meets vectors in three phases, all others fit into them. With
/// `kKeepsUnpainted`, samples with an A of 0 keep the bits below their value.
template <SampleType type, std::uint32_t kGroup, int kDivisorShift, bool kKeepsUnpainted = false>
class Blend {
  using Lane = typename Sample<type>::Lane;
  static constexpr bool kIsByte = type == SampleType::Byte;
  static constexpr int kHalf = sizeof(Lane) * 4;
  static constexpr std::uint32_t kFull = 255u << kDivisorShift;
  static_assert(!kIsByte || kDivisorShift == 0, "products would not fit");

 public:
  static constexpr std::size_t kPhases = kGroup == 3 ? 3 : 1;
  static constexpr std::size_t kSmallest = kSampleBytes<type>;

  explicit Blend(const Pattern& pattern) {
    // For bytes, with 128 in place of 127, (t + (t >> 8)) >> 8 is the quotient.
    constexpr std::uint32_t kRounding = kIsByte ? 128 : kFull / 2;
    std::uint32_t add[kGroup];
    std::uint32_t keep[kGroup];
    for (std::uint32_t i = 0; i < kGroup; ++i) {
      const auto sample = i % pattern.samples;
      keep[i] = kFull - pattern.alphas[sample];
      add[i] = pattern.codes[sample] * pattern.alphas[sample] + kRounding;
    }
    for (std::uint32_t phase = 0; phase <= kPhases; ++phase) {
      add_[phase] = spread<Lane, kGroup>(add, phase);
      keep_[phase] = spread<Lane, kGroup>(keep, phase);
    }
    if constexpr (kKeepsUnpainted) {
      std::uint32_t unpainted[kGroup];
      for (std::uint32_t i = 0; i < kGroup; ++i) unpainted[i] = keep[i] == kFull ? 0xffff : 0;
      unpainted_ = spread<Lane, kGroup>(unpainted, 0) | spread<Lane, kGroup>(unpainted, 1) << kHalf;
    }
  }

  template <std::size_t bytes>
  Vector<Lane, bytes> apply(Vector<Lane, bytes> samples, std::size_t phase) const {
    using V = Vector<Lane, bytes>;
    const V d = in_order<type>(samples);
    constexpr int kShift = Sample<type>::kShift;
    constexpr Lane kLow = static_cast<Lane>((std::uint64_t{1} << kHalf) - 1);
    V even = ((d & kLow) >> kShift) * take<V>(keep_[phase]) + take<V>(add_[phase]);
    V odd = (d >> (kHalf + kShift)) * take<V>(keep_[phase + 1]) + take<V>(add_[phase + 1]);
    if constexpr (kIsByte) {
      even = (even + (even >> 8)) >> 8;
      return even | ((odd + (odd >> 8)) & static_cast<Lane>(~kLow));
    } else {
      even = divide_by_255(even >> kDivisorShift) << kShift;
      V result = even | (divide_by_255(odd >> kDivisorShift) << (kHalf + kShift));
      if constexpr (kKeepsUnpainted) {
        const auto unpainted = take<V>(unpainted_);
        result = (result & ~unpainted) | (d & unpainted);
      }
      return in_order<type>(result);
    }
  }

 private:
  Vector<Lane> keep_[kPhases + 1];  ///< for even samples of a phase, and for odd ones behind it
  Vector<Lane> add_[kPhases + 1];
  Vector<Lane> unpainted_{};  ///< ones for the samples with an A of 0
};

/// Writes an opaque colour without reading the samples.
template <SampleType type, std::uint32_t kGroup>
class Opaque {
  using Lane = typename Sample<type>::Lane;
  static constexpr int kHalf = sizeof(Lane) * 4;

 public:
  static constexpr std::size_t kPhases = kGroup == 3 ? 3 : 1;
  static constexpr std::size_t kSmallest = kSampleBytes<type>;

  explicit Opaque(const Pattern& pattern) {
    std::uint32_t codes[kGroup];
    for (std::uint32_t i = 0; i < kGroup; ++i) codes[i] = pattern.codes[i % pattern.samples] << Sample<type>::kShift;
    Vector<Lane> samples[kPhases + 1];
    for (std::uint32_t phase = 0; phase <= kPhases; ++phase) samples[phase] = spread<Lane, kGroup>(codes, phase);
    for (std::uint32_t phase = 0; phase < kPhases; ++phase)
      codes_[phase] = in_order<type>(samples[phase] | samples[phase + 1] << kHalf);
  }

  template <std::size_t bytes>
  Vector<Lane, bytes> apply(Vector<Lane, bytes> /*d*/, std::size_t phase) const {
    return take<Vector<Lane, bytes>>(codes_[phase]);
  }

 private:
  Vector<Lane> codes_[kPhases];
};

bool is_opaque(const Pattern& pattern) {
  for (std::uint32_t i = 0; i < pattern.samples; ++i) {
    if (pattern.alphas[i] != 255) return false;
  }
  return true;
}

bool has_unpainted(const Pattern& pattern) {
  for (std::uint32_t i = 0; i < pattern.samples; ++i) {
    if (pattern.alphas[i] == 0) return true;
  }
  return false;
}

/// Blend for bytes whose products need more than 16 bits: lanes of four.
class WeightedBytes {
 public:
  static constexpr std::size_t kPhases = 1;
  static constexpr std::size_t kSmallest = 1;

  explicit WeightedBytes(const Pattern& pattern) {
    for (std::uint32_t i = 0; i < 4; ++i) {
      const auto sample = i % pattern.samples;
      keep_[i] = kFullCoverage - pattern.alphas[sample];
      add_[i] = pattern.codes[sample] * pattern.alphas[sample] + kFullCoverage / 2;
    }
  }

  template <std::size_t bytes>
  Vector<std::uint16_t, bytes> apply(Vector<std::uint16_t, bytes> samples, std::size_t /*phase*/) const {
    using V = Vector<std::uint32_t, bytes>;
    const auto d = take<V>(samples);
    V result{};
    for (int i = 0; i < 4; ++i) {
      const V t = (((d >> (8 * i)) & 255) * keep_[i] + add_[i]) >> 2;
      result |= ((t + 1 + (t >> 8)) >> 8) << (8 * i);
    }
    return take<Vector<std::uint16_t, bytes>>(result);
  }

 private:
  std::uint32_t keep_[4];
  std::uint32_t add_[4];
};

/// LumaMix on groups of four bytes. Sums are lanes of a group each, and products lanes of two samples of it.
class LumaBytes {
 public:
  static constexpr std::size_t kPhases = 1;
  static constexpr std::size_t kSmallest = 4;

  explicit LumaBytes(const LumaMix& mix) {
    for (std::uint32_t i = 0; i < 4; ++i) weights_[i] = mix.weights[i];
    for (std::uint32_t first = 0; first < 2; ++first) {
      alphas_[first] = spread<std::uint16_t, 4>(mix.alphas, first);
      keep_[first] = 255 - alphas_[first];
    }
  }

  template <std::size_t bytes>
  Vector<std::uint16_t, bytes> apply(Vector<std::uint16_t, bytes> samples, std::size_t /*phase*/) const {
    using V = Vector<std::uint16_t, bytes>;
    using Groups = Vector<std::uint32_t, bytes>;
    const auto group = take<Groups>(samples);
    Groups luma = (group & 255) * weights_[0] + ((group >> 8) & 255) * weights_[1] +
                  ((group >> 16) & 255) * weights_[2] + (group >> 24) * weights_[3] + (1U << 15);
    luma >>= 16;
    const auto of_samples = take<V>(luma | luma << 16);
    // With 128 in place of 127, (t + (t >> 8)) >> 8 is the quotient by 255.
    V even = (samples & 255) * take<V>(keep_[0]) + of_samples * take<V>(alphas_[0]) + 128;
    V odd = (samples >> 8) * take<V>(keep_[1]) + of_samples * take<V>(alphas_[1]) + 128;
    even = (even + (even >> 8)) >> 8;
    return even | ((odd + (odd >> 8)) & 0xff00);
  }

 private:
  std::uint32_t weights_[4];
  Vector<std::uint16_t> alphas_[2];  ///< for even samples, and for odd ones
  Vector<std::uint16_t> keep_[2];
};

/// `over` on groups of four samples. Frames are opaque nearly everywhere, and there it is the plain blend.
template <SampleType type>
class Over {
  using Lane = typename Sample<type>::Lane;
  static constexpr int kShift = Sample<type>::kShift;
  static constexpr std::uint64_t kOpaque = type == SampleType::Byte ? 255 : 65535 >> kShift;
  static constexpr std::size_t kGroupBytes = 4 * kSampleBytes<type>;

 public:
  static constexpr std::size_t kPhases = 1;
  static constexpr std::size_t kSmallest = kGroupBytes;

  explicit Over(const Pattern& pattern) : blend_(pattern), pattern_(pattern) {
    __builtin_memset(&not_alpha_, 255, sizeof not_alpha_);
    constexpr std::uint32_t kHalfBits = sizeof(Lane) * 4;
    const auto half = static_cast<Lane>((Lane{1} << kHalfBits) - 1);
    // The bits below the alpha sample count as ones.
    constexpr Lane kBelow = (1 << kShift) - 1;
    const auto not_alpha = static_cast<Lane>(pattern.alpha_sample % 2 == 0 ? static_cast<Lane>(~half) | kBelow
                                                                           : half | kBelow << kHalfBits);
    for (std::size_t i = pattern.alpha_sample / 2; i < sizeof not_alpha_ / sizeof(Lane); i += 2) {
      not_alpha_[i] = not_alpha;
    }
    not_alpha_ = in_order<type>(not_alpha_);
  }

  template <std::size_t bytes>
  Vector<Lane, bytes> apply(Vector<Lane, bytes> d, std::size_t phase) const {
    using V = Vector<Lane, bytes>;
    if (is_all_ones(static_cast<V>(d | take<V>(not_alpha_)))) return blend_.template apply<bytes>(d, phase);
    std::uint8_t samples[bytes];
    store(samples, d);
    for (std::size_t i = 0; i < bytes; i += kGroupBytes) composite(samples + i);
    return load<V>(samples);
  }

 private:
  /// (c a 255 + d ad (255 - a)) over the resulting alpha, all times 255 and the opaque code.
  void composite(std::uint8_t* group) const {
    const std::uint64_t a = pattern_.alphas[0];
    const std::uint64_t ad = load_sample<type>(group + pattern_.alpha_sample * kSampleBytes<type>);
    const std::uint64_t added = kOpaque * a;
    const std::uint64_t kept = ad * (255 - a);
    const std::uint64_t total = added + kept;
    for (std::uint32_t i = 0; i < 4; ++i) {
      auto* const at = group + i * kSampleBytes<type>;
      const std::uint64_t d = load_sample<type>(at);
      store_sample<type>(at, i == pattern_.alpha_sample ? (total + 127) / 255
                                                        : (pattern_.codes[i] * added + d * kept + total / 2) / total);
    }
  }

  Blend<type, 4, 0> blend_;
  Pattern pattern_;
  Vector<Lane> not_alpha_;
};

}  // namespace
}  // namespace sam2::composite
