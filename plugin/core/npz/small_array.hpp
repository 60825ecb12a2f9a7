// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/memory_budget.hpp"
#include "base/result.hpp"
#include "npz/npz_file.hpp"

namespace sam2::npz {

/// A small array that is read as a whole: ids, times, labels.
struct SmallArray {
  NpyHeader header;
  std::vector<std::byte> data;  ///< in C order and in the machine's byte order
};

/// Reads all of `reader`. The data counts against the budget while it is read.
/// Errors: NoSpace (a limit, max-memory), those of the stream.
Result<SmallArray> read_small_array(ArrayReader& reader, const Limits& limits, MemoryBudget& budget);

[[nodiscard]] bool is_number(const ElementType& type);
[[nodiscard]] bool is_text(const ElementType& type);

/// True if at most one size differs from 1: the array is a list, whatever its dimensions.
[[nodiscard]] bool is_list(const NpyHeader& header);

/// Elements of a number array as whole numbers; floats must hold such. Errors: Format.
Result<std::vector<std::int64_t>> to_integers(const SmallArray& array);

/// Elements of a number array.
[[nodiscard]] std::vector<double> to_numbers(const SmallArray& array);

/// Elements of a text array, as valid UTF-8 without control characters.
[[nodiscard]] std::vector<std::string> to_texts(const SmallArray& array);

}  // namespace sam2::npz
