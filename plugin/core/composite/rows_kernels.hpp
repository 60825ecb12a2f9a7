// SPDX-License-Identifier: LGPL-2.1-or-later
// The row kernels, one table for each including source.
#pragma once

#include "composite/rows_blocks.hpp"
#include "composite/rows_operations.hpp"
#include "composite/rows_runs.hpp"

namespace sam2::composite {
namespace {

/// use(operation) with the operation for a solid colour.
template <SampleType type, std::uint32_t kGroup, typename Use>
void with_solid_of(const Pattern& pattern, const Use& use) {
  if (is_opaque(pattern)) {
    use(Opaque<type, kGroup>(pattern));
  } else {
    use(Blend<type, kGroup, 0>(pattern));
  }
}

template <SampleType type, typename Use>
void with_solid(const Pattern& pattern, const Use& use) {
  if constexpr (type == SampleType::Byte) {
    if (pattern.samples == 3) return with_solid_of<type, 3>(pattern, use);
  }
  with_solid_of<type, 4>(pattern, use);
}

template <SampleType type>
void solid(std::uint8_t* plane, const Run* runs, std::size_t count, const Pattern& pattern) {
  with_solid<type>(
      pattern, [&](const auto& operation) { blend_runs<typename Sample<type>::Lane>(plane, runs, count, operation); });
}

template <SampleType type>
void solid_rows(const SpanRows& rows, const Pattern& pattern) {
  with_solid<type>(pattern, [&](const auto& operation) { blend_rows<typename Sample<type>::Lane>(rows, operation); });
}

template <SampleType type>
void weighted(std::uint8_t* plane, const Run* runs, std::size_t count, const Pattern& pattern) {
  using Lane = typename Sample<type>::Lane;
  if constexpr (type == SampleType::Byte) {
    blend_runs<Lane>(plane, runs, count, WeightedBytes(pattern));
  } else {
    blend_runs<Lane>(plane, runs, count, Blend<type, 4, 2>(pattern));
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
void blocks(std::uint8_t* plane, const Block* first, std::size_t count, const Pattern& pattern) {
  (pattern.samples == 1 ? blend_blocks_of<type, 1> : blend_blocks_of<type, 2>)(plane, first, count, pattern);
}

// No format has its alpha beside ten bits in the high ones, and `over` with an opaque colour leaves nothing of what was
// there.
template <SampleType type>
void over(std::uint8_t* plane, const Run* runs, std::size_t count, const Pattern& pattern) {
  if constexpr (type != SampleType::HighTen) {
    if (is_opaque(pattern)) return solid<type>(plane, runs, count, pattern);
    blend_runs<typename Sample<type>::Lane>(plane, runs, count, Over<type>(pattern));
  }
}

template <SampleType type>
void over_rows(const SpanRows& rows, const Pattern& pattern) {
  if constexpr (type != SampleType::HighTen) {
    if (is_opaque(pattern)) return solid_rows<type>(rows, pattern);
    blend_rows<typename Sample<type>::Lane>(rows, Over<type>(pattern));
  }
}

template <SampleType type>
void covered(std::uint8_t* first, std::size_t groups, const std::uint16_t* coverages, const Pattern& pattern) {
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

template <SampleType type>
constexpr RowKernels kKernels = {solid<type>, solid_rows<type>, weighted<type>, blocks<type>,
                                 over<type>,  over_rows<type>,  covered<type>};

constexpr std::array<RowKernels, kSampleTypes> kAllKernels = {kKernels<SampleType::Byte>, kKernels<SampleType::Word>,
                                                              kKernels<SampleType::HighTen>};

}  // namespace
}  // namespace sam2::composite
