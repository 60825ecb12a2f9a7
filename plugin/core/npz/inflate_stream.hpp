// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "npz/byte_stream.hpp"

struct inflate_state;

namespace sam2::npz {

/// Inflates raw deflate data with ISA-L, several times as fast as zlib. No other file includes ISA-L.
class InflateStream final : public ByteStream {
 public:
  explicit InflateStream(std::unique_ptr<ByteStream> deflated);
  ~InflateStream() override;

  /// The stream ends with the deflate data or with the input, as libzip's does. It ignores bytes behind the deflate
  /// data. Missing bytes show by the size and the checksum. Errors: Decode, those of the deflated stream.
  Result<std::size_t> read(std::span<std::byte> into) override;

 private:
  Result<std::size_t> inflate(std::span<std::byte> into);

  std::unique_ptr<ByteStream> deflated_;
  std::unique_ptr<inflate_state> state_;
  std::vector<std::byte> input_;
  bool input_has_ended_ = false;
};

/// Passes a stream on and compares its CRC-32 at the end.
class Crc32Stream final : public ByteStream {
 public:
  /// `name` is the name of the stream in messages.
  Crc32Stream(std::unique_ptr<ByteStream> stream, std::uint32_t expected, std::string name)
      : stream_(std::move(stream)), expected_(expected), name_(std::move(name)) {}

  /// Errors: Decode, those of the stream.
  Result<std::size_t> read(std::span<std::byte> into) override;

 private:
  std::unique_ptr<ByteStream> stream_;
  std::uint32_t expected_;
  std::string name_;
  std::uint32_t crc_ = 0;
};

}  // namespace sam2::npz
