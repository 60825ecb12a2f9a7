// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "composite/sample_type.hpp"
#include "runs/span.hpp"

// The inner loops of the painter. This header is included by sources that are compiled for one instruction set each, so
// it holds nothing but plain data: an inline function could reach a CPU that does not know its instructions.

namespace sam2::composite {

inline constexpr std::size_t kSampleTypes = 3;

/// Coverage of a sample that is covered wholly: four quarters of 255, so that the mean over the 1, 2 or 4 luma samples
/// that it covers is exact.
inline constexpr std::uint32_t kQuarters = 4;
inline constexpr std::uint32_t kFullCoverage = kQuarters * 255;

/// Bytes of a plane, a whole number of sample groups.
struct Run {
  std::ptrdiff_t first;  ///< counted from where the plane begins
  std::size_t bytes;
};

/// Rows of spans, which may reach over the plane's width.
struct SpanRows {
  std::uint8_t* first;    ///< group of the first row
  std::ptrdiff_t stride;  ///< in bytes
  std::size_t step;       ///< bytes in a group
  std::int32_t width;     ///< in groups
  std::size_t count;
  const runs::Span* spans;
  std::size_t next;           ///< index of the first span
  const std::uint32_t* ends;  ///< behind the last span of each row
};

inline constexpr std::size_t kBlockGroups = 8;

/// Groups of which each is covered on its own: the ends of chroma runs.
struct Block {
  std::ptrdiff_t first;    ///< byte
  std::uint64_t quarters;  ///< of each group, 0 to 4, in a byte each as they lie in memory
};

/// What is done to the samples of a group of 1, 2, 3 or 4.
struct Pattern {
  std::uint32_t samples;       ///< in a group
  std::uint32_t codes[4];      ///< c: of the colour, and of opaque where the sample is alpha
  std::uint32_t alphas[4];     ///< A: 0 to 255 in solid(), over() and covered(), 4 times as much in weighted()
  std::uint32_t alpha_sample;  ///< position of straight alpha in the group, for over()
};

/// All implementations give the same bits. The runs of a call do not overlap.
struct RowKernels {
  /// d' = round((d (255 - A) + c A) / 255). In groups of 3, all have the same A.
  void (*solid)(std::uint8_t* plane, const Run* runs, std::size_t count, const Pattern& pattern);
  /// solid() for rows of spans; so is over_rows().
  void (*solid_rows)(const SpanRows& rows, const Pattern& pattern);
  /// d' = round((d (1020 - A) + c A) / 1020), halves up. No groups of 3.
  void (*weighted)(std::uint8_t* plane, const Run* runs, std::size_t count, const Pattern& pattern);
  /// weighted() with A times the quarters in place of A, on groups of 1 or 2. Blocks may overlap.
  void (*blocks)(std::uint8_t* plane, const Block* blocks, std::size_t count, const Pattern& pattern);
  /// Groups of 4 by `over` on straight alpha. All have the same A, which is not 0.
  void (*over)(std::uint8_t* plane, const Run* runs, std::size_t count, const Pattern& pattern);
  void (*over_rows)(const SpanRows& rows, const Pattern& pattern);
  /// solid() with A coverage / 1020 in place of A, exactly, halves up. One coverage for each group.
  void (*covered)(std::uint8_t* first, std::size_t groups, const std::uint16_t* coverages, const Pattern& pattern);
};

struct KernelSet {
  const char* name;
  std::array<RowKernels, kSampleTypes> of;  ///< by SampleType
};

/// Those that this CPU can run, the best one first.
[[nodiscard]] std::span<const KernelSet* const> kernel_sets();

}  // namespace sam2::composite
