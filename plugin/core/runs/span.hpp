// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <cstdint>

namespace sam2::runs {

/// Half-open interval [begin, end) of pixels of one row.
struct Span {
  std::int32_t begin;
  std::int32_t end;

  friend bool operator==(const Span&, const Span&) = default;
};

}  // namespace sam2::runs
