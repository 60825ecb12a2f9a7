// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "npz/small_array.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>

#include "base/text.hpp"
#include "npz/element_values.hpp"

namespace sam2::npz {
namespace {

/// Most memory that a decoded element takes beyond its bytes in the file.
constexpr std::uint64_t kDecodedBytes = sizeof(std::string);

/// Reorders elements from Fortran order (first axis fastest) to C order (last axis fastest).
std::vector<std::byte> to_c_order(const NpyHeader& header, const std::vector<std::byte>& data) {
  const std::size_t size = header.type.size;
  const auto& shape = header.shape;
  std::vector<std::byte> ordered;
  ordered.reserve(data.size());
  std::vector<std::uint64_t> index(shape.size(), 0);
  for (std::uint64_t element = 0; element < header.element_count; ++element) {
    std::uint64_t place = 0;
    for (std::size_t axis = shape.size(); axis-- > 0;) place = place * shape[axis] + index[axis];
    const auto begin = data.begin() + static_cast<std::ptrdiff_t>(place * size);
    ordered.insert(ordered.end(), begin, begin + static_cast<std::ptrdiff_t>(size));
    for (std::size_t axis = shape.size(); axis-- > 0;) {
      if (++index[axis] < shape[axis]) break;
      index[axis] = 0;
    }
  }
  return ordered;
}

std::string text_of(const ElementType& type, const std::byte* element) {
  if (type.kind == ElementKind::Bytes) {
    std::string_view text(reinterpret_cast<const char*>(element), type.size);
    // NumPy pads with NUL.
    return clean_utf8(text.substr(0, text.find_last_not_of('\0') + 1));
  }
  std::string text;
  std::size_t length = type.size / 4;
  std::vector<std::uint32_t> code_points(length);
  std::copy_n(element, length * 4, reinterpret_cast<std::byte*>(code_points.data()));
  while (length > 0 && code_points[length - 1] == 0) --length;
  for (std::size_t i = 0; i < length; ++i) append_utf8(text, code_points[i]);
  return clean_utf8(text);
}

}  // namespace

Result<SmallArray> read_small_array(ArrayReader& reader, const Limits& limits, MemoryBudget& budget) {
  const auto& header = reader.header();
  const auto bytes = header.byte_count;
  if (bytes > limits.side_array_bytes || header.element_count > limits.side_array_bytes / kDecodedBytes) {
    return Error{ErrorCode::NoSpace, "array of shape " + shape_text(header.shape) + " and type '" + header.descr +
                                         "' is too large; the limit is " + std::to_string(limits.side_array_bytes) +
                                         " bytes"};
  }
  // While it is read and decoded; what is kept of it is counted where it is kept.
  const auto working_bytes = bytes + header.element_count * kDecodedBytes;
  SAM2_TRY(budget.take(working_bytes));
  SmallArray array{header, std::vector<std::byte>(static_cast<std::size_t>(bytes))};
  SAM2_TRY(read_exactly(reader.data(), array.data));
  SAM2_TRY(read_to_end(reader.data()));
  budget.give_back(working_bytes);
  if (header.fortran_order && !is_list(header)) array.data = to_c_order(header, array.data);
  if (header.type.is_swapped) swap_bytes(array.data, is_text(header.type) ? 4 : header.type.size);
  return array;
}

bool is_number(const ElementType& type) {
  return type.kind == ElementKind::Bool || type.kind == ElementKind::Signed || type.kind == ElementKind::Unsigned ||
         type.kind == ElementKind::Float;
}

bool is_text(const ElementType& type) {
  return type.kind == ElementKind::Bytes || type.kind == ElementKind::Text;
}

bool is_list(const NpyHeader& header) {
  return std::ranges::count_if(header.shape, [](std::uint64_t size) { return size != 1; }) <= 1;
}

Result<std::vector<std::int64_t>> to_integers(const SmallArray& array) {
  const auto& type = array.header.type;
  std::vector<std::int64_t> integers(static_cast<std::size_t>(array.header.element_count));
  for (std::size_t i = 0; i < integers.size(); ++i) {
    if (type.kind == ElementKind::Float) {
      const auto number = read_number(type, array.data.data(), i);
      if (!(std::abs(number) < 0x1p63) || number != std::trunc(number)) {
        return Error{ErrorCode::Format, "element " + std::to_string(i) + " is " + std::to_string(number) +
                                            "; expected whole numbers of 64 bits"};
      }
      integers[i] = static_cast<std::int64_t>(number);
    } else if (!read_integer(type, array.data.data(), i, integers[i])) {
      return Error{ErrorCode::Format, "element " + std::to_string(i) +
                                          " is above 9223372036854775807; expected signed integers of 64 bits"};
    }
  }
  return integers;
}

std::vector<double> to_numbers(const SmallArray& array) {
  std::vector<double> numbers(static_cast<std::size_t>(array.header.element_count));
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    numbers[i] = read_number(array.header.type, array.data.data(), i);
  }
  return numbers;
}

std::vector<std::string> to_texts(const SmallArray& array) {
  std::vector<std::string> texts(static_cast<std::size_t>(array.header.element_count));
  const std::size_t size = array.header.type.size;
  for (std::size_t i = 0; i < texts.size(); ++i) texts[i] = text_of(array.header.type, array.data.data() + i * size);
  return texts;
}

}  // namespace sam2::npz
