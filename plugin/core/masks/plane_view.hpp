// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <cstddef>
#include <span>

#include "npz/byte_run.hpp"
#include "runs/geometry.hpp"

namespace sam2::masks {

/// The elements of one plane, in memory or as runs; strides in bytes.
struct PlaneView {
  const std::byte* data = nullptr;
  std::size_t row_stride = 0;
  std::size_t column_stride = 0;
  runs::Size size;
  /// Elements of one byte may come as runs instead, row after row. Ends count from the begin of the plane.
  std::span<const npz::ByteRun> runs = {};
};

}  // namespace sam2::masks
