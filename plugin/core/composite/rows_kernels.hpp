// SPDX-License-Identifier: LGPL-2.1-or-later
// The row kernels, in vectors as wide as the including source is compiled for. All is in an unnamed namespace and calls
// no function of another header, lest the linker take one that was compiled for one CPU where another one is meant.
#pragma once

#include "composite/rows.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace sam2::composite {
namespace {

#if defined(__AVX512BW__)
constexpr std::size_t kVectorBytes = 64;
#elif defined(__AVX2__)
constexpr std::size_t kVectorBytes = 32;
#else
constexpr std::size_t kVectorBytes = 16;
#endif
/// Ends of runs that are shorter than a vector go through these.
constexpr std::size_t kNarrowBytes = 16;

template <typename Lane, std::size_t bytes>
struct VectorOf {
  typedef Lane Type __attribute__((vector_size(bytes)));
};

template <typename Lane, std::size_t bytes = kVectorBytes>
using Vector = typename VectorOf<Lane, bytes>::Type;

template <typename V>
V load(const std::uint8_t* from) {
  V v;
  __builtin_memcpy(&v, from, sizeof v);
  return v;
}

template <typename V>
void store(std::uint8_t* to, V v) {
  __builtin_memcpy(to, &v, sizeof v);
}

/// The first lanes of a vector, or another view on it.
template <typename To, typename From>
To take(From from) {
  static_assert(sizeof(To) <= sizeof(From));
  To to;
  __builtin_memcpy(&to, &from, sizeof to);
  return to;
}

/// Rounded down; exact below 65536 x 255, which 16-bit samples stay below.
template <typename T>
T divide_by_255(T x) {
  return (x + 1 + ((x + (x >> 8)) >> 8)) >> 8;
}

template <typename Lane>
using Double = std::conditional_t<sizeof(Lane) == 2, std::uint32_t, std::uint64_t>;

/// A vector is seen as lanes of two samples, the even one in the low half, so that products fit.
template <SampleType type>
struct Sample {
  using Scalar = std::uint16_t;
  using Lane = std::uint32_t;
  static constexpr int kShift = type == SampleType::HighTen ? 6 : 0;
};

template <>
struct Sample<SampleType::Byte> {
  using Scalar = std::uint8_t;
  using Lane = std::uint16_t;
  static constexpr int kShift = 0;
};

template <SampleType type>
constexpr std::size_t kSampleBytes = sizeof(typename Sample<type>::Scalar);

/// Lanes of the samples from[phase], from[phase + 2] ... of a group that repeats.
template <typename Lane, std::uint32_t kGroup>
Vector<Lane> spread(const std::uint32_t* from, std::uint32_t phase) {
  if constexpr (kGroup == 4) {
    // Two lanes in one number, which is quick to repeat.
    using Pair = Double<Lane>;
    const auto pair =
        static_cast<Pair>(static_cast<Pair>(from[(phase + 2) % 4]) << (8 * sizeof(Lane)) | from[phase % 4]);
    return take<Vector<Lane>>(Vector<Pair>{} + pair);
  } else {
    constexpr std::size_t kLanes = kVectorBytes / sizeof(Lane);
    Lane lanes[kLanes];
    for (std::uint32_t i = 0; i < kLanes; ++i) lanes[i] = static_cast<Lane>(from[(2 * i + phase) % kGroup]);
    return load<Vector<Lane>>(reinterpret_cast<const std::uint8_t*>(lanes));
  }
}

template <SampleType type>
std::uint32_t load_sample(const std::uint8_t* at) {
  typename Sample<type>::Scalar sample;
  __builtin_memcpy(&sample, at, sizeof sample);
  return static_cast<std::uint32_t>(sample >> Sample<type>::kShift);
}

template <SampleType type>
void store_sample(std::uint8_t* at, std::uint64_t value) {
  const auto sample = static_cast<typename Sample<type>::Scalar>(value << Sample<type>::kShift);
  __builtin_memcpy(at, &sample, sizeof sample);
}

/// (d keep + add) >> kDivisorShift, divided by 255 and rounded down, where `add` is c A and a half. A group of three,
/// which is one of bytes and has one `keep`, meets vectors in three phases, all others fit into them.
template <SampleType type, std::uint32_t kGroup, int kDivisorShift>
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
    for (std::uint32_t phase = 0; phase <= kPhases; ++phase) add_[phase] = spread<Lane, kGroup>(add, phase);
    for (std::uint32_t phase = 0; phase < 2; ++phase) keep_[phase] = spread<Lane, kGroup>(keep, phase);
  }

  template <std::size_t bytes>
  Vector<Lane, bytes> apply(Vector<Lane, bytes> d, std::size_t phase) const {
    using V = Vector<Lane, bytes>;
    constexpr int kShift = Sample<type>::kShift;
    constexpr Lane kLow = static_cast<Lane>((std::uint64_t{1} << kHalf) - 1);
    V even = ((d & kLow) >> kShift) * take<V>(keep_[0]) + take<V>(add_[phase]);
    V odd = (d >> (kHalf + kShift)) * take<V>(keep_[1]) + take<V>(add_[phase + 1]);
    if constexpr (kIsByte) {
      even = (even + (even >> 8)) >> 8;
      return even | ((odd + (odd >> 8)) & static_cast<Lane>(~kLow));
    } else {
      even = divide_by_255(even >> kDivisorShift) << kShift;
      return even | (divide_by_255(odd >> kDivisorShift) << (kHalf + kShift));
    }
  }

 private:
  Vector<Lane> keep_[2];  ///< of even and odd samples
  Vector<Lane> add_[kPhases + 1];
};

