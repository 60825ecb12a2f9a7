// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
// Vectors as wide as the including source is compiled for, and the samples that lie in them. Like all parts of the row
// kernels, it is in an unnamed namespace and calls no function of another header. Otherwise the linker could choose a
// copy that was compiled for another CPU.
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
/// Width of the vectors for the ends of spans.
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

/// Prefetches bytes that will be written soon. The CPU cannot predict where the next row begins, and frames do not fit
/// into the nearest caches.
void prefetch(const std::uint8_t* first, std::size_t count) {
  constexpr std::size_t kLineBytes = 64;
  for (std::size_t i = 0; i < count; i += kLineBytes) __builtin_prefetch(first + i, 1);
}

/// The first lanes of a vector, or the same bits as another type.
template <typename To, typename From>
To take(From from) {
  static_assert(sizeof(To) <= sizeof(From));
  To to;
  __builtin_memcpy(&to, &from, sizeof to);
  return to;
}

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
  static constexpr bool kIsSwapped = type >= SampleType::SwappedWord;
  static constexpr int kShift = type == SampleType::HighTen || type == SampleType::SwappedHighTen         ? 6
                                : type == SampleType::HighTwelve || type == SampleType::SwappedHighTwelve ? 4
                                                                                                          : 0;
};

template <>
struct Sample<SampleType::Byte> {
  using Scalar = std::uint8_t;
  using Lane = std::uint16_t;
  static constexpr bool kIsSwapped = false;
  static constexpr int kShift = 0;
};

/// Brings samples from the byte order of memory to that of the machine, or back. A lane holds one word or two.
template <SampleType type, typename V>
V in_order(V v) {
  if constexpr (!Sample<type>::kIsSwapped) {
    return v;
  } else if constexpr (sizeof(v[0]) == 2) {
    return v >> 8 | v << 8;
  } else {
    constexpr std::uint32_t kLowBytes = 0x00ff00ff;
    return (v >> 8 & kLowBytes) | (v & kLowBytes) << 8;
  }
}

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
  if constexpr (Sample<type>::kIsSwapped) sample = __builtin_bswap16(sample);
  return static_cast<std::uint32_t>(sample >> Sample<type>::kShift);
}

/// A sample in the byte order of memory.
template <SampleType type>
typename Sample<type>::Scalar in_memory(typename Sample<type>::Scalar sample) {
  if constexpr (Sample<type>::kIsSwapped) return __builtin_bswap16(sample);
  return sample;
}

template <SampleType type>
void store_sample(std::uint8_t* at, std::uint64_t value) {
  const auto sample = in_memory<type>(static_cast<typename Sample<type>::Scalar>(value << Sample<type>::kShift));
  __builtin_memcpy(at, &sample, sizeof sample);
}

}  // namespace
}  // namespace sam2::composite
