// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstdint>

#include "npz/byte_stream.hpp"

namespace sam2::npz {

/// Undoes np.packbits: one byte, 0 or 1, for each bit, the highest bit of a byte first.
class UnpackedBits final : public ByteStream {
 public:
  /// Every `row_bits` bits begin a new byte of `packed`; 0: they run through. `packed` must outlive this.
  UnpackedBits(ByteStream& packed, std::uint64_t row_bits)
      : packed_(packed), row_bits_(row_bits), row_left_(row_bits) {}

  Result<std::size_t> read(std::span<std::byte> into) override;

 private:
  ByteStream& packed_;
  std::uint64_t row_bits_;
  std::uint64_t row_left_;
  std::array<std::byte, 4096> buffer_;
  std::size_t buffered_ = 0;
  std::size_t next_ = 0;
  unsigned bit_ = 0;
};

}  // namespace sam2::npz
