// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <cstddef>
#include <span>

#include "base/error.hpp"

namespace sam2::npz {

/// As many bytes from the begin of a file as explain_foreign_file() looks at.
inline constexpr std::size_t kForeignHeadBytes = 512;

/// Says what a file is that is neither an archive nor an array, and what to do. `head`: its first bytes.
[[nodiscard]] Error explain_foreign_file(std::span<const std::byte> head);

}  // namespace sam2::npz
