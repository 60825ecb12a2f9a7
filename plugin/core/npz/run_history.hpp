// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "npz/byte_run.hpp"

namespace sam2::npz {

/// How far back deflate data may refer, in bytes.
inline constexpr std::uint64_t kDeflateWindow = 32768;

/// The last output of a deflate decoder, at least the last 32 KiB of it, as runs. Neighbours differ in value, so
/// appending a match costs time by the runs under it, not by its bytes.
class RunHistory {
 public:
  /// Most runs that one append, or one match, adds.
  static constexpr std::size_t kMostAdded = 260;

  RunHistory();

  /// Position in the output.
  [[nodiscard]] std::uint64_t end() const { return runs_[last_].end(); }

  /// Starts a batch: drops the runs that are no longer needed, and makes room.
  void begin_batch();
  /// The runs since begin_batch().
  [[nodiscard]] RunBatch batch() const {
    return {batch_begin_, std::span(runs_).subspan(batch_first_, last_ + 1 - batch_first_), {}};
  }

  /// Replaces everything by `window`, the last bytes before position `end`: at most 32 KiB, fewer only if there are no
  /// more.
  void reset(std::uint64_t end, std::span<const std::byte> window);
  /// Writes the last window.size() bytes.
  void expand(std::span<std::byte> window) const;
  /// The runs of the last 32 KiB; the first one may begin before them.
  [[nodiscard]] std::span<const ByteRun> window() const;
  /// Replaces everything by runs that window() gave. `begin` is where the first one begins.
  void reset(std::uint64_t begin, std::span<const ByteRun> window);

  /// Appends to a history. A local object, so that the compiler keeps its members in registers.
  class Writer {
   public:
    explicit Writer(RunHistory& history)
        : history_(history),
          runs_(history.runs_.data()),
          last_(runs_ + history.last_),
          source_(runs_ + history.source_),
          full_(runs_ + history.full_) {}
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;
    ~Writer() {
      history_.last_ = static_cast<std::size_t>(last_ - runs_);
      history_.source_ = static_cast<std::size_t>(source_ - runs_);
    }

    /// True if there is no room for another match or literal.
    [[nodiscard]] bool is_full() const { return last_ >= full_; }
    [[nodiscard]] std::uint64_t end() const { return last_->end(); }

    void append(std::uint8_t value, std::uint64_t count = 1) {
      if (last_->value() == value) {
        last_->prolong(count);
      } else {
        const auto begin = last_->end();
        *++last_ = ByteRun(begin + count, value);
      }
    }
    /// Appends some of `bytes`, until the batch is full. Returns their number.
    std::size_t append(std::span<const std::byte> bytes);

    /// Appends `length` (1 to 258) bytes from `distance` bytes ago. `distance` must be at most end().
    void repeat(std::uint64_t length, std::uint64_t distance) {
      const auto begin = last_->end() - distance;
      if (begin >= last_[-1].end()) {
        last_->prolong(length);
      } else {
        copy(begin, length);
      }
    }
    /// Appends `count` bytes that equal the last one.
    void prolong(std::uint64_t count) { last_->prolong(count); }

   private:
    void copy(std::uint64_t begin, std::uint64_t length) {
      auto* source = find(begin);
      for (auto from = begin; length > 0; ++source) {
        if (source >= last_) {
          last_->prolong(length);
          break;
        }
        const auto count = std::min(length, source->end() - from);
        append(source->value(), count);
        from += count;
        length -= count;
        if (length == 0) break;
      }
      source_ = source;
    }

    /// The run that `position` is in. Consecutive matches usually follow each other, so the search begins where the
    /// last match ended.
    [[nodiscard]] ByteRun* find(std::uint64_t position) const {
      constexpr int kSteps = 4;
      auto* run = source_;
      if (run->end() <= position) {
        for (int i = 0; i < kSteps; ++i) {
          if ((++run)->end() > position) return run;
        }
        return search(run + 1, last_, position);
      }
      for (int i = 0; i < kSteps; ++i, --run) {
        if (run[-1].end() <= position) return run;
      }
      return search(runs_ + 1, run, position);
    }

    /// The first run that ends behind `position`, from `begin` to `end`.
    static ByteRun* search(ByteRun* begin, ByteRun* end, std::uint64_t position);

    RunHistory& history_;
    ByteRun* runs_;
    ByteRun* last_;
    ByteRun* source_;  ///< the run in which the last match ended
    ByteRun* full_;
  };

 private:
  void set_last(std::size_t last);

  // The first element only tells where the second begins.
  std::vector<ByteRun> runs_;
  std::size_t last_ = 1;
  std::size_t source_ = 1;
  std::size_t full_ = 0;
  std::uint64_t batch_begin_ = 0;
  std::size_t batch_first_ = 1;
};

}  // namespace sam2::npz
