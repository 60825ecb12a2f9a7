// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
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
#include "npz/run_inflate.hpp"

namespace sam2::npz {

/// One member as described in the central directory, which overrules local headers.
struct ZipMember {
  std::string name;
  std::uint64_t size = 0;
  std::uint64_t compressed_size = 0;
  std::uint64_t index = 0;
};

/// How a member is read.
enum class Access {
  Alone,   ///< no other member is read before this one comes to its end
  Shared,  ///< others may be
  Runs,    ///< as Shared, and its bytes are wanted as runs if it is deflated
};

/// Read access to a zip archive. No other file includes libzip. Members are streams that keep the archive alive.
class ZipArchive {
 public:
  /// `file` is at its beginning. Errors: Decode (no zip, or a broken one), NoSpace (a limit), OpenRead.
  static Result<ZipArchive> open(InputFile file, const Limits& limits);
  /// `bytes` must outlive the archive and its streams.
  static Result<ZipArchive> open(std::span<const std::byte> bytes, const Limits& limits);

  [[nodiscard]] const std::vector<ZipMember>& members() const { return members_; }

  /// Opens the inflated bytes of a member. The stream checks its size and CRC at the end. A large deflated member that
  /// is read alone is inflated in a thread of its own. A deflated one that is read as runs has ByteStream::as_runs().
  /// Access::Runs adds `points` on the way, if there are any.
  /// Errors: WrongType (encrypted, or compressed by another method than deflate), Decode (sizes that cannot be true).
  Result<std::unique_ptr<ByteStream>> read(const ZipMember& member, Access access = Access::Shared,
                                           std::shared_ptr<InflatePoints> points = nullptr) const;
  /// The inflated bytes of a member from `position` on, with as few bytes before it as `points` allow. The stream does
  /// not check the CRC. Errors: as read().
  Result<std::unique_ptr<ByteStream>> read_from(const ZipMember& member, std::uint64_t position,
                                                const InflatePoints& points) const;
  /// True if read_from() reads nothing but what it gives.
  [[nodiscard]] bool is_stored(const ZipMember& member) const;

 private:
  struct Handle;
  struct Kind;

  [[nodiscard]] Result<Kind> kind_of(const ZipMember& member) const;
  static Result<ZipArchive> from_handle(std::shared_ptr<Handle> handle, const ReadAt& read_at, std::uint64_t file_size,
                                        const Limits& limits);

  std::shared_ptr<Handle> handle_;
  std::uint64_t file_size_ = 0;
  std::vector<ZipMember> members_;

  friend class ZipFileStream;
};

}  // namespace sam2::npz
