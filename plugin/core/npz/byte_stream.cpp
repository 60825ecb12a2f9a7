// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
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

Result<std::size_t> InterruptibleStream::read(std::span<std::byte> into) {
  constexpr std::size_t kPiece = std::size_t{4} << 20;
  std::size_t filled = 0;
  while (filled < into.size()) {
    SAM2_TRY(check());
    const auto piece = into.subspan(filled, std::min(kPiece, into.size() - filled));
    const auto count = SAM2_TRY(source_.read(piece));
    filled += count;
    if (count < piece.size()) break;
  }
  return filled;
}

Result<RunBatch> InterruptibleStream::next_runs() {
  SAM2_TRY(check());
  return runs_->next_runs();
}

Result<void> InterruptibleStream::check() const {
  if (is_cancelled_()) return Error{ErrorCode::Cancelled, "reading was cancelled"};
  return {};
}

Result<std::size_t> MemoryStream::read(std::span<std::byte> into) {
  const auto count = std::min(into.size(), left_.size());
  std::copy_n(left_.begin(), count, into.begin());
  left_ = left_.subspan(count);
  return count;
}

}  // namespace sam2::npz
