// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "npz/npy_header.hpp"

namespace sam2::npz {

/// The functions below read a row of elements in the machine's byte order, of type Bool, Signed, Unsigned or Float.
/// All of them ignore NaN.

/// marks[i] = 1 where element i is not 0, else 0.
void mark_nonzero(const ElementType& type, const std::byte* row, std::span<std::uint8_t> marks);

/// marks[i] = 1 where element i is strictly above `threshold`, else 0.
void mark_above(const ElementType& type, const std::byte* row, double threshold, std::span<std::uint8_t> marks);

struct ValueFlaws {
  bool clipped = false;  ///< a value did not fit 32 bits
  bool rounded = false;  ///< a value was farther than 0.001 from a whole number
};

/// values[i] = element i, rounded and clipped.
ValueFlaws read_values(const ElementType& type, const std::byte* row, std::span<std::int32_t> values);

/// Sets values[i] to 0 where element i is farther than 0.001 from a whole number.
void clear_fractions(const ElementType& type, const std::byte* row, std::span<std::int32_t> values);

/// How the values of floats are spread; NaN counts as 0.
struct ValueRange {
  double lowest = 0;   ///< at most 0
  double highest = 0;  ///< at least 0
  std::uint64_t count = 0;
  std::uint64_t zeros = 0;
  std::uint64_t fractions = 0;  ///< values that are farther than 0.001 from a whole number, or infinite
  std::uint64_t near_unit = 0;  ///< values close to 0 or 1
  std::uint64_t near_byte = 0;  ///< values close to 0 or 255
};

/// Adds a row of floats to `range`.
void extend_range(const ElementType& type, const std::byte* row, std::size_t width, ValueRange& range);

/// Element i of `row` as a number.
[[nodiscard]] double read_number(const ElementType& type, const std::byte* row, std::size_t i);

/// Reads element i of a row of integers or truth values. Returns false if it does not fit 64 signed bits.
[[nodiscard]] bool read_integer(const ElementType& type, const std::byte* row, std::size_t i, std::int64_t& value);

/// Reverses the bytes of each of the elements of `size` bytes.
void swap_bytes(std::span<std::byte> elements, std::size_t size);

}  // namespace sam2::npz
