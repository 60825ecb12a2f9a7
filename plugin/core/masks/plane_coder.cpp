// SPDX-License-Identifier: LGPL-2.1-or-later
#include "masks/plane_coder.hpp"

#include <array>
#include <cstring>

#include "npz/element_values.hpp"

namespace sam2::masks {
namespace {

/// First element from `i` on that is not 0, or `width`. Most of a mask is 0, so this looks at 64 bytes at a time.
template <typename T>
std::size_t skip_zeros(const T* row, std::size_t i, std::size_t width) {
  constexpr std::size_t kStep = 64 / sizeof(T);
  std::array<std::uint64_t, 8> block;
  for (; i + kStep <= width; i += kStep) {
    std::memcpy(block.data(), row + i, sizeof(block));
    std::uint64_t any = 0;
    for (const auto word : block) any |= word;
    if (any != 0) break;
  }
  while (i < width && row[i] == 0) ++i;
  return i;
}

/// First byte from `i` on that is 0, or `width`.
std::size_t skip_nonzeros(const std::uint8_t* row, std::size_t i, std::size_t width) {
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  std::uint64_t word;
  for (; i + sizeof(word) <= width; i += sizeof(word)) {
    std::memcpy(&word, row + i, sizeof(word));
    // The highest bit of the lowest byte that is 0 remains, and may be of bytes above it.
    if (((word - kOnes) & ~word & kOnes << 7) != 0) break;
  }
  while (i < width && row[i] != 0) ++i;
  return i;
}

/// First element after `i` that differs from element i, or `width`.
template <typename T>
std::size_t skip_equal(const T* row, std::size_t i, std::size_t width) {
  constexpr std::size_t kStep = 8 / sizeof(T);
  const auto value = row[i];
  std::array<T, kStep> pattern;
  pattern.fill(value);
  while (i + kStep <= width && std::memcmp(row + i, pattern.data(), sizeof(pattern)) == 0) i += kStep;
  while (i < width && row[i] == value) ++i;
  return i;
}

template <typename T>
void append_runs(const T* row, std::int32_t y, std::size_t width, PlaneRuns& runs) {
  for (auto begin = skip_zeros(row, 0, width); begin < width;) {
    const auto end = skip_equal(row, begin, width);
    runs.spans.push_back({static_cast<std::uint16_t>(y), static_cast<std::uint16_t>(begin),
                          static_cast<std::uint16_t>(end), static_cast<std::int32_t>(row[begin])});
    begin = skip_zeros(row, end, width);
  }
}

/// Truth values and the like: runs of any values but 0.
void append_nonzero_runs(const std::uint8_t* row, std::int32_t y, std::size_t width, PlaneRuns& runs) {
  for (auto begin = skip_zeros(row, 0, width); begin < width;) {
    const auto end = skip_nonzeros(row, begin, width);
    runs.spans.push_back(
        {static_cast<std::uint16_t>(y), static_cast<std::uint16_t>(begin), static_cast<std::uint16_t>(end), 1});
    begin = skip_zeros(row, end, width);
  }
}

bool is_all_zero(const std::byte* bytes, std::size_t count) {
  return skip_zeros(reinterpret_cast<const std::uint8_t*>(bytes), 0, count) == count;
}

}  // namespace

void PlaneCoder::code(const PlaneView& plane, PlaneRuns& runs) {
  runs.clear();
  // A plane that is all zero holds no object, whichever of the two thresholds the later ones choose.
  if (coding_.kind == Coding::Kind::Guess && !guess_threshold(plane)) return;
  runs.is_thresholded = coding_.kind != Coding::Kind::Values;
  const auto width = static_cast<std::size_t>(plane.size.width);
  for (std::int32_t y = 0; y < plane.size.height; ++y) code_row(native_row(plane, y), y, width, runs);
}

/// Row `y`, gathered and in the machine's byte order; where it lies so already, it is not copied.
const std::byte* PlaneCoder::native_row(const PlaneView& plane, std::int32_t y) {
  const auto* const begin = plane.data + static_cast<std::size_t>(y) * plane.row_stride;
  const std::size_t size = type_.size;
  if (plane.column_stride == size && !type_.is_swapped) return begin;
  const auto width = static_cast<std::size_t>(plane.size.width);
  row_.resize(width * size);
  for (std::size_t x = 0; x < width; ++x) std::memcpy(row_.data() + x * size, begin + x * plane.column_stride, size);
  if (type_.is_swapped) npz::swap_bytes(row_, size);
  return row_.data();
}

void PlaneCoder::code_row(const std::byte* row, std::int32_t y, std::size_t width, PlaneRuns& runs) {
  // The common types need no conversion.
  const auto* const bytes = reinterpret_cast<const std::uint8_t*>(row);
  if (coding_.kind == Coding::Kind::NonZero && type_.size == 1) return append_nonzero_runs(bytes, y, width, runs);
  const bool is_unsigned_byte = type_.kind == npz::ElementKind::Unsigned && type_.size == 1;
  if (coding_.kind == Coding::Kind::Values && is_unsigned_byte) return append_runs(bytes, y, width, runs);
  const bool zero_is_nothing = coding_.kind != Coding::Kind::Above || coding_.threshold >= 0;
  if (zero_is_nothing && is_all_zero(row, width * type_.size)) return;
  if (coding_.kind == Coding::Kind::Values) {
    values_.resize(width);
    const auto flaws = npz::read_values(type_, row, values_);
    runs.clipped |= flaws.clipped;
    runs.rounded |= flaws.rounded;
    append_runs(values_.data(), y, width, runs);
    return;
  }
  marks_.resize(width);
  if (coding_.kind == Coding::Kind::NonZero) {
    npz::mark_nonzero(type_, row, marks_);
  } else {
    npz::mark_above(type_, row, coding_.threshold, marks_);
  }
  append_runs(marks_.data(), y, width, runs);
}

/// Decides between labels, logits and probabilities, as soon as a plane holds anything but zeros.
bool PlaneCoder::guess_threshold(const PlaneView& plane) {
  npz::ValueRange range;
  for (std::int32_t y = 0; y < plane.size.height; ++y) {
    npz::extend_range(type_, native_row(plane, y), static_cast<std::size_t>(plane.size.width), range);
  }
  if (!range.has_nonzero) return false;
  // Labels that a tool saved as floats.
  if (range.leaves_unit && !range.has_negative && !range.has_fraction) {
    coding_ = {Coding::Kind::Values};
  } else {
    coding_ = {Coding::Kind::Above, range.leaves_unit ? 0.0 : 0.5};
  }
  return true;
}

}  // namespace sam2::masks
