// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "npz/read_ahead_stream.hpp"

#include <pthread.h>

#include <algorithm>
#include <system_error>
#include <utility>

namespace sam2::npz {

ReadAheadStream::ReadAheadStream(std::unique_ptr<ByteStream> source) : source_(std::move(source)) {
  for (auto& block : blocks_) block.resize(kBlockBytes);
  try {
    thread_ = std::thread([this] { run(); });
  } catch (const std::system_error&) {
    // The reader does the remaining work itself.
  }
}

ReadAheadStream::~ReadAheadStream() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    is_stopped_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

/// Returns false if the reader is gone.
bool ReadAheadStream::wait_for_space() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return is_stopped_ || filled_ - emptied_ < kBlocks; });
  return !is_stopped_;
}

void ReadAheadStream::run() {
  pthread_setname_np(pthread_self(), "sam2-inflate");
  while (wait_for_space()) {
    auto& block = blocks_[filled_ % kBlocks];
    const bool is_last = fill(block) < kBlockBytes;
    {
      const std::lock_guard lock(mutex_);
      ++filled_;
      has_ended_ = is_last;
    }
    changed_.notify_all();
    if (is_last) return;
  }
}

/// Number of bytes in the block. Every block but the last is full.
std::size_t ReadAheadStream::fill(std::vector<std::byte>& block) {
  std::size_t count = 0;
  try {
    auto read = source_->read(block);
    if (read) {
      count = *read;
    } else {
      error_ = std::move(read).error();
    }
  } catch (...) {
    exception_ = std::current_exception();
  }
  block.resize(count);
  return count;
}

/// Returns false if no more blocks will come.
bool ReadAheadStream::wait_for_block() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return has_ended_ || filled_ > emptied_; });
  return filled_ > emptied_;
}

/// Returns the reason why there are no more bytes.
Result<std::size_t> ReadAheadStream::outcome() const {
  if (exception_ != nullptr) std::rethrow_exception(exception_);
  if (error_) return *error_;
  return std::size_t{0};
}

Result<std::size_t> ReadAheadStream::read(std::span<std::byte> into) {
  if (!thread_.joinable()) return source_->read(into);
  std::size_t filled = 0;
  while (filled < into.size()) {
    if (!wait_for_block()) {
      SAM2_TRY(outcome());
      break;
    }
    const auto& block = blocks_[emptied_ % kBlocks];
    const auto count = std::min(into.size() - filled, block.size() - position_);
    std::copy_n(block.begin() + static_cast<std::ptrdiff_t>(position_), count,
                into.begin() + static_cast<std::ptrdiff_t>(filled));
    position_ += count;
    filled += count;
    if (position_ < block.size()) break;
    position_ = 0;
    {
      const std::lock_guard lock(mutex_);
      ++emptied_;
    }
    changed_.notify_all();
  }
  return filled;
}

}  // namespace sam2::npz
