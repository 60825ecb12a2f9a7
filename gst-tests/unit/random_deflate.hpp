// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <algorithm>
#include <cstdint>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "support/deflate_writer.hpp"

namespace sam2::test {

/// A random complete prefix code: lengths of at most `longest` bits for `used` of `symbols` symbols.
inline std::vector<std::uint8_t> random_code(std::mt19937& random, std::size_t symbols, std::size_t used,
                                             unsigned longest, std::span<const std::size_t> required) {
  std::vector<std::uint8_t> leaves{1, 1};
  while (leaves.size() < used) {
    // A bias towards the last leaf makes some codes long.
    const auto i = random() % 3 == 0 ? leaves.size() - 1 : random() % leaves.size();
    if (leaves[i] == longest) continue;
    ++leaves[i];
    leaves.push_back(leaves[i]);
  }
  std::vector<std::size_t> order(symbols);
  for (std::size_t i = 0; i < symbols; ++i) order[i] = i;
  std::shuffle(order.begin(), order.end(), random);
  std::stable_partition(order.begin(), order.end(),
                        [&](std::size_t symbol) { return std::ranges::count(required, symbol) > 0; });
  std::shuffle(leaves.begin(), leaves.end(), random);
  std::vector<std::uint8_t> lengths(symbols);
  for (std::size_t i = 0; i < leaves.size(); ++i) lengths[order[i]] = leaves[i];
  return lengths;
}

/// Canonical codes, as RFC 1951 (3.2.2) describes them.
inline std::vector<unsigned> codes_of(const std::vector<std::uint8_t>& lengths) {
  std::vector<unsigned> codes(lengths.size());
  unsigned code = 0;
  for (unsigned bits = 1; bits <= 15; ++bits, code <<= 1) {
    for (std::size_t i = 0; i < lengths.size(); ++i) {
      if (lengths[i] == bits) codes[i] = code++;
    }
  }
  return codes;
}

/// Writes blocks of all types with random codes. zlib tells what they stand for.
class RandomDeflate {
 public:
  explicit RandomDeflate(unsigned seed) : random_(seed) {}

  std::string make(int blocks) {
    for (int i = 0; i < blocks; ++i) {
      const bool is_last = i + 1 == blocks;
      switch (random_() % 4) {
        case 0:
          stored(is_last);
          break;
        case 1:
          writer_.begin_block(is_last, 1);
          fixed();
          tokens();
          break;
        default:
          writer_.begin_block(is_last, 2);
          dynamic();
          tokens();
      }
    }
    return writer_.bytes();
  }

 private:
  void stored(bool is_last) {
    writer_.begin_block(is_last, 0);
    writer_.align();
    const auto size = static_cast<unsigned>(random_() % 3 == 0 ? random_() % 65536 : random_() % 300);
    writer_.put(size, 16);
    writer_.put(~size & 0xffff, 16);
    const bool is_zero = random_() % 2 == 0;
    for (unsigned i = 0; i < size; ++i) writer_.put(is_zero ? 0 : random_byte(), 8);
    size_ += size;
  }

  void fixed() {
    literal_lengths_.assign(288, 8);
    std::fill_n(literal_lengths_.begin() + 144, 112, std::uint8_t{9});
    std::fill_n(literal_lengths_.begin() + 256, 24, std::uint8_t{7});
    literal_lengths_.resize(286);
    distance_lengths_.assign(30, 5);
    literal_codes_.clear();
    for (unsigned i = 0; i < 286; ++i) {
      literal_codes_.push_back(i < 144 ? 0x30 + i : i < 256 ? 0x190 + i - 144 : i < 280 ? i - 256 : 0xc0 + i - 280);
    }
    distance_codes_.clear();
    for (unsigned i = 0; i < 30; ++i) distance_codes_.push_back(i);
  }

