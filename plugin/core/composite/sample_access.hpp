// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <cstdint>
#include <cstring>

#include "composite/frame_format.hpp"

namespace sam2::composite {

/// Loads and stores single samples of a format as values from 0 to 2^depth - 1, for loops over few samples.
class SampleAccess {
 public:
  SampleAccess() = default;
  explicit SampleAccess(const FrameFormat& format)
      : bytes_(format.sample_bytes()), shift_(sample_shift(format.type)), is_swapped_(is_swapped(format.type)) {}

  /// Bytes of a sample.
  [[nodiscard]] std::size_t bytes() const { return bytes_; }

  [[nodiscard]] std::uint32_t load(const std::uint8_t* at) const {
    if (bytes_ == 1) return *at;
    std::uint16_t word = 0;
    std::memcpy(&word, at, sizeof word);
    if (is_swapped_) word = __builtin_bswap16(word);
    return static_cast<std::uint32_t>(word >> shift_);
  }

  void store(std::uint8_t* at, std::uint32_t value) const {
    if (bytes_ == 1) {
      *at = static_cast<std::uint8_t>(value);
      return;
    }
    auto word = static_cast<std::uint16_t>(value << shift_);
    if (is_swapped_) word = __builtin_bswap16(word);
    std::memcpy(at, &word, sizeof word);
  }

 private:
  std::size_t bytes_ = 1;
  int shift_ = 0;
  bool is_swapped_ = false;
};

}  // namespace sam2::composite
