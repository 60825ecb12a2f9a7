// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "npz/packed_bits.hpp"

#include <algorithm>
#include <cstring>

namespace sam2::npz {
namespace {

constexpr std::size_t kBufferBytes = 65536;

using Pattern = std::array<std::uint8_t, 8>;

constexpr std::array<Pattern, 256> make_patterns(bool highest_first) {
  std::array<Pattern, 256> patterns{};
  for (unsigned byte = 0; byte < 256; ++byte) {
    for (unsigned i = 0; i < 8; ++i) patterns[byte][i] = byte >> (highest_first ? 7 - i : i) & 1;
  }
  return patterns;
}

constexpr auto kBigPatterns = make_patterns(true);
constexpr auto kLittlePatterns = make_patterns(false);

}  // namespace

std::uint64_t UnpackedBits::byte_of(std::uint64_t bit, std::uint64_t row_bits) {
  if (row_bits == 0) return bit / 8;
  const auto row_bytes = row_bits / 8 + (row_bits % 8 != 0 ? 1 : 0);
  return bit / row_bits * row_bytes + bit % row_bits / 8;
}

void UnpackedBits::begin_at(std::uint64_t bit, std::optional<BitOrder> order) {
  const auto in_row = row_bits_ > 0 ? bit % row_bits_ : bit;
  bit_ = static_cast<unsigned>(in_row % 8);
  if (row_bits_ > 0) row_left_ = row_bits_ - in_row;
  order_ = order;
}

Result<std::size_t> UnpackedBits::read(std::span<std::byte> into) {
  for (std::size_t i = 0; i < into.size();) {
    if (next_ == buffer_.size() && !SAM2_TRY(refill())) return i;
    const auto& patterns = order_ == BitOrder::Little ? kLittlePatterns : kBigPatterns;
    const auto& bits = patterns[std::to_integer<std::size_t>(buffer_[next_])];
    auto count = std::min<std::size_t>(8 - bit_, into.size() - i);
    if (row_bits_ > 0) count = static_cast<std::size_t>(std::min<std::uint64_t>(count, row_left_));
    // The size is constant nearly always, so the compiler inlines the copy.
    if (count == 8) {
      std::memcpy(into.data() + i, bits.data(), 8);
    } else {
      std::memcpy(into.data() + i, bits.data() + bit_, count);
    }
    i += count;
    bit_ += static_cast<unsigned>(count);
    row_left_ -= count;
    const bool row_is_done = row_bits_ > 0 && row_left_ == 0;
    if (row_is_done) row_left_ = row_bits_;
    if (row_is_done || bit_ == 8) {
      bit_ = 0;
      ++next_;
    }
  }
  return into.size();
}

/// Returns false at the end.
Result<bool> UnpackedBits::refill() {
  buffer_.resize(kBufferBytes);
  buffer_.resize(SAM2_TRY(packed_.read(buffer_)));
  next_ = 0;
  if (!order_) order_ = guess_order();
  return !buffer_.empty();
}

/// Counts the changes from one byte to the next. Changes within bytes are equal in both orders.
std::optional<UnpackedBits::BitOrder> UnpackedBits::guess_order() const {
  std::size_t big = 0;
  std::size_t little = 0;
  for (std::size_t i = 1; i < buffer_.size(); ++i) {
    const auto left = std::to_integer<unsigned>(buffer_[i - 1]);
    const auto right = std::to_integer<unsigned>(buffer_[i]);
    big += (left ^ right >> 7) & 1;
    little += (left >> 7 ^ right) & 1;
  }
  if (big == little) return std::nullopt;
  return big < little ? BitOrder::Big : BitOrder::Little;
}

}  // namespace sam2::npz