/// What is opaque need not be read.
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
      codes_[phase] = samples[phase] | samples[phase + 1] << kHalf;
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

template <typename Lane, typename Operation>
void blend_runs(const Run* runs, std::size_t count, const Operation& operation);

#if defined(__AVX512BW__)

/// Ends are as cheap as whole vectors here. What is not in the run reads as ones: an opaque alpha.
template <typename Lane, typename Operation>
void blend_runs(const Run* runs, std::size_t count, const Operation& operation) {
  using V = Vector<Lane>;
  for (const auto* run = runs; run != runs + count; ++run) {
    auto* at = run->first;
    std::size_t left = run->bytes;
    std::size_t phase = 0;
    for (; left > kVectorBytes; left -= kVectorBytes, at += kVectorBytes) {
      store(at, operation.template apply<kVectorBytes>(load<V>(at), phase));
      phase = (phase + kVectorBytes) % Operation::kPhases;
    }
    const __mmask64 mask = _bzhi_u64(~std::uint64_t{0}, static_cast<unsigned>(left));
    const auto d = _mm512_mask_loadu_epi8(_mm512_set1_epi8(-1), mask, at);
    const auto result = operation.template apply<kVectorBytes>(take<V>(d), phase);
    _mm512_mask_storeu_epi8(at, mask, take<__m512i>(result));
  }
}

#else

/// Two pieces of the run's beginning and end that may overlap. Both are read before one is written, for what is blended
/// twice is wrong.
template <std::size_t bytes, std::size_t kPiece, typename Lane, typename Operation>
void blend_ends(const Run& run, const Operation& operation) {
  using V = Vector<Lane, bytes>;
  const std::size_t second = run.bytes - kPiece;
  V head;
  V tail;
  __builtin_memset(&head, 255, sizeof head);
  tail = head;
  __builtin_memcpy(&head, run.first, kPiece);
  __builtin_memcpy(&tail, run.first + second, kPiece);
  head = operation.template apply<bytes>(head, 0);
  tail = operation.template apply<bytes>(tail, second % Operation::kPhases);
  __builtin_memcpy(run.first, &head, kPiece);
  __builtin_memcpy(run.first + second, &tail, kPiece);
}

