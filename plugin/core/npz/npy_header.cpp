// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "npz/npy_header.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "base/checked_math.hpp"
#include "base/text.hpp"
#include "npz/npy_dictionary.hpp"

namespace sam2::npz {
namespace {

constexpr std::array<unsigned char, kNpyMagicBytes> kMagic{0x93, 'N', 'U', 'M', 'P', 'Y'};

/// The length field has 2 bytes in version 1.0 and 4 from 2.0 on, little-endian.
std::uint64_t parse_length(std::span<const std::byte> field) {
  std::uint64_t length = 0;
  for (std::size_t i = field.size(); i-- > 0;) length = length << 8 | std::to_integer<std::uint64_t>(field[i]);
  return length;
}

Result<void> count_bytes(NpyHeader& header) {
  const auto elements = checked_product(header.shape);
  // One product of shape and element size, so that a zero among the sizes cannot hide an overflow.
  auto factors = header.shape;
  factors.push_back(std::max<std::uint64_t>(header.type.size, 1));
  const auto bytes = checked_product(factors);
  if (!elements || !bytes) {
    return Error{ErrorCode::Decode, "npy header: shape " + shape_text(header.shape) + " of '" + header.descr +
                                        "' is more than 64 bits can count"};
  }
  header.element_count = *elements;
  header.byte_count = header.type.size == 0 ? 0 : *bytes;
  return {};
}

}  // namespace

bool has_npy_magic(std::span<const std::byte> bytes) {
  return bytes.size() >= kMagic.size() && std::memcmp(bytes.data(), kMagic.data(), kMagic.size()) == 0;
}

Result<NpyHeader> parse_npy_dictionary(std::string_view text, int major, const Limits& limits) {
  auto header = SAM2_TRY(NpyDictionaryParser(text, major, limits).parse());
  SAM2_TRY(count_bytes(header));
  return header;
}

Result<NpyHeader> read_npy_header(ByteStream& stream, const Limits& limits) {
  std::array<std::byte, kNpyMagicBytes + 2> start;
  SAM2_TRY(read_exactly(stream, start));
  if (!has_npy_magic(start)) return Error{ErrorCode::Decode, "not an npy array: it does not begin with \\x93NUMPY"};
  const auto major = std::to_integer<int>(start[kNpyMagicBytes]);
  const auto minor = std::to_integer<int>(start[kNpyMagicBytes + 1]);
  if (major < 1 || major > 3 || minor != 0) {
    return Error{ErrorCode::Decode, "npy version " + std::to_string(major) + "." + std::to_string(minor) +
                                        " does not exist; expected 1.0, 2.0 or 3.0"};
  }

  std::array<std::byte, 4> field;
  const auto length_field = std::span(field).first(major == 1 ? 2 : 4);
  SAM2_TRY(read_exactly(stream, length_field));
  const auto length = parse_length(length_field);
  if (length > limits.header_bytes) {
    return Error{ErrorCode::NoSpace, "npy header of " + std::to_string(length) + " bytes; the limit is " +
                                         std::to_string(limits.header_bytes)};
  }
  std::string text(static_cast<std::size_t>(length), '\0');
  SAM2_TRY(read_exactly(stream, std::as_writable_bytes(std::span(text))));
  auto header = SAM2_TRY(parse_npy_dictionary(text, major, limits));
  header.data_offset = start.size() + length_field.size() + length;
  return header;
}

}  // namespace sam2::npz
