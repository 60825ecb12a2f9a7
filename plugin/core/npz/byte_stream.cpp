// SPDX-License-Identifier: LGPL-2.1-or-later
#include "npz/byte_stream.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace sam2::npz {

Result<void> read_exactly(ByteStream& stream, std::span<std::byte> into) {
  const auto count = SAM2_TRY(stream.read(into));
  if (count < into.size()) {
    return Error{ErrorCode::Decode, "truncated: " + std::to_string(into.size() - count) + " more bytes expected"};
  }
  return {};
}

Result<void> read_to_end(ByteStream& stream) {
  std::array<std::byte, 16384> ignored;
  while (SAM2_TRY(stream.read(ignored)) > 0) {
  }
  return {};
}

Result<std::size_t> MemoryStream::read(std::span<std::byte> into) {
  const auto count = std::min(into.size(), left_.size());
  std::copy_n(left_.begin(), count, into.begin());
  left_ = left_.subspan(count);
  return count;
}

}  // namespace sam2::npz
