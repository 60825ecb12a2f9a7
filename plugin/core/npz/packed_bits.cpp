// SPDX-License-Identifier: LGPL-2.1-or-later
#include "npz/packed_bits.hpp"

namespace sam2::npz {

Result<std::size_t> UnpackedBits::read(std::span<std::byte> into) {
  for (std::size_t i = 0; i < into.size(); ++i) {
    if (next_ == buffered_) {
      buffered_ = SAM2_TRY(packed_.read(buffer_));
      next_ = 0;
      if (buffered_ == 0) return i;
    }
    into[i] = (buffer_[next_] >> (7 - bit_)) & std::byte{1};
    bool byte_is_done = ++bit_ == 8;
    if (row_bits_ > 0 && --row_left_ == 0) {
      row_left_ = row_bits_;
      byte_is_done = true;
    }
    if (byte_is_done) {
      bit_ = 0;
      ++next_;
    }
  }
  return into.size();
}

}  // namespace sam2::npz