template <typename Lane, typename Operation>
void blend_short_run(const Run& run, const Operation& operation) {
  if (kVectorBytes > kNarrowBytes && run.bytes >= kNarrowBytes) {
    blend_ends<kNarrowBytes, kNarrowBytes, Lane>(run, operation);
  } else if (run.bytes >= 8) {
    blend_ends<kNarrowBytes, 8, Lane>(run, operation);
  } else if (run.bytes >= 4) {
    blend_ends<kNarrowBytes, 4, Lane>(run, operation);
  } else if (Operation::kSmallest == 2 || run.bytes >= 2) {
    blend_ends<kNarrowBytes, 2, Lane>(run, operation);
  } else {
    blend_ends<kNarrowBytes, 1, Lane>(run, operation);
  }
}

template <typename Lane, typename Operation>
void blend_runs(const Run* runs, std::size_t count, const Operation& operation) {
  using V = Vector<Lane>;
  for (const auto* run = runs; run != runs + count; ++run) {
    if (run->bytes < kVectorBytes) {
      blend_short_run<Lane>(*run, operation);
      continue;
    }
    // The last vector overlaps the one before. It is read before that is written, for what is blended twice is wrong.
    const std::size_t last = run->bytes - kVectorBytes;
    const auto tail = operation.template apply<kVectorBytes>(load<V>(run->first + last), last % Operation::kPhases);
    std::size_t phase = 0;
    for (std::size_t i = 0; i < last; i += kVectorBytes) {
      store(run->first + i, operation.template apply<kVectorBytes>(load<V>(run->first + i), phase));
      phase = (phase + kVectorBytes) % Operation::kPhases;
    }
    store(run->first + last, tail);
  }
}

#endif

template <typename V>
bool is_all_ones(V v) {
#if defined(__AVX512BW__)
  return _mm512_cmpneq_epi32_mask(take<__m512i>(v), _mm512_set1_epi32(-1)) == 0;
#elif defined(__x86_64__)
#if defined(__AVX2__)
  if constexpr (sizeof(V) == 32) {
    return _mm256_testc_si256(take<__m256i>(v), _mm256_set1_epi32(-1)) != 0;
  }
#endif
  return _mm_movemask_epi8(_mm_cmpeq_epi8(take<__m128i>(v), _mm_set1_epi32(-1))) == 0xffff;
#else
  const auto halves = take<Vector<std::uint64_t, 16>>(v);
  return (halves[0] & halves[1]) == ~std::uint64_t{0};
#endif
}

/// `over` on groups of four samples. Frames are opaque nearly everywhere, and there it is the plain blend.
template <SampleType type>
class Over {
  using Lane = typename Sample<type>::Lane;
  static constexpr std::uint64_t kOpaque = type == SampleType::Byte ? 255 : 65535;
  static constexpr std::size_t kGroupBytes = 4 * kSampleBytes<type>;

 public:
  static constexpr std::size_t kPhases = 1;
  static constexpr std::size_t kSmallest = kGroupBytes;

