// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "npz/byte_stream.hpp"
#include "npz/limits.hpp"

namespace sam2::npz {

enum class ElementKind {
  Bool,    ///< one byte; every value but 0 is true
  Signed,  ///< 1, 2, 4 or 8 bytes, as Unsigned
  Unsigned,
  Float,    ///< IEEE 754; 2, 4 or 8 bytes
  Bytes,    ///< text of one byte a character, padded with NUL
  Text,     ///< text of four bytes a character (UTF-32), padded with NUL
  Pickled,  ///< Python objects; never read, since unpickling runs code
  Other,    ///< valid, but useless for masks: complex, dates, records ...
};

struct ElementType {
  ElementKind kind = ElementKind::Other;
  std::uint32_t size = 0;   ///< bytes; 0 for Pickled and Other
  bool is_swapped = false;  ///< byte order is not the machine's
};

/// The description of an array in its npy file
/// (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html).
struct NpyHeader {
  ElementType type;
  std::string descr;  ///< element type as written in the file, made printable
  bool fortran_order = false;
  std::vector<std::uint64_t> shape;
  std::uint64_t element_count = 0;  ///< product of the shape
  std::uint64_t byte_count = 0;     ///< element_count times the element's size
  std::uint64_t data_offset = 0;    ///< bytes before the data
};

[[nodiscard]] bool has_npy_magic(std::span<const std::byte> bytes);
inline constexpr std::size_t kNpyMagicBytes = 6;

/// Parses the dictionary of a header of version `major`.0. Errors: Decode, NoSpace (too many dimensions).
Result<NpyHeader> parse_npy_dictionary(std::string_view text, int major, const Limits& limits);

/// Reads magic, version, length and dictionary; the stream is then at the first byte of the data.
/// Errors: Decode, NoSpace (a limit), and those of the stream.
Result<NpyHeader> read_npy_header(ByteStream& stream, const Limits& limits);

}  // namespace sam2::npz
