// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "masks/side_values.hpp"

#include <cmath>
#include <cstddef>
#include <string>
#include <utility>

#include "base/text.hpp"
#include "masks/mask_type.hpp"
#include "masks/number_text.hpp"
#include "masks/time_unit.hpp"

namespace sam2::masks {

Result<void> check_use(const npz::NpyHeader& header, Wanted wanted) {
  if (header.type.kind == npz::ElementKind::Pickled) {
    return Error{ErrorCode::WrongType, "it is pickled (dtype object)"};
  }
  const bool takes_text = wanted != Wanted::NumberList && wanted != Wanted::NumberTable;
  const bool takes_numbers = wanted != Wanted::Text && wanted != Wanted::TextTable;
  const bool is_of_type = (takes_text && npz::is_text(header.type)) || (takes_numbers && npz::is_number(header.type));
  const bool takes_tables =
      wanted == Wanted::NumberTable || wanted == Wanted::TextTable || wanted == Wanted::NumberOrTextTable;
  if (is_of_type && (takes_tables || npz::is_list(header))) return {};
  const std::string elements = takes_numbers ? "numbers" : "text";
  return Error{is_of_type ? ErrorCode::Format : ErrorCode::WrongType,
               "it has type '" + header.descr + "' and shape " + shape_text(header.shape) + "; expected " +
                   (is_of_type || !takes_numbers ? "a list of " + elements : elements)};
}

Result<std::vector<std::int64_t>> to_whole_numbers(const npz::SmallArray& array) {
  if (!npz::is_text(array.header.type)) return npz::to_integers(array);
  std::vector<std::int64_t> numbers;
  for (const auto& text : npz::to_texts(array)) {
    const auto number = number_in(text);
    if (!number) return Error{ErrorCode::Format, "it has the text '" + printable(text) + "'; expected numbers"};
    numbers.push_back(*number);
  }
  return numbers;
}

Result<std::vector<std::int64_t>> to_ids(const npz::SmallArray& array) {
  auto ids = SAM2_TRY(to_whole_numbers(array));
  for (const auto id : ids) {
    if (!std::in_range<std::int32_t>(id)) {
      return Error{ErrorCode::Format, "object id " + std::to_string(id) + " does not fit into 32 bits"};
    }
  }
  return ids;
}

Result<std::vector<std::int64_t>> to_nanoseconds(const npz::SmallArray& array, std::vector<Error>& warnings) {
  const auto numbers = npz::to_numbers(array);
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    // 2^63 ns are 292 years.
    if (std::isfinite(numbers[i]) && std::abs(numbers[i]) < 0x1p63) continue;
    return Error{ErrorCode::Format,
                 "element " + std::to_string(i) + " is " + std::to_string(numbers[i]) + "; expected finite times"};
  }
  const bool is_float = array.header.type.kind == npz::ElementKind::Float;
  const auto unit = find_time_unit(numbers, is_float);
  const auto from = find_epoch(numbers, unit);
  if (unit.is_guess || from != 0) {
    warnings.push_back(
        {ErrorCode::Format, "the times were taken as " + std::string(unit.name) +
                                (from != 0 ? " that count from the first one" : "") +
                                ", by their size and spacing; save seconds as floats, or ns as integers, from the "
                                "first frame of the clip on"});
  }
  if (!is_float && !unit.is_guess && from == 0) return npz::to_integers(array);
  std::vector<std::int64_t> times;
  for (const auto number : numbers) {
    const auto nanoseconds = (number - from) * unit.nanoseconds;
    if (std::abs(nanoseconds) >= 0x1p63) return Error{ErrorCode::Format, "the times last for more than 292 years"};
    times.push_back(std::llround(nanoseconds));
  }
  return times;
}

}  // namespace sam2::masks
