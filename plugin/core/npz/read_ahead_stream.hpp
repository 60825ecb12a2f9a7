// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <array>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "npz/byte_stream.hpp"

namespace sam2::npz {

/// Reads another stream in a thread of its own, so that inflating and encoding run in parallel. Reads directly if no
/// thread can be created.
class ReadAheadStream final : public ByteStream {
 public:
  explicit ReadAheadStream(std::unique_ptr<ByteStream> source);
  /// Waits for the block that is being read.
  ~ReadAheadStream() override;
  ReadAheadStream(const ReadAheadStream&) = delete;
  ReadAheadStream& operator=(const ReadAheadStream&) = delete;

  /// Errors: those of the source, and its exceptions, after the bytes that came before them.
  Result<std::size_t> read(std::span<std::byte> into) override;

 private:
  /// Number of blocks. Waking a thread takes about as long as inflating a block, so a few blocks avoid most waits.
  static constexpr std::size_t kBlockBytes = std::size_t{1} << 20;
  static constexpr std::size_t kBlocks = 4;

  void run();
  std::size_t fill(std::vector<std::byte>& block);
  bool wait_for_space();
  bool wait_for_block();
  Result<std::size_t> outcome() const;

  std::unique_ptr<ByteStream> source_;
  std::array<std::vector<std::byte>, kBlocks> blocks_;
  std::size_t position_ = 0;  ///< within the oldest block

  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t filled_ = 0;  ///< number of blocks filled since the start
  std::uint64_t emptied_ = 0;
  bool has_ended_ = false;
  bool is_stopped_ = false;
  std::optional<Error> error_;
  std::exception_ptr exception_;
  std::thread thread_;
};

}  // namespace sam2::npz
