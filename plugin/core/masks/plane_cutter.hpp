// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/result.hpp"
#include "npz/byte_run.hpp"

namespace sam2::masks {

/// Cuts a stream of runs into planes of equal size. A plane of many short runs comes as bytes, which take less memory
/// then and are as fast.
class PlaneCutter {
 public:
  /// `runs` must outlive the cutter. `plane_bytes` must be above 0.
  PlaneCutter(npz::RunStream& runs, std::size_t plane_bytes) : source_(&runs), plane_bytes_(plane_bytes) {}

  /// The elements of one plane, in one of two ways.
  struct Piece {
    std::span<const npz::ByteRun> runs;  ///< ends count from the begin of the plane; empty if the plane is in `bytes`
    std::span<const std::byte> bytes;    ///< empty if the plane is in `runs`
  };
  /// The next plane, valid until the next call. Errors: Decode if the stream ends early, those of the stream.
  Result<Piece> next();

 private:
  Result<void> fill_batch();
  void take_runs();
  void take_bytes();
  void expand_runs();

  npz::RunStream* source_;
  std::size_t plane_bytes_;
  npz::RunBatch batch_;
  std::size_t next_run_ = 0;
  std::uint64_t position_ = 0;  ///< in the stream
  std::size_t filled_ = 0;      ///< bytes of the plane
  std::vector<npz::ByteRun> runs_;
  std::vector<std::byte> bytes_;
};

}  // namespace sam2::masks
