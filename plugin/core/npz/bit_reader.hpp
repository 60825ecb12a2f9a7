// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace sam2::npz {

/// Takes bits from bytes in memory, the lowest bit of each byte first. Small enough to be a local copy in a loop.
class BitReader {
 public:
  BitReader() = default;
  /// Begins `odd_bits` (0 to 7) bits behind the beginning of `next`. Sixteen zero bytes must follow `end`.
  BitReader(const std::byte* next, const std::byte* end, unsigned odd_bits = 0) : next_(next), end_(end) {
    if (odd_bits == 0) return;
    refill();
    skip(odd_bits);
  }

  /// At least 56 bits can be taken afterwards.
  void refill() {
    std::uint64_t word;
    std::memcpy(&word, next_, sizeof(word));
    if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
    bits_ |= word << count_;
    next_ += (63 - count_) >> 3;
    count_ |= 56;
  }

  /// The next bits, lowest first; those beyond the refilled ones are undefined.
  [[nodiscard]] std::uint64_t bits() const { return bits_; }
  void skip(unsigned count) {
    bits_ >>= count;
    count_ -= count;
  }
  /// At most 32 bits that were refilled.
  std::uint32_t take(unsigned count) {
    const auto value = static_cast<std::uint32_t>(bits_ & ((std::uint64_t{1} << count) - 1));
    skip(count);
    return value;
  }
  void skip_to_byte() { skip(count_ & 7); }

  /// Bits between the position and the end; negative beyond the end.
  [[nodiscard]] std::ptrdiff_t bits_left() const { return (end_ - next_) * 8 + static_cast<std::ptrdiff_t>(count_); }
  [[nodiscard]] bool is_beyond_end() const { return bits_left() < 0; }
  /// True if `count` bytes of the input have not been loaded yet.
  [[nodiscard]] bool has_unread(std::ptrdiff_t count) const { return end_ - next_ >= count; }

  /// The byte that the next bit is in, and the number of its bits that have been taken.
  [[nodiscard]] const std::byte* byte_position() const { return next_ - ((count_ + 7) >> 3); }
  [[nodiscard]] unsigned odd_bits() const { return (8 - (count_ & 7)) & 7; }
  [[nodiscard]] const std::byte* end() const { return end_; }

 private:
  const std::byte* next_ = nullptr;
  const std::byte* end_ = nullptr;
  std::uint64_t bits_ = 0;
  unsigned count_ = 0;
};

}  // namespace sam2::npz
