// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

#include "base/result.hpp"
#include "masks/mask_set.hpp"

namespace sam2::masks {

/// Reads a few entries of a file at once, wherever they are, while the file is still read front to back. Used by one
/// thread at a time.
class WindowReader {
 public:
  virtual ~WindowReader() = default;

  /// The entries [begin, end) of the file, with the same masks and objects as in the set of all of it; nullptr if
  /// nothing can tell these objects yet. Errors: those of the file; Cancelled.
  virtual Result<std::shared_ptr<const MaskSet>> read(std::size_t begin, std::size_t end,
                                                      const std::function<bool()>& is_cancelled) = 0;
  /// So many bytes are read for an entry.
  [[nodiscard]] virtual std::uint64_t entry_bytes() const = 0;
};

}  // namespace sam2::masks
