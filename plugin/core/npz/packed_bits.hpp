// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "npz/byte_stream.hpp"

namespace sam2::npz {

/// Reverts np.packbits: gives one byte, 0 or 1, for each bit. Files do not state whether the first bit of a byte is its
/// highest (the default) or its lowest (bitorder="little"). The first data in which the two orders differ decides:
/// masks consist of long runs, and the wrong order breaks runs at the ends of bytes.
class UnpackedBits final : public ByteStream {
 public:
  enum class BitOrder { Big, Little };

  /// A new byte of `packed` begins after every `row_bits` bits; 0: bits run through. `packed` must outlive the stream.
  UnpackedBits(ByteStream& packed, std::uint64_t row_bits)
      : packed_(packed), row_bits_(row_bits), row_left_(row_bits) {}

  /// Where the byte of a bit lies. Bits are counted without those that fill up rows.
  [[nodiscard]] static std::uint64_t byte_of(std::uint64_t bit, std::uint64_t row_bits);
  /// The first bit is number `bit` of all, whose byte is the first of `packed`. To be called before the first read().
  void begin_at(std::uint64_t bit, std::optional<BitOrder> order);

  /// What all bits that follow are read by; nullopt as long as nothing has decided it.
  [[nodiscard]] std::optional<BitOrder> order() const { return order_; }

  Result<std::size_t> read(std::span<std::byte> into) override;

 private:
  [[nodiscard]] std::optional<BitOrder> guess_order() const;
  Result<bool> refill();

  ByteStream& packed_;
  std::uint64_t row_bits_;
  std::uint64_t row_left_;
  std::optional<BitOrder> order_;
  std::vector<std::byte> buffer_;
  std::size_t next_ = 0;
  unsigned bit_ = 0;
};

}  // namespace sam2::npz
