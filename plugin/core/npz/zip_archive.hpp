// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "npz/byte_stream.hpp"
#include "npz/input_file.hpp"
#include "npz/limits.hpp"
#include "npz/member_overlap.hpp"

namespace sam2::npz {

/// One member as described in the central directory, which overrules local headers.
struct ZipMember {
  std::string name;
  std::uint64_t size = 0;
  std::uint64_t compressed_size = 0;
  std::uint64_t index = 0;
};

/// Shared if other members are read before one comes to its end.
enum class Access { Alone, Shared };

/// Read access to a zip archive. No other file includes libzip. Members are streams that keep the archive alive.
class ZipArchive {
 public:
  /// `file` is at its beginning. Errors: Decode (no zip, or a broken one), NoSpace (a limit), OpenRead.
  static Result<ZipArchive> open(InputFile file, const Limits& limits);
  /// `bytes` must outlive the archive and its streams.
  static Result<ZipArchive> open(std::span<const std::byte> bytes, const Limits& limits);

  [[nodiscard]] const std::vector<ZipMember>& members() const { return members_; }

  /// Opens the inflated bytes of a member. The stream checks its size and CRC at the end. A large deflated member that
  /// is read alone is inflated in a thread of its own.
  /// Errors: WrongType (encrypted, or compressed by another method than deflate), Decode (sizes that cannot be true).
  Result<std::unique_ptr<ByteStream>> read(const ZipMember& member, Access access = Access::Shared) const;

 private:
  struct Handle;

  static Result<ZipArchive> from_handle(std::shared_ptr<Handle> handle, const ReadAt& read_at, std::uint64_t file_size,
                                        const Limits& limits);

  std::shared_ptr<Handle> handle_;
  std::uint64_t file_size_ = 0;
  std::vector<ZipMember> members_;

  friend class ZipFileStream;
};

}  // namespace sam2::npz
