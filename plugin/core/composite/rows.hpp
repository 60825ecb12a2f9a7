// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace sam2::composite {

/// Weight of a colour in a sample: its alpha (0 to 255) times the quarters of the sample that are covered (0 to 4). A
/// sample covers 1, 2 or 4 luma samples, so that quarters are exact.
inline constexpr std::uint32_t kQuarters = 4;
inline constexpr std::uint32_t kFullWeight = 255 * kQuarters;

/// Length of the patterns below: whole sample groups, whether of 1, 2, 3 or 4 bytes, and whole vectors of up to 32
/// bytes.
inline constexpr std::size_t kPatternBytes = 96;

/// What a run does to its bytes, for the first kPatternBytes of them and repeating. Bytes of no channel have weight 0.
struct SolidPattern {
  alignas(32) std::array<std::uint16_t, kPatternBytes> keep;  ///< 255 - A
  alignas(32) std::array<std::uint16_t, kPatternBytes> add;   ///< c A, plus half of 255 to round
};

/// The same for samples that are covered in part.
struct WeightedPattern {
  alignas(32) std::array<std::uint32_t, kPatternBytes> keep;  ///< kFullWeight - W
  alignas(32) std::array<std::uint32_t, kPatternBytes> add;   ///< c W, plus half of kFullWeight to round
};

/// Four-byte groups of which one byte is straight alpha.
struct OverGroup {
  std::array<std::uint8_t, 4> codes;
  std::uint8_t alpha_byte;  ///< position of alpha in the group
  std::uint16_t weight;
};

/// Alpha of the samples of a run, in another plane: for the first sample four samples of alpha whose mean counts (the
/// same one several times where it covers fewer), for the next ones those `step` bytes on.
struct AlphaSamples {
  std::array<const std::uint8_t*, 4> first;
  std::ptrdiff_t step;
};

/// Fill a pattern for groups of `step` bytes with those code values and alphas; the weight is alpha times `quarters`.
void make_pattern(std::size_t step, const std::array<std::uint8_t, 4>& codes, const std::array<std::uint8_t, 4>& alphas,
                  SolidPattern& pattern);
void make_pattern(std::size_t step, const std::array<std::uint8_t, 4>& codes, const std::array<std::uint8_t, 4>& alphas,
                  std::uint32_t quarters, WeightedPattern& pattern);

/// The inner loops of the painter: each blends one run. All implementations give the same bits.
struct RowKernels {
  /// d' = round((d (255 - A) + c A) / 255)
  void (*solid)(std::uint8_t* row, std::size_t bytes, const SolidPattern& pattern);
  /// d' = round((d (1020 - W) + c W) / 1020), halves up
  void (*weighted)(std::uint8_t* row, std::size_t bytes, const WeightedPattern& pattern);
  /// `over` on groups with alpha; `solid` is what happens where that is 255.
  void (*over)(std::uint8_t* row, std::size_t groups, const OverGroup& group, const SolidPattern& solid);
  /// `over` on one-byte samples whose alpha, which stays, is in another plane. W > 0.
  void (*over_plane)(std::uint8_t* row, std::size_t samples, const AlphaSamples& alpha, std::uint8_t code,
                     std::uint32_t weight);
};

/// The kernels to use.
[[nodiscard]] const RowKernels& row_kernels();

}  // namespace sam2::composite
