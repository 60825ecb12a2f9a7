// SPDX-License-Identifier: LGPL-2.1-or-later
// The row kernels, one table for each including source.
#pragma once

#include "composite/rows_operations.hpp"
#include "composite/rows_runs.hpp"

namespace sam2::composite {
namespace {

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
