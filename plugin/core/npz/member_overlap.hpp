// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

namespace sam2::npz {

/// Fills `into` from `offset` of a file; false where the file does not reach that far.
using ReadAt = std::function<bool(std::uint64_t offset, std::span<std::byte> into)>;

/// Whether two members of a zip archive share bytes, as in archives that inflate the same data many times. libzip,
/// which reads the archive, does not tell where members lie. What is told in zip64 fields is not looked at, and false
/// is also said of a directory that is broken: that is for libzip to find.
bool do_members_overlap(const ReadAt& read_at, std::uint64_t file_size);

}  // namespace sam2::npz