  void dynamic() {
    constexpr std::size_t kRequired[] = {0, 256, 285};
    constexpr std::size_t kNear[] = {0};
    literal_lengths_ = random_code(random_, 286, 3 + random_() % 280, 15, kRequired);
    if (random_() % 4 == 0) {
      // A single distance has one bit, and another that means nothing.
      distance_lengths_.assign(1 + random_() % 29, 0);
      distance_lengths_.back() = 1;
    } else {
      distance_lengths_ = random_code(random_, 30, 2 + random_() % 28, 15, kNear);
    }
    literal_codes_ = codes_of(literal_lengths_);
    distance_codes_ = codes_of(distance_lengths_);
    auto all = literal_lengths_;
    all.insert(all.end(), distance_lengths_.begin(), distance_lengths_.end());
    writer_.put(286 - 257, 5);
    writer_.put(static_cast<unsigned>(distance_lengths_.size()) - 1, 5);
    writer_.put(15, 4);
    constexpr std::size_t kRepeats[] = {16, 17, 18};
    const auto lengths = random_code(random_, 19, 19, 7, kRepeats);
    const auto codes = codes_of(lengths);
    for (const std::size_t i : {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}) {
      writer_.put(lengths[i], 3);
    }
    write_lengths(all, lengths, codes);
  }

  void write_lengths(const std::vector<std::uint8_t>& all, const std::vector<std::uint8_t>& lengths,
                     const std::vector<unsigned>& codes) {
    const auto put = [&](std::size_t symbol) { writer_.put_code(codes[symbol], lengths[symbol]); };
    for (std::size_t i = 0; i < all.size();) {
      std::size_t same = 1;
      while (i + same < all.size() && all[i + same] == all[i]) ++same;
      const bool is_plain = random_() % 4 == 0;
      if (!is_plain && all[i] == 0 && same >= 11) {
        same = std::min<std::size_t>(same, 138);
        put(18);
        writer_.put(static_cast<unsigned>(same - 11), 7);
      } else if (!is_plain && all[i] == 0 && same >= 3) {
        same = std::min<std::size_t>(same, 10);
        put(17);
        writer_.put(static_cast<unsigned>(same - 3), 3);
      } else if (!is_plain && i > 0 && all[i] == all[i - 1] && same >= 3) {
        same = std::min<std::size_t>(same, 6);
        put(16);
        writer_.put(static_cast<unsigned>(same - 3), 2);
      } else {
        same = 1;
        put(all[i]);
      }
      i += same;
    }
  }

  void tokens() {
    for (auto count = random_() % 3000; count > 0; --count) token();
    put_literal(256);
  }

  void token() {
    const auto choice = random_() % 10;
    if (choice < 3) {
      const auto byte = random_() % 256;
      put_literal(byte);
      size_ += literal_lengths_[byte] > 0 ? 1 : 0;
      return;
    }
    const std::size_t length = choice < 6 ? 285 : 257 + random_() % 29;
    const std::size_t distance = choice < 6 ? 0 : random_() % distance_lengths_.size();
    if (literal_lengths_[length] == 0 || distance_lengths_[distance] == 0) return;
    // The largest distance of the code.
    const std::size_t most = distance < 4 ? distance + 1 : (2 + distance % 2 + 1) << (distance / 2 - 1);
    if (most > size_) return;
    const unsigned length_bits = length < 265 || length == 285 ? 0 : static_cast<unsigned>(length - 261) / 4;
    writer_.put_code(literal_codes_[length], literal_lengths_[length]);
    writer_.put(random_() % 2 == 0 ? ~0U : random_byte(), length_bits);
    writer_.put_code(distance_codes_[distance], distance_lengths_[distance]);
    writer_.put(random_() % 2 == 0 ? ~0U : random_byte(), distance < 4 ? 0 : static_cast<unsigned>(distance / 2 - 1));
    size_ += 3;  // at least
  }

  unsigned random_byte() { return static_cast<unsigned>(random_() % 256); }

  void put_literal(std::size_t symbol) {
    if (literal_lengths_[symbol] > 0) writer_.put_code(literal_codes_[symbol], literal_lengths_[symbol]);
  }

  std::mt19937 random_;
  DeflateWriter writer_;
  std::size_t size_ = 0;
  std::vector<std::uint8_t> literal_lengths_;
  std::vector<std::uint8_t> distance_lengths_;
  std::vector<unsigned> literal_codes_;
  std::vector<unsigned> distance_codes_;
};

}  // namespace sam2::test
