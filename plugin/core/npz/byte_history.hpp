// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "npz/byte_run.hpp"
#include "npz/run_history.hpp"

namespace sam2::npz {

/// The last output of a deflate decoder as bytes, for data whose runs are short.
class ByteHistory {
 public:
  /// Position in the output.
  [[nodiscard]] std::uint64_t end() const { return begin_ + filled_; }

  /// Takes over from `history`.
  void reset(const RunHistory& history);
  /// Continues behind `window`, the last bytes before position `end`, at most 32 KiB.
  void reset(std::uint64_t end, std::span<const std::byte> window);
  /// Starts a batch: drops the bytes that are no longer needed.
  void begin_batch();
  /// The bytes since begin_batch(), also as runs.
  [[nodiscard]] RunBatch batch();
  /// The last bytes that a match may refer to.
  [[nodiscard]] std::span<const std::byte> window() const {
    const auto count = std::min<std::size_t>(filled_, kDeflateWindow);
    return std::span(bytes_).subspan(filled_ - count, count);
  }

  /// Appends to a history, like RunHistory::Writer.
  class Writer {
   public:
    explicit Writer(ByteHistory& history)
        : history_(history), bytes_(history.bytes_.data()), next_(bytes_ + history.filled_), full_(bytes_ + kFull) {}
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;
    ~Writer() { history_.filled_ = static_cast<std::size_t>(next_ - bytes_); }

    [[nodiscard]] bool is_full() const { return next_ >= full_; }
    [[nodiscard]] std::uint64_t end() const { return history_.begin_ + static_cast<std::uint64_t>(next_ - bytes_); }

    void append(std::uint8_t value) { *next_++ = std::byte{value}; }
    std::size_t append(std::span<const std::byte> bytes) {
      const auto count = std::min(bytes.size(), static_cast<std::size_t>(full_ - std::min(next_, full_)));
      next_ = std::copy_n(bytes.data(), count, next_);
      return count;
    }
    void repeat(std::uint64_t length, std::uint64_t distance) {
      const auto* from = next_ - distance;
      if (distance >= kWord) {
        // Writes up to a word more than the match has.
        auto* const end = next_ + length;
        for (; next_ < end; next_ += kWord, from += kWord) std::memcpy(next_, from, kWord);
        next_ = end;
      } else {
        for (; length > 0; --length) *next_++ = *from++;
      }
    }
    /// `count` is at most 28 * 258.
    void prolong(std::uint64_t count) {
      std::memset(next_, std::to_integer<int>(next_[-1]), static_cast<std::size_t>(count));
      next_ += count;
    }

   private:
    static constexpr std::size_t kWord = 8;

    ByteHistory& history_;
    std::byte* bytes_;
    std::byte* next_;
    std::byte* full_;
  };

 private:
  static constexpr std::size_t kBatchBytes = 65536;
  static constexpr std::size_t kFull = kDeflateWindow + kBatchBytes;
  /// Bytes that one step may add beyond the full mark: a match, or repeats of 56 bits.
  static constexpr std::size_t kSlack = 28 * 258 + 512;

  std::vector<std::byte> bytes_;
  std::vector<ByteRun> runs_;
  std::uint64_t begin_ = 0;  ///< position of the first byte
  std::size_t filled_ = 0;
  std::size_t batch_first_ = 0;
};

}  // namespace sam2::npz
