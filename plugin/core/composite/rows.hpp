// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "composite/sample_type.hpp"
#include "runs/span.hpp"

// The inner loops of the painter. Sources that are compiled for one instruction set each include this header. It
// therefore holds plain data only: an inline function could reach a CPU that does not know its instructions.

namespace sam2::composite {

inline constexpr std::size_t kSampleTypes = kSampleTypeCount;

/// Coverage of a sample that is covered wholly. It has four quarters of 255, so that the mean over the 1, 2 or 4 luma
/// samples of a group is exact.
inline constexpr std::uint32_t kQuarters = 4;
inline constexpr std::uint32_t kFullCoverage = kQuarters * 255;

/// Bytes of a plane that hold a whole number of sample groups.
struct ByteSpan {
  std::ptrdiff_t first;  ///< distance from the beginning of the plane
  std::size_t bytes;
};

/// Rows of spans. Kernels clip the spans to the width.
struct SpanRows {
  std::uint8_t* first;    ///< first group of the first row
  std::ptrdiff_t stride;  ///< in bytes
  std::size_t step;       ///< bytes of a group
  std::int32_t width;     ///< in groups
  std::size_t count;
  const runs::Span* spans;
  std::size_t next;           ///< index of the first span
  const std::uint32_t* ends;  ///< for each row, the index behind its last span
};

inline constexpr std::size_t kBlockGroups = 8;

/// Elements by which spread_blocks() may go beyond the last one.
inline constexpr std::size_t kSpreadPadding = 16;

/// Groups that are covered by quarters, each on its own. Blocks draw the ends of chroma spans.
struct Block {
  std::ptrdiff_t first;    ///< distance from the beginning of the plane
  std::uint64_t quarters;  ///< 0 to 4 quarters for each group, a byte each in the order of memory
};

/// How the samples of a group of 1, 2, 3 or 4 change.
struct Pattern {
  std::uint32_t samples;       ///< number of samples in a group
  std::uint32_t codes[4];      ///< c: code of the colour; for alpha samples, the code of opaque
  std::uint32_t alphas[4];     ///< A: 0 to 255; four times as much for fill_weighted()
  std::uint32_t alpha_sample;  ///< position of straight alpha in the group, for over()
};

/// How the samples of a group that has R, G and B are mixed with its luma.
struct LumaMix {
  std::uint32_t samples;     ///< number of samples in a group: 3 or 4
  std::uint32_t weights[4];  ///< w: of each sample in the luma; their sum is 65536
  std::uint32_t alphas[4];   ///< A: 0 to 255
};

/// The kernels of one sample type. All instruction sets give the same bits. The spans of one call must not overlap.
struct RowKernels {
  /// d' = round((d (255 - A) + c A) / 255).
  void (*fill)(std::uint8_t* plane, const ByteSpan* spans, std::size_t count, const Pattern& pattern);
  /// Like fill(), for rows of spans.
  void (*fill_rows)(const SpanRows& rows, const Pattern& pattern);
  /// d' = round((d (1020 - A) + c A) / 1020), halves up. Does not take groups of 3.
  void (*fill_weighted)(std::uint8_t* plane, const ByteSpan* spans, std::size_t count, const Pattern& pattern);
  /// Like fill_weighted() on groups of 1 or 2, with A times the quarters of each group. Blocks may overlap.
  void (*fill_partial)(std::uint8_t* plane, const Block* blocks, std::size_t count, const Pattern& pattern);
  /// Porter-Duff `over` on groups of 4 with straight alpha. All samples have the same A, which is not 0.
  void (*over)(std::uint8_t* plane, const ByteSpan* spans, std::size_t count, const Pattern& pattern);
  /// Like over(), for rows of spans.
  void (*over_rows)(const SpanRows& rows, const Pattern& pattern);
  /// Like fill(), with A coverage / 1020 instead of A, exactly, halves up. Each group has one coverage.
  void (*fill_coverage)(std::uint8_t* first, std::size_t groups, const std::uint16_t* coverages,
                        const Pattern& pattern);
  /// d' = round((d (255 - A) + Y A) / 255), where Y is the sum of the products w d of the group over 65536, rounded.
  void (*mix_luma)(std::uint8_t* plane, const ByteSpan* spans, std::size_t count, const LumaMix& mix);
  /// sums[i] += d for each of `count` samples.
  void (*add_samples)(const std::uint8_t* samples, std::size_t count, std::uint32_t* sums);
  /// values[i] = b + (n - b) fractions[i] for the samples of the groups from ends[k - 1], or 0, to ends[k], for each k
  /// below `count`, where b and n are the same samples of groups k and k + 1 of `blocks`. Both arrays have
  /// kSpreadPadding elements more, which may be overwritten.
  void (*spread_blocks)(const float* blocks, std::size_t samples, const std::int32_t* ends, std::size_t count,
                        const float* fractions, float* values);
  /// Writes upper[i] + (lower[i] - upper[i]) weight, rounded down, for each of `count` samples.
  void (*mix_lines)(const float* upper, const float* lower, float weight, std::size_t count, std::uint8_t* samples);
};

struct KernelSet {
  const char* name;
  std::array<RowKernels, kSampleTypes> of;  ///< by SampleType
};

/// The kernel sets that this CPU can run, the fastest first.
[[nodiscard]] std::span<const KernelSet* const> kernel_sets();

}  // namespace sam2::composite
