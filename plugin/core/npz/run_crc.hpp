// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <cstdint>

#include "npz/byte_run.hpp"

namespace sam2::npz {

/// The CRC-32 of zip archives, worked out from runs: the cost goes by the number of runs, not of bytes.
class RunCrc {
 public:
  /// Continues behind the bytes whose CRC-32 is `crc`.
  explicit RunCrc(std::uint32_t crc = 0) : register_(~crc) {}

  void add(const RunBatch& batch);
  [[nodiscard]] std::uint32_t value() const { return ~register_; }

 private:
  std::uint32_t register_;
};

}  // namespace sam2::npz
