// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <cstdint>
#include <vector>

#include "base/result.hpp"
#include "npz/npy_header.hpp"
#include "npz/small_array.hpp"

namespace sam2::masks {

/// What the elements of a side array may be, and how many axes it may have: lists have one, tables any number.
enum class Wanted { NumberList, NumberOrTextList, NumberOrTextTable, NumberTable, Text, TextTable };

/// Errors: WrongType, Format where an array of that header cannot be what is wanted.
Result<void> check_use(const npz::NpyHeader& header, Wanted wanted);

/// Also from text, such as "0012" or "frame_12". Errors: Format if an element is no whole number.
Result<std::vector<std::int64_t>> to_whole_numbers(const npz::SmallArray& array);

/// Like to_whole_numbers(). Errors: Format if a number does not fit into 32 bits.
Result<std::vector<std::int64_t>> to_ids(const npz::SmallArray& array);

/// Times in ns. Floats are seconds and integers ns, unless the spacing of the times contradicts that; then `warnings`
/// says what was taken. Errors: Format if a time is not finite, or if they last for more than 292 years.
Result<std::vector<std::int64_t>> to_nanoseconds(const npz::SmallArray& array, std::vector<Error>& warnings);

}  // namespace sam2::masks
