// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "npz/deflate_codes.hpp"

#include <algorithm>
#include <type_traits>
#include <utility>

namespace sam2::npz {
namespace {

// RFC 1951, 3.2.5: literals, the end of the block, lengths, and two symbols without a meaning.
constexpr std::array<CodeEntry, BlockCodes::kLiteralCodes> make_literal_meanings() {
  std::array<CodeEntry, BlockCodes::kLiteralCodes> meanings{};
  for (unsigned byte = 0; byte < 256; ++byte) meanings[byte] = CodeEntry::literal(byte);
  meanings[256] = CodeEntry::end_of_block();
  unsigned length = 3;
  for (unsigned i = 0; i < 28; ++i) {
    const unsigned extra_bits = i < 8 ? 0 : i / 4 - 1;
    meanings[257 + i] = CodeEntry::number(length, extra_bits);
    length += 1U << extra_bits;
  }
  meanings[285] = CodeEntry::number(258, 0);
  meanings[286] = meanings[287] = CodeEntry::invalid();
  return meanings;
}

constexpr std::array<CodeEntry, BlockCodes::kDistanceCodes> make_distance_meanings() {
  std::array<CodeEntry, BlockCodes::kDistanceCodes> meanings{};
  unsigned distance = 1;
  for (unsigned i = 0; i < 30; ++i) {
    const unsigned extra_bits = i < 4 ? 0 : i / 2 - 1;
    meanings[i] = CodeEntry::number(distance, extra_bits);
    distance += 1U << extra_bits;
  }
  meanings[30] = meanings[31] = CodeEntry::invalid();
  return meanings;
}

constexpr auto kLiteralMeanings = make_literal_meanings();
constexpr auto kDistanceMeanings = make_distance_meanings();

unsigned reverse(unsigned code, unsigned bits) {
  unsigned reversed = 0;
  for (; bits > 0; --bits, code >>= 1) reversed = reversed << 1 | (code & 1);
  return reversed;
}

/// Number of codes of each length.
using Counts = std::array<unsigned, kMaxCodeBits + 1>;

enum class Completeness { Complete, Incomplete, Oversubscribed };

Completeness completeness_of(const Counts& counts) {
  unsigned left = 1;
  for (unsigned bits = 1; bits <= kMaxCodeBits; ++bits) {
    left <<= 1;
    if (counts[bits] > left) return Completeness::Oversubscribed;
    left -= counts[bits];
  }
  return left == 0 ? Completeness::Complete : Completeness::Incomplete;
}

/// Writes codes into a table, shortest first.
class TableFiller {
 public:
  TableFiller(std::span<CodeEntry> table, unsigned primary_bits, Counts left)
      : table_(table), primary_bits_(primary_bits), left_(left), next_(std::size_t{1} << primary_bits) {}

  /// `code` begins with its lowest bit. Returns false if the table is full.
  bool add(unsigned code, unsigned bits, CodeEntry meaning) {
    const auto entry = meaning.with_code_bits(bits);
    if (bits <= primary_bits_) {
      fill(0, std::size_t{1} << primary_bits_, code, bits, entry);
    } else {
      const auto prefix = code & ((1U << primary_bits_) - 1);
      if (prefix != prefix_ && !begin_table(prefix, bits)) return false;
      fill(begin_, std::size_t{1} << index_bits_, code >> primary_bits_, bits - primary_bits_, entry);
    }
    --left_[bits];
    return true;
  }

 private:
  void fill(std::size_t begin, std::size_t size, unsigned code, unsigned bits, CodeEntry entry) {
    for (std::size_t i = code; i < size; i += std::size_t{1} << bits) table_[begin + i] = entry;
  }

  /// A second table is as large as its longest code needs. Codes come in canonical order, so those that are left show
  /// how many of each length begin with the prefix.
  bool begin_table(unsigned prefix, unsigned bits) {
    index_bits_ = bits - primary_bits_;
    for (unsigned room = 1U << index_bits_; bits < kMaxCodeBits && room > left_[bits]; ++bits) {
      room = (room - left_[bits]) << 1;
      ++index_bits_;
    }
    begin_ = next_;
    next_ += std::size_t{1} << index_bits_;
    if (next_ > table_.size()) return false;
    prefix_ = prefix;
    table_[prefix] = CodeEntry::link(begin_, index_bits_, primary_bits_);
    return true;
  }

