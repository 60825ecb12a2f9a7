// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <utility>

#include "base/result.hpp"
#include "npz/byte_run.hpp"

namespace sam2::npz {

/// Bytes that can be read once, front to back.
class ByteStream {
 public:
  virtual ~ByteStream() = default;

  /// Fills `into` and returns the number of bytes. The number is smaller than the size of `into` only at the end. The
  /// stream checks itself at the end, so a read that returns 0 confirms all bytes before it.
  virtual Result<std::size_t> read(std::span<std::byte> into) = 0;

  /// The bytes that have not been read yet, as runs; nullptr if the stream has no faster way than read() to tell them.
  /// What either way reads is gone for the other. The result lives as long as the stream.
  virtual RunStream* as_runs() { return nullptr; }
};

/// Fills all of `into`. Errors: Decode if the stream ends early.
Result<void> read_exactly(ByteStream& stream, std::span<std::byte> into);

/// Reads the rest of the stream, so that it runs the check at its end.
Result<void> read_to_end(ByteStream& stream);

/// Reads `source` piece by piece, and checks for cancellation before each piece. `source` must outlive the stream.
/// Errors: Cancelled; those of `source`.
class InterruptibleStream final : public ByteStream, public RunStream {
 public:
  InterruptibleStream(ByteStream& source, std::function<bool()> is_cancelled)
      : source_(source), runs_(source.as_runs()), is_cancelled_(std::move(is_cancelled)) {}
  Result<std::size_t> read(std::span<std::byte> into) override;
  RunStream* as_runs() override { return runs_ != nullptr ? this : nullptr; }
  Result<RunBatch> next_runs() override;

 private:
  [[nodiscard]] Result<void> check() const;

  ByteStream& source_;
  RunStream* runs_;
  std::function<bool()> is_cancelled_;
};

/// A stream over bytes in memory. The bytes must outlive the stream.
class MemoryStream final : public ByteStream {
 public:
  explicit MemoryStream(std::span<const std::byte> bytes) : left_(bytes) {}
  Result<std::size_t> read(std::span<std::byte> into) override;

 private:
  std::span<const std::byte> left_;
};

}  // namespace sam2::npz
