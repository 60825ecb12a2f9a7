// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/result.hpp"

namespace sam2::npz {

/// Equal bytes of a stream, from the end of the run before to `end()`. Value and end share one word, so that a run can
/// be prolonged by one addition.
class ByteRun {
 public:
  /// `end` is a position in the stream, below 2^56.
  constexpr ByteRun(std::uint64_t end, std::uint8_t value) : word_(end << kValueBits | value) {}
  constexpr ByteRun() = default;

  [[nodiscard]] constexpr std::uint64_t end() const { return word_ >> kValueBits; }
  [[nodiscard]] constexpr std::uint8_t value() const { return static_cast<std::uint8_t>(word_); }
  constexpr void prolong(std::uint64_t count) { word_ += count << kValueBits; }

  friend constexpr bool operator==(const ByteRun&, const ByteRun&) = default;

 private:
  static constexpr unsigned kValueBits = 8;

  std::uint64_t word_ = 0;
};

/// Consecutive runs of a stream. The first run counts from `begin` on, wherever it began. A run may be empty, and may
/// have the value of the run before it.
struct RunBatch {
  std::uint64_t begin = 0;
  std::span<const ByteRun> runs;
  std::span<const std::byte> bytes;  ///< the same as bytes, if the source has them; else empty

  [[nodiscard]] std::uint64_t end() const { return runs.empty() ? begin : runs.back().end(); }
};

/// A stream of bytes that comes as runs, front to back.
class RunStream {
 public:
  virtual ~RunStream() = default;

  /// The next runs, valid until the next call. A batch without bytes is the end of the stream, which has checked itself
  /// by then.
  virtual Result<RunBatch> next_runs() = 0;
};

}  // namespace sam2::npz
