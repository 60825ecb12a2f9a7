// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.hpp"
#include "npz/byte_stream.hpp"
#include "npz/limits.hpp"
#include "npz/npy_header.hpp"
#include "npz/zip_archive.hpp"

namespace sam2::npz {

/// An array with a parsed header and unread data.
class ArrayReader {
 public:
  /// `size` is the number of bytes in `stream`. Errors: Decode if the header claims more; those of the header.
  static Result<ArrayReader> open(std::unique_ptr<ByteStream> stream, std::uint64_t size, const Limits& limits);

  [[nodiscard]] const NpyHeader& header() const { return header_; }
  /// The elements in file order. Read it to its end: the archive runs its checks there.
  [[nodiscard]] ByteStream& data() { return *stream_; }

 private:
  ArrayReader(std::unique_ptr<ByteStream> stream, NpyHeader header)
      : stream_(std::move(stream)), header_(std::move(header)) {}

  std::unique_ptr<ByteStream> stream_;
  NpyHeader header_;
};

/// The arrays of an .npz archive, or the single array of an .npy file. The first bytes decide which of the two it is.
class NpzFile {
 public:
  /// Errors: NotFound, OpenRead, Decode, NoSpace (a limit).
  static Result<NpzFile> open(const std::string& path, const Limits& limits);
  /// `bytes` must outlive the file and its readers.
  static Result<NpzFile> open(std::span<const std::byte> bytes, const Limits& limits);

  /// True for an .npy file, whose only array has no name.
  [[nodiscard]] bool is_single_array() const { return !archive_; }
  /// Names of all arrays, in the order of the file, without ".npy" and without a folder around everything. Members that
  /// file managers add are left out.
  [[nodiscard]] std::vector<std::string> names() const;
  /// Name of the first member of the archive that a file manager did not add, if there is one.
  [[nodiscard]] std::optional<std::string> first_member() const;
  /// True if the name of any member of the archive ends so, in lower or upper case. `ending` is in lower case.
  [[nodiscard]] bool has_member_like(std::string_view ending) const;
  /// True if there is an array of that name. Errors: those of a member that has the name but cannot be read.
  [[nodiscard]] Result<bool> has(std::string_view name) const;
  /// Opens an array. For an .npy file, opens its only array and ignores the name. Errors: Decode, WrongType, NoSpace,
  /// OpenRead.
  [[nodiscard]] Result<ArrayReader> read(std::string_view name, Access access = Access::Shared,
                                         std::shared_ptr<InflatePoints> points = nullptr) const;
  /// The bytes of an array's data from `position` on, counted from the begin of its header; see
  /// ZipArchive::read_from().
  [[nodiscard]] Result<std::unique_ptr<ByteStream>> read_from(std::string_view name, std::uint64_t position,
                                                              const InflatePoints& points) const;
  /// True if read_from() takes no longer anywhere in the array: its data are not compressed.
  [[nodiscard]] bool is_stored(std::string_view name) const;
  /// The same file once more, for another thread, even if its path names another one by now. Errors: OpenRead, those of
  /// open(). Not for bytes in memory.
  [[nodiscard]] Result<NpzFile> reopen() const;

 private:
  explicit NpzFile(const Limits& limits) : limits_(limits) {}

  static Result<NpzFile> open(InputFile input, const Limits& limits);
  void set_archive(ZipArchive archive);
  [[nodiscard]] Result<const ZipMember*> find(std::string_view name) const;
  [[nodiscard]] Result<bool> begins_as_array(const ZipMember& member) const;
  [[nodiscard]] Result<ArrayReader> read_single() const;

  Limits limits_;
  std::optional<ZipArchive> archive_;
  std::string folder_;                                           ///< around all members, with its slash
  std::unordered_map<std::string, std::size_t> member_indices_;  ///< by name; the last of that name
  std::shared_ptr<InputFile> file_;                              ///< none: bytes in memory
  std::span<const std::byte> bytes_;
};

}  // namespace sam2::npz