  std::span<CodeEntry> table_;
  unsigned primary_bits_;
  Counts left_;
  std::size_t next_;
  std::size_t begin_ = 0;
  unsigned index_bits_ = 0;
  unsigned prefix_ = ~0U;
};

}  // namespace

bool build_code_table(std::span<const std::uint8_t> lengths, std::span<const CodeEntry> meanings, Incomplete incomplete,
                      unsigned primary_bits, std::span<CodeEntry> table) {
  Counts counts{};
  for (const auto length : lengths) ++counts[length];
  counts[0] = 0;
  switch (completeness_of(counts)) {
    case Completeness::Oversubscribed:
      return false;
    case Completeness::Incomplete:
      // Only a single code of one bit leaves room, or no code at all.
      if (incomplete == Incomplete::Refused || counts[1] > 1) return false;
      if (std::any_of(counts.begin() + 2, counts.end(), [](unsigned count) { return count > 0; })) return false;
      std::fill_n(table.begin(), std::size_t{1} << primary_bits, CodeEntry::invalid().with_code_bits(1));
      break;
    case Completeness::Complete:
      break;
  }
  std::array<unsigned, kMaxCodeBits + 2> first{};  // of the sorted symbols, those of each length
  for (unsigned bits = 1; bits <= kMaxCodeBits; ++bits) first[bits + 1] = first[bits] + counts[bits];
  std::array<std::uint16_t, BlockCodes::kLiteralCodes> sorted;
  auto next = first;
  for (std::size_t symbol = 0; symbol < lengths.size(); ++symbol) {
    if (lengths[symbol] > 0) sorted[next[lengths[symbol]]++] = static_cast<std::uint16_t>(symbol);
  }
  TableFiller filler(table, primary_bits, counts);
  unsigned code = 0;
  for (unsigned bits = 1; bits <= kMaxCodeBits; ++bits, code <<= 1) {
    for (auto i = first[bits]; i < first[bits + 1]; ++i) {
      if (!filler.add(reverse(code++, bits), bits, meanings[sorted[i]])) return false;
    }
  }
  return true;
}

bool BlockCodes::build(std::span<const std::uint8_t> literal_lengths, std::span<const std::uint8_t> distance_lengths) {
  constexpr std::size_t kEndOfBlock = 256;
  if (literal_lengths.size() <= kEndOfBlock || literal_lengths[kEndOfBlock] == 0) return false;
  if (!build_code_table(literal_lengths, kLiteralMeanings, Incomplete::Allowed, literals_)) return false;
  if (!build_code_table(distance_lengths, kDistanceMeanings, Incomplete::Allowed, distances_)) return false;
  find_repeat_pattern();
  return true;
}

void BlockCodes::build_fixed() {
  std::array<std::uint8_t, kLiteralCodes> literal_lengths;
  for (std::size_t i = 0; i < literal_lengths.size(); ++i)
    literal_lengths[i] = i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8;
  std::array<std::uint8_t, kDistanceCodes> distance_lengths;
  distance_lengths.fill(5);
  static_cast<void>(build(literal_lengths, distance_lengths));
}

/// Looks for the shortest code of length 258 and of distance 1 in the first tables.
void BlockCodes::find_repeat_pattern() {
  repeat_reciprocal_ = 0;
  const auto find = [](const auto& table, unsigned value) -> std::pair<unsigned, unsigned> {
    const auto size = std::size_t{1} << std::remove_reference_t<decltype(table)>::kIndexBits;
    for (std::size_t i = 0; i < size; ++i) {
      const auto entry = table.entries[i];
      const bool is_it =
          !entry.is_literal() && !entry.is_special() && entry.value() == value && entry.all_bits() == entry.code_bits();
      if (is_it) return {static_cast<unsigned>(i), entry.code_bits()};
    }
    return {0, 0};
  };
  const auto length = find(literals_, 258);
  const auto distance = find(distances_, 1);
  if (length.second == 0 || distance.second == 0) return;
  repeat_bits_ = length.second + distance.second;
  std::uint64_t pattern = length.first | distance.first << length.second;
  repeat_pattern_ = 0;
  for (unsigned shift = 0; shift < 64; shift += repeat_bits_) repeat_pattern_ |= pattern << shift;
  repeat_reciprocal_ = (65536 + repeat_bits_ - 1) / repeat_bits_;
}

}  // namespace sam2::npz
