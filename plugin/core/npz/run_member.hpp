// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "base/result.hpp"
#include "npz/byte_run.hpp"
#include "npz/byte_stream.hpp"
#include "npz/run_crc.hpp"

namespace sam2::npz {

/// The inflated bytes of a zip member, as bytes and as runs in any alternation. Checks size and CRC-32 at the end.
class RunMember final : public ByteStream, public RunStream {
 public:
  /// `name` is the name of the member in messages. `runs` does not check itself.
  RunMember(std::unique_ptr<RunStream> runs, std::uint64_t size, std::uint32_t crc, std::string name)
      : runs_(std::move(runs)), size_(size), expected_crc_(crc), name_(std::move(name)) {}
  /// A part of a member, from `position` on, where `runs` are or soon will be. Only the size is checked.
  RunMember(std::unique_ptr<RunStream> runs, std::uint64_t position, std::uint64_t size, std::string name)
      : runs_(std::move(runs)), size_(size), name_(std::move(name)), position_(position) {}

  /// Errors: Decode, those of the runs.
  Result<std::size_t> read(std::span<std::byte> into) override;
  RunStream* as_runs() override { return this; }
  Result<RunBatch> next_runs() override;

 private:
  Result<void> next_batch();
  Result<void> take_batch();
  [[nodiscard]] RunBatch rest() const;

  std::unique_ptr<RunStream> runs_;
  std::uint64_t size_;
  std::optional<std::uint32_t> expected_crc_;
  std::string name_;
  RunCrc crc_;
  RunBatch batch_;
  std::uint64_t position_ = 0;
};

}  // namespace sam2::npz
