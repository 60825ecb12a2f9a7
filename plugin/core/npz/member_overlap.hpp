// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

namespace sam2::npz {

/// Reads `into` from `offset` of a file. Returns false if the file ends before that.
using ReadAt = std::function<bool(std::uint64_t offset, std::span<std::byte> into)>;

/// True if two members of a zip archive share bytes, as in zip bombs that inflate the same data many times. libzip does
/// not report where members lie, so this reads the directory itself. It ignores zip64 fields, and returns false for a
/// broken directory, which libzip reports.
bool do_members_overlap(const ReadAt& read_at, std::uint64_t file_size);

}  // namespace sam2::npz
