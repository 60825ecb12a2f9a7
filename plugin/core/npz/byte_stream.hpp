// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <utility>

#include "base/result.hpp"

namespace sam2::npz {

/// Bytes that can be read once, front to back.
class ByteStream {
 public:
  virtual ~ByteStream() = default;

  /// Fills `into` and returns how much of it; less than all of it only at the end. At the end the stream checks itself,
  /// so a read that returns 0 vouches for all that came before.
  virtual Result<std::size_t> read(std::span<std::byte> into) = 0;
};

/// Fills all of `into`. Errors: Decode where the stream ends before.
Result<void> read_exactly(ByteStream& stream, std::span<std::byte> into);

/// Reads on to the end, for the check that is made there.
Result<void> read_to_end(ByteStream& stream);

/// Reads from `source`, which must outlive it, in pieces, and asks before each whether to go on.
/// Errors: Cancelled; those of `source`.
class InterruptibleStream final : public ByteStream {
 public:
  InterruptibleStream(ByteStream& source, std::function<bool()> is_cancelled)
      : source_(source), is_cancelled_(std::move(is_cancelled)) {}
  Result<std::size_t> read(std::span<std::byte> into) override;

 private:
  ByteStream& source_;
  std::function<bool()> is_cancelled_;
};

/// Bytes in memory, which must outlive the stream.
class MemoryStream final : public ByteStream {
 public:
  explicit MemoryStream(std::span<const std::byte> bytes) : left_(bytes) {}
  Result<std::size_t> read(std::span<std::byte> into) override;

 private:
  std::span<const std::byte> left_;
};

}  // namespace sam2::npz
