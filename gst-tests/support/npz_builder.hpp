// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "support/mask_file.hpp"

namespace sam2::test {

inline std::span<const std::byte> as_bytes(std::string_view text) {
  return std::as_bytes(std::span(text));
}

/// An npy file with exactly this dictionary, version and data, whatever they are.
inline std::string raw_npy(const std::string& dictionary, const std::string& data, char major = 1, char minor = 0) {
  std::string out("\x93NUMPY", 6);
  out += major;
  out += minor;
  put_little_endian(out, dictionary.size(), major == 1 ? 2 : 4);
  return out + dictionary + data;
}

inline std::string dictionary(const std::string& descr, const std::string& shape, const char* order = "False") {
  return "{'descr': '" + descr + "', 'fortran_order': " + order + ", 'shape': " + shape + ", }";
}

/// A member of an archive; what is not set is told truly. Lies stand in both headers.
struct ZipMemberBytes {
  std::string name;
  std::string data;  ///< as it lies in the file
  std::uint16_t method = 0;
  std::uint16_t flags = 0;
  std::optional<std::uint32_t> crc = {};
  std::optional<std::uint32_t> size = {};
  std::optional<std::uint32_t> compressed_size = {};
};

/// What the end record says; what is not set is told truly.
struct ZipEnd {
  std::optional<std::uint16_t> entries = {};
  std::optional<std::uint32_t> directory_offset = {};
  std::uint16_t disk = 0;
};

inline std::string raw_zip(const std::vector<ZipMemberBytes>& members, const ZipEnd& end = {}) {
  std::string out;
  std::string directory;
  for (const auto& member : members) {
    std::string common;
    put_little_endian(common, 20, 2);
    put_little_endian(common, member.flags, 2);
    put_little_endian(common, member.method, 2);
    put_little_endian(common, 0, 4);
    put_little_endian(common, member.crc.value_or(crc32_of(member.data)), 4);
    put_little_endian(common, member.compressed_size.value_or(static_cast<std::uint32_t>(member.data.size())), 4);
    put_little_endian(common, member.size.value_or(static_cast<std::uint32_t>(member.data.size())), 4);
    put_little_endian(common, member.name.size(), 2);
    put_little_endian(common, 0, 2);
    directory += std::string("PK\x01\x02\x14\x00", 6) + common + std::string(10, '\0');
    put_little_endian(directory, out.size(), 4);
    directory += member.name;
    out += std::string("PK\x03\x04", 4) + common + member.name + member.data;
  }
  const auto begin = out.size();
  out += directory + std::string("PK\x05\x06", 4);
  put_little_endian(out, end.disk, 2);
  put_little_endian(out, end.disk, 2);
  const auto entries = end.entries.value_or(static_cast<std::uint16_t>(members.size()));
  put_little_endian(out, entries, 2);
  put_little_endian(out, entries, 2);
  put_little_endian(out, directory.size(), 4);
  put_little_endian(out, end.directory_offset.value_or(static_cast<std::uint32_t>(begin)), 4);
  put_little_endian(out, 0, 2);
  return out;
}

/// A deflate stream of stored blocks, as any deflater may write.
inline std::string deflate_stored(const std::string& data) {
  std::string out;
  std::size_t at = 0;
  do {
    const auto length = std::min<std::size_t>(data.size() - at, 0xffff);
    out += at + length == data.size() ? '\1' : '\0';
    put_little_endian(out, length, 2);
    put_little_endian(out, ~length, 2);
    out += data.substr(at, length);
    at += length;
  } while (at < data.size());
  return out;
}

}  // namespace sam2::test
