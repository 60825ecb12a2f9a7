// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace sam2::test {

/// Writes deflate data token by token (RFC 1951, fixed Huffman codes), and beside it what they stand for.
class DeflateWriter {
 public:
  void begin_block(bool is_last, unsigned type = 1) {
    put(is_last ? 1 : 0, 1);
    put(type, 2);
  }

  void literal(unsigned char byte) {
    symbol(byte);
    text_ += static_cast<char>(byte);
  }

  /// Repeats `length` (3 to 258) bytes from `distance` (1 to 32768) bytes ago.
  void repeat(std::size_t length, std::size_t distance) {
    repeat_anything(length, distance);
    for (std::size_t i = 0; i < length; ++i) text_ += text_[text_.size() - distance];
  }

  /// The same, but the distance need not have been written yet.
  void repeat_anything(std::size_t length, std::size_t distance) {
    const auto code = find(kLengths, length);
    symbol(257 + code);
    put(static_cast<unsigned>(length - kLengths[code]), kLengthBits[code]);
    const auto distance_code = find(kDistances, distance);
    put_code(distance_code, 5);
    put(static_cast<unsigned>(distance - kDistances[distance_code]), distance_code < 4 ? 0 : distance_code / 2 - 1);
  }

  void end_block() { symbol(256); }

  /// Any symbol of literals and lengths; 286 and 287 have a code, but no meaning.
  void symbol(unsigned value) {
    if (value < 144) return put_code(0x30 + value, 8);
    if (value < 256) return put_code(0x190 + value - 144, 9);
    if (value < 280) return put_code(value - 256, 7);
    put_code(0xc0 + value - 280, 8);
  }

  /// Codes begin with their highest bit, numbers with their lowest.
  void put_code(unsigned code, unsigned bits) {
    while (bits-- > 0) put(code >> bits & 1, 1);
  }
  void put(unsigned value, unsigned bits) {
    for (unsigned i = 0; i < bits; ++i) {
      if (bit_ == 0) bytes_ += '\0';
      bytes_.back() = static_cast<char>(static_cast<unsigned char>(bytes_.back()) | (value >> i & 1) << bit_);
      bit_ = (bit_ + 1) % 8;
    }
  }

  /// Begins the next byte.
  void align() { bit_ = 0; }

  [[nodiscard]] const std::string& bytes() const { return bytes_; }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  static constexpr std::array<std::size_t, 29> kLengths{3,  4,  5,  6,  7,  8,  9,  10, 11,  13,  15,  17,  19,  23, 27,
                                                        31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258};
  static constexpr std::array<unsigned, 29> kLengthBits{0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2,
                                                        2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0};
  static constexpr std::array<std::size_t, 30> kDistances{
      1,   2,   3,   4,   5,   7,    9,    13,   17,   25,   33,   49,   65,    97,    129,
      193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577};

  template <std::size_t N>
  static unsigned find(const std::array<std::size_t, N>& table, std::size_t value) {
    unsigned code = N - 1;
    while (table[code] > value) --code;
    return code;
  }

  std::string bytes_;
  std::string text_;
  unsigned bit_ = 0;
};

}  // namespace sam2::test
