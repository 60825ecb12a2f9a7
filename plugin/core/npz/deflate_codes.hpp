// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace sam2::npz {

/// What the next bits of deflate data stand for, in one word.
///
/// Literals: the byte. Lengths and distances: the smallest value, and the number of bits that follow the code and add
/// to it. Special entries: the end of the block, a link to a second table, or a code without a meaning.
class CodeEntry {
 public:
  constexpr CodeEntry() = default;

  static constexpr CodeEntry literal(unsigned byte) { return CodeEntry(kLiteral | byte << kValueShift); }
  static constexpr CodeEntry number(unsigned base, unsigned extra_bits) {
    return CodeEntry(base << kValueShift | extra_bits);
  }
  static constexpr CodeEntry end_of_block() { return CodeEntry(kSpecial | kEnd); }
  static constexpr CodeEntry invalid() { return CodeEntry(kSpecial); }
  /// The second table begins at `index` and is looked up by `index_bits` bits behind the first `primary_bits`.
  static constexpr CodeEntry link(std::size_t index, unsigned index_bits, unsigned primary_bits) {
    return CodeEntry(kSpecial | kLink | static_cast<std::uint32_t>(index) << kValueShift |
                     index_bits << kCodeBitsShift | primary_bits);
  }

  /// The same entry for a code of `bits` bits.
  [[nodiscard]] constexpr CodeEntry with_code_bits(unsigned bits) const {
    return CodeEntry(word_ + (bits << kCodeBitsShift) + bits);
  }

  [[nodiscard]] constexpr bool is_literal() const { return (word_ & kLiteral) != 0; }
  [[nodiscard]] constexpr bool is_special() const { return (word_ & kSpecial) != 0; }
  [[nodiscard]] constexpr bool is_end() const { return (word_ & kEnd) != 0; }
  [[nodiscard]] constexpr bool is_link() const { return (word_ & kLink) != 0; }
  /// The byte, the smallest value, or the index of the second table.
  [[nodiscard]] constexpr std::uint32_t value() const { return (word_ & ~kLiteral) >> kValueShift; }
  /// Number of bits of the code; for a link, of the index into the second table.
  [[nodiscard]] constexpr unsigned code_bits() const { return word_ >> kCodeBitsShift & 15; }
  /// Number of bits of the code and of what follows it; for a link, of the first table.
  [[nodiscard]] constexpr unsigned all_bits() const { return word_ & 63; }

 private:
  static constexpr std::uint32_t kLiteral = std::uint32_t{1} << 31;
  static constexpr std::uint32_t kSpecial = 1 << 15;
  static constexpr std::uint32_t kEnd = 1 << 14;
  static constexpr std::uint32_t kLink = 1 << 13;
  static constexpr unsigned kValueShift = 16;
  static constexpr unsigned kCodeBitsShift = 8;

  explicit constexpr CodeEntry(std::uint32_t word) : word_(word) {}

  std::uint32_t word_ = 0;
};

/// Longest code of deflate, in bits.
inline constexpr unsigned kMaxCodeBits = 15;

/// Codes are looked up by their first bits, and long codes once more, so that building the tables of a block is cheap.
template <unsigned kPrimaryBits, std::size_t kSize>
struct CodeTable {
  static constexpr unsigned kIndexBits = kPrimaryBits;

  std::array<CodeEntry, kSize> entries;

  /// The entry of the code that `bits` begin with.
  [[nodiscard]] CodeEntry find(std::uint64_t bits) const {
    auto entry = entries[bits & ((1U << kPrimaryBits) - 1)];
    if (entry.is_special() && entry.is_link()) {
      entry = entries[entry.value() + (bits >> kPrimaryBits & ((1U << entry.code_bits()) - 1))];
    }
    return entry;
  }
};

// Largest sizes for 288, 32 and 19 codes of at most 15, 15 and 7 bits, rounded up.
using LiteralTable = CodeTable<10, 1536>;
using DistanceTable = CodeTable<8, 512>;
using LengthCodeTable = CodeTable<7, 128>;

/// A code of zero symbols, or of one symbol with one bit, is incomplete. Deflate allows that for literals and
/// distances.
enum class Incomplete { Refused, Allowed };

/// Fills `table` with the canonical Huffman code (RFC 1951, 3.2.2) whose symbol i has lengths[i] bits (0: no code) and
/// stands for meanings[i]. Codes that no symbol has become invalid entries. Accepts the same codes as zlib. Returns
/// false for others.
[[nodiscard]] bool build_code_table(std::span<const std::uint8_t> lengths, std::span<const CodeEntry> meanings,
                                    Incomplete incomplete, unsigned primary_bits, std::span<CodeEntry> table);

template <typename Table>
[[nodiscard]] bool build_code_table(std::span<const std::uint8_t> lengths, std::span<const CodeEntry> meanings,
                                    Incomplete incomplete, Table& table) {
  return build_code_table(lengths, meanings, incomplete, Table::kIndexBits, table.entries);
}

/// The codes of one block, and a short cut for long runs.
class BlockCodes {
 public:
  static constexpr std::size_t kLiteralCodes = 288;
  static constexpr std::size_t kDistanceCodes = 32;

  /// `literal_lengths` has at most 288 and `distance_lengths` at most 32 elements of at most 15. Returns false if they
  /// are no code, or if the end of the block has no code.
  [[nodiscard]] bool build(std::span<const std::uint8_t> literal_lengths,
                           std::span<const std::uint8_t> distance_lengths);
  void build_fixed();

  [[nodiscard]] const LiteralTable& literals() const { return literals_; }
  [[nodiscard]] const DistanceTable& distances() const { return distances_; }

  /// Number of times that the next 56 `bits` repeat "258 bytes at distance 1". 0 if the block has no short code for it.
  [[nodiscard]] unsigned count_long_repeats(std::uint64_t bits) const {
    const auto same = static_cast<unsigned>(__builtin_ctzll((bits ^ repeat_pattern_) | std::uint64_t{1} << 56));
    return same * repeat_reciprocal_ >> 16;
  }
  /// Number of bits of one repetition.
  [[nodiscard]] unsigned repeat_bits() const { return repeat_bits_; }

 private:
  void find_repeat_pattern();

  LiteralTable literals_;
  DistanceTable distances_;
  std::uint64_t repeat_pattern_ = 0;  ///< the codes of 258 bytes at distance 1, again and again
  unsigned repeat_bits_ = 0;
  unsigned repeat_reciprocal_ = 0;  ///< 65536 / repeat_bits_, rounded up; 0: no short code
};

}  // namespace sam2::npz