  explicit Over(const Pattern& pattern) : blend_(pattern), pattern_(pattern) {
    __builtin_memset(&not_alpha_, 255, sizeof not_alpha_);
    constexpr std::uint32_t kHalfBits = sizeof(Lane) * 4;
    const auto half = static_cast<Lane>((Lane{1} << kHalfBits) - 1);
    const auto not_alpha = pattern.alpha_sample % 2 == 0 ? static_cast<Lane>(~half) : half;
    for (std::size_t i = pattern.alpha_sample / 2; i < sizeof not_alpha_ / sizeof(Lane); i += 2) {
      not_alpha_[i] = not_alpha;
    }
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

template <SampleType type, std::uint32_t kGroup>
void blend_solid(const Run* runs, std::size_t count, const Pattern& pattern) {
  using Lane = typename Sample<type>::Lane;
  if (is_opaque(pattern)) {
    blend_runs<Lane>(runs, count, Opaque<type, kGroup>(pattern));
  } else {
    blend_runs<Lane>(runs, count, Blend<type, kGroup, 0>(pattern));
  }
}

template <SampleType type>
void solid(const Run* runs, std::size_t count, const Pattern& pattern) {
  if (type == SampleType::Byte && pattern.samples == 3) return blend_solid<SampleType::Byte, 3>(runs, count, pattern);
  blend_solid<type, 4>(runs, count, pattern);
}

template <SampleType type>
void weighted(const Run* runs, std::size_t count, const Pattern& pattern) {
  using Lane = typename Sample<type>::Lane;
  if constexpr (type == SampleType::Byte) {
    blend_runs<Lane>(runs, count, WeightedBytes(pattern));
  } else {
    blend_runs<Lane>(runs, count, Blend<type, 4, 2>(pattern));
  }
}

template <SampleType type, std::uint32_t kSamples>
void blend_edges(const Edge* edges, std::size_t count, const Pattern& pattern) {
  std::uint32_t keep[kQuarters + 1][kSamples];
  std::uint32_t add[kQuarters + 1][kSamples];
  for (std::uint32_t quarters = 1; quarters <= kQuarters; ++quarters) {
    for (std::uint32_t i = 0; i < kSamples; ++i) {
      const auto weight = pattern.alphas[i] * quarters;
      keep[quarters][i] = kFullCoverage - weight;
      add[quarters][i] = pattern.codes[i] * weight + kFullCoverage / 2;
    }
  }
  for (const auto* edge = edges; edge != edges + count; ++edge) {
    for (std::uint32_t i = 0; i < kSamples; ++i) {
      auto* const at = edge->group + i * kSampleBytes<type>;
      const auto t = load_sample<type>(at) * keep[edge->quarters][i] + add[edge->quarters][i];
      if constexpr (type == SampleType::Byte) {
        store_sample<type>(at, ((t >> 2) + 1 + (t >> 10)) >> 8);
      } else {
        store_sample<type>(at, divide_by_255(t >> 2));
      }
    }
  }
}

template <SampleType type>
void edges(const Edge* first, std::size_t count, const Pattern& pattern) {
  (pattern.samples == 1 ? blend_edges<type, 1> : blend_edges<type, 2>)(first, count, pattern);
}

template <SampleType type>
void over(const Run* runs, std::size_t count, const Pattern& pattern) {
  // No format has its alpha beside ten bits in the high ones.
  if constexpr (type != SampleType::HighTen) {
    // `over` with an opaque colour leaves nothing of what was there.
    if (is_opaque(pattern)) return blend_solid<type, 4>(runs, count, pattern);
    blend_runs<typename Sample<type>::Lane>(runs, count, Over<type>(pattern));
  }
}

template <SampleType type>
void covered(const Run& run, const std::uint16_t* coverages, const Pattern& pattern) {
  // Products of 16-bit samples need more than 32 bits.
  using Wide = std::conditional_t<type == SampleType::Byte, std::uint32_t, std::uint64_t>;
  constexpr Wide kFull = 255 * kFullCoverage;
  const std::size_t groups = run.bytes / (pattern.samples * kSampleBytes<type>);
  for (std::uint32_t sample = 0; sample < pattern.samples; ++sample) {
    const Wide code = pattern.codes[sample];
    const Wide alpha = pattern.alphas[sample];
    auto* at = run.first + sample * kSampleBytes<type>;
    for (std::size_t i = 0; i < groups; ++i, at += pattern.samples * kSampleBytes<type>) {
      const Wide weight = alpha * coverages[i];
      if (weight == 0) continue;
      store_sample<type>(at, (load_sample<type>(at) * (kFull - weight) + code * weight + kFull / 2) / kFull);
    }
  }
}

template <SampleType type>
constexpr RowKernels kKernels = {solid<type>, weighted<type>, edges<type>, over<type>, covered<type>};

constexpr std::array<RowKernels, kSampleTypes> kAllKernels = {kKernels<SampleType::Byte>, kKernels<SampleType::Word>,
                                                              kKernels<SampleType::HighTen>};

}  // namespace
}  // namespace sam2::composite
