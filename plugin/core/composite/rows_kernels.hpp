// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
// The row kernels, one table for each including source.
#pragma once

#include "composite/rows_blocks.hpp"
#include "composite/rows_operations.hpp"
#include "composite/rows_spans.hpp"

namespace sam2::composite {
namespace {

/// use(operation) with the operation for a solid colour.
template <SampleType type, std::uint32_t kGroup, typename Use>
void with_fill_of(const Pattern& pattern, const Use& use) {
  if (is_opaque(pattern)) {
    use(Opaque<type, kGroup>(pattern));
  } else if (Sample<type>::kShift > 0 && has_unpainted(pattern)) {
    use(Blend<type, kGroup, 0, (Sample<type>::kShift > 0)>(pattern));
  } else {
    use(Blend<type, kGroup, 0>(pattern));
  }
}

template <SampleType type, typename Use>
void with_fill(const Pattern& pattern, const Use& use) {
  if constexpr (type == SampleType::Byte) {
    if (pattern.samples == 3) return with_fill_of<type, 3>(pattern, use);
  }
  with_fill_of<type, 4>(pattern, use);
}

template <SampleType type>
void fill(std::uint8_t* plane, const ByteSpan* spans, std::size_t count, const Pattern& pattern) {
  with_fill<type>(pattern, [&](const auto& operation) {
    blend_spans<typename Sample<type>::Lane>(plane, spans, count, operation);
  });
}

template <SampleType type>
void fill_rows(const SpanRows& rows, const Pattern& pattern) {
  with_fill<type>(pattern, [&](const auto& operation) { blend_rows<typename Sample<type>::Lane>(rows, operation); });
}

template <SampleType type>
void fill_weighted(std::uint8_t* plane, const ByteSpan* spans, std::size_t count, const Pattern& pattern) {
  using Lane = typename Sample<type>::Lane;
  if constexpr (type == SampleType::Byte) {
    blend_spans<Lane>(plane, spans, count, WeightedBytes(pattern));
  } else {
    blend_spans<Lane>(plane, spans, count, Blend<type, 4, 2, (Sample<type>::kShift > 0)>(pattern));
  }
}

template <typename Operation>
void blend_blocks(std::uint8_t* plane, const Block* blocks, std::size_t count, const Operation& operation) {
  using V = typename Operation::Groups;
  for (std::size_t i = 0; i < count; ++i) {
    if (i + kBlocksAhead < count) prefetch(plane + blocks[i + kBlocksAhead].first, 1);
    const auto quarters = take<BlockQuarters>(blocks[i].quarters);
    auto* const at = plane + blocks[i].first;
    store(at, operation.apply(load<V>(at), quarters));
  }
}

template <SampleType type, std::uint32_t kSamples>
void blend_blocks_of(std::uint8_t* plane, const Block* blocks, std::size_t count, const Pattern& pattern) {
  if constexpr (type == SampleType::Byte) {
    if (is_opaque(pattern)) return blend_blocks(plane, blocks, count, OpaqueBlock<kSamples>(pattern));
  }
  blend_blocks(plane, blocks, count, BlendBlock<type, kSamples>(pattern));
}

template <SampleType type>
void fill_partial(std::uint8_t* plane, const Block* first, std::size_t count, const Pattern& pattern) {
  (pattern.samples == 1 ? blend_blocks_of<type, 1> : blend_blocks_of<type, 2>)(plane, first, count, pattern);
}

/// No format has its alpha beside ten high bits.
template <SampleType type>
constexpr bool kHasOver = type != SampleType::HighTen&& type != SampleType::SwappedHighTen;

// `over` with an opaque colour replaces the pixel.
template <SampleType type>
void over(std::uint8_t* plane, const ByteSpan* spans, std::size_t count, const Pattern& pattern) {
  if constexpr (kHasOver<type>) {
    if (is_opaque(pattern)) return fill<type>(plane, spans, count, pattern);
    blend_spans<typename Sample<type>::Lane>(plane, spans, count, Over<type>(pattern));
  }
}

template <SampleType type>
void over_rows(const SpanRows& rows, const Pattern& pattern) {
  if constexpr (kHasOver<type>) {
    if (is_opaque(pattern)) return fill_rows<type>(rows, pattern);
    blend_rows<typename Sample<type>::Lane>(rows, Over<type>(pattern));
  }
}

template <SampleType type>
void fill_coverage(std::uint8_t* first, std::size_t groups, const std::uint16_t* coverages, const Pattern& pattern) {
  // Products of 16-bit samples need more than 32 bits.
  using Wide = std::conditional_t<type == SampleType::Byte, std::uint32_t, std::uint64_t>;
  constexpr Wide kFull = 255 * kFullCoverage;
  for (std::uint32_t sample = 0; sample < pattern.samples; ++sample) {
    const Wide code = pattern.codes[sample];
    const Wide alpha = pattern.alphas[sample];
    auto* at = first + sample * kSampleBytes<type>;
    for (std::size_t i = 0; i < groups; ++i, at += pattern.samples * kSampleBytes<type>) {
      const Wide weight = alpha * coverages[i];
      if (weight == 0) continue;
      store_sample<type>(at, (load_sample<type>(at) * (kFull - weight) + code * weight + kFull / 2) / kFull);
    }
  }
}

/// `mix` for groups of kSamples samples, one after the other.
template <SampleType type, std::uint32_t kSamples>
void mix_luma_of(std::uint8_t* first, std::size_t bytes, const LumaMix& mix) {
  constexpr std::size_t kGroupBytes = kSamples * kSampleBytes<type>;
  for (auto* group = first; group != first + bytes; group += kGroupBytes) {
    std::uint32_t sum = 1U << 15;
    for (std::uint32_t i = 0; i < kSamples; ++i) {
      sum += load_sample<type>(group + i * kSampleBytes<type>) * mix.weights[i];
    }
    for (std::uint32_t i = 0; i < kSamples; ++i) {
      auto* const at = group + i * kSampleBytes<type>;
      const auto alpha = mix.alphas[i];
      if (alpha == 0) continue;
      store_sample<type>(at, (load_sample<type>(at) * (255 - alpha) + (sum >> 16) * alpha + 127) / 255);
    }
  }
}

template <SampleType type>
void mix_luma(std::uint8_t* plane, const ByteSpan* spans, std::size_t count, const LumaMix& mix) {
  if constexpr (type == SampleType::Byte) {
    if (mix.samples == 4) return blend_spans<std::uint16_t>(plane, spans, count, LumaBytes(mix));
  }
  const auto mix_span = mix.samples == 3 ? mix_luma_of<type, 3> : mix_luma_of<type, 4>;
  for (std::size_t i = 0; i < count; ++i) mix_span(plane + spans[i].first, spans[i].bytes, mix);
}

// The compiler makes vectors of these loops. Without contraction of products and sums, all sets give the same bits.
template <SampleType type>
void add_samples(const std::uint8_t* __restrict samples, std::size_t count, std::uint32_t* __restrict sums) {
  for (std::size_t i = 0; i < count; ++i) sums[i] += load_sample<type>(samples + i * kSampleBytes<type>);
}

/// Fills a vector with a group.
template <std::uint32_t kSamples>
[[gnu::always_inline]] inline Vector<float> repeat_samples(const float* group) {
  if constexpr (kSamples == 1) {
    return Vector<float>{} + *group;
  } else if constexpr (kSamples == 2) {
    std::uint64_t pair = 0;
    __builtin_memcpy(&pair, group, sizeof pair);
    return take<Vector<float>>(Vector<std::uint64_t>{} + pair);
  } else {
    Vector<float> samples{};
    constexpr std::size_t kLanes = sizeof samples / sizeof(float) / kSamples * kSamples;
    for (std::size_t lane = 0; lane < kLanes; ++lane) samples[lane] = group[lane % kSamples];
    return samples;
  }
}

/// Spans are short: each is written in whole vectors, of which the next span overwrites what is too much.
template <std::uint32_t kSamples>
void spread_blocks_of(const float* blocks, const std::int32_t* ends, std::size_t count, const float* fractions,
                      float* values) {
  using V = Vector<float>;
  constexpr std::ptrdiff_t kLanes = sizeof(V) / sizeof(float) / kSamples * kSamples;
  static_assert(sizeof(V) / sizeof(float) <= kSpreadPadding);
  std::ptrdiff_t at = 0;
  for (std::size_t i = 0; i < count; ++i, blocks += kSamples) {
    const std::ptrdiff_t end = std::ptrdiff_t{ends[i]} * kSamples;
    if (at >= end) continue;
    const auto from = repeat_samples<kSamples>(blocks);
    const auto next = repeat_samples<kSamples>(blocks + kSamples);
    const V difference = next - from;
    for (; at < end; at += kLanes) {
      V part;
      __builtin_memcpy(&part, fractions + at, sizeof part);
      part = from + difference * part;
      __builtin_memcpy(values + at, &part, sizeof part);
    }
    at = end;
  }
}

void spread_blocks(const float* blocks, std::size_t samples, const std::int32_t* ends, std::size_t count,
                   const float* fractions, float* values) {
  (samples == 1   ? spread_blocks_of<1>
   : samples == 2 ? spread_blocks_of<2>
   : samples == 3 ? spread_blocks_of<3>
                  : spread_blocks_of<4>)(blocks, ends, count, fractions, values);
}

template <SampleType type>
void mix_lines(const float* __restrict upper, const float* __restrict lower, float weight, std::size_t count,
               std::uint8_t* __restrict samples) {
  using Scalar = typename Sample<type>::Scalar;
  for (std::size_t i = 0; i < count; ++i) {
    const auto value = static_cast<std::int32_t>(upper[i] + (lower[i] - upper[i]) * weight);
    const auto sample = in_memory<type>(static_cast<Scalar>(value << Sample<type>::kShift));
    __builtin_memcpy(samples + i * sizeof sample, &sample, sizeof sample);
  }
}

template <SampleType type>
constexpr RowKernels kKernels = {fill<type>,        fill_rows<type>, fill_weighted<type>, fill_partial<type>,
                                 over<type>,        over_rows<type>, fill_coverage<type>, mix_luma<type>,
                                 add_samples<type>, spread_blocks,   mix_lines<type>};

constexpr std::array<RowKernels, kSampleTypes> kAllKernels = {kKernels<SampleType::Byte>,
                                                              kKernels<SampleType::Word>,
                                                              kKernels<SampleType::HighTen>,
                                                              kKernels<SampleType::HighTwelve>,
                                                              kKernels<SampleType::SwappedWord>,
                                                              kKernels<SampleType::SwappedHighTen>,
                                                              kKernels<SampleType::SwappedHighTwelve>};

}  // namespace
}  // namespace sam2::composite
