// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "npz/inflate_stream.hpp"

#include <isa-l.h>

#include <algorithm>

namespace sam2::npz {
namespace {

/// Input buffer size. Masks deflate several hundred times, so this input makes many planes.
constexpr std::size_t kInputBytes = 65536;

/// Largest output size of one call: ISA-L counts in 32 bits.
constexpr std::size_t kOutputBytes = std::size_t{1} << 30;

const char* reason_of(int code) {
  switch (code) {
    case ISAL_INVALID_BLOCK:
      return "invalid block in the deflate data";
    case ISAL_INVALID_SYMBOL:
      return "invalid symbol in the deflate data";
    case ISAL_INVALID_LOOKBACK:
      return "invalid distance in the deflate data";
    default:
      return "invalid deflate data";
  }
}

}  // namespace

// The state holds the tables and the window. It is zeroed so that broken data cannot reveal old memory.
InflateStream::InflateStream(std::unique_ptr<ByteStream> deflated)
    : deflated_(std::move(deflated)), state_(std::make_unique<inflate_state>()), input_(kInputBytes) {
  isal_inflate_init(state_.get());
}

InflateStream::~InflateStream() = default;

Result<std::size_t> InflateStream::read(std::span<std::byte> into) {
  std::size_t filled = 0;
  while (filled < into.size()) {
    const auto count = SAM2_TRY(inflate(into.subspan(filled, std::min(into.size() - filled, kOutputBytes))));
    if (count == 0) break;
    filled += count;
  }
  return filled;
}

/// Fills at least a part of `into`. Returns 0 only at the end of the deflate data or of the input.
Result<std::size_t> InflateStream::inflate(std::span<std::byte> into) {
  auto& state = *state_;
  state.next_out = reinterpret_cast<std::uint8_t*>(into.data());
  state.avail_out = static_cast<std::uint32_t>(into.size());
  while (state.block_state != ISAL_BLOCK_FINISH && state.avail_out == into.size()) {
    if (state.avail_in == 0 && !input_has_ended_) {
      const auto count = SAM2_TRY(deflated_->read(input_));
      input_has_ended_ = count < input_.size();
      state.next_in = reinterpret_cast<std::uint8_t*>(input_.data());
      state.avail_in = static_cast<std::uint32_t>(count);
    }
    const bool is_last_try = state.avail_in == 0;
    if (const int code = isal_inflate(&state); code != ISAL_DECOMP_OK) {
      return Error{ErrorCode::Decode, reason_of(code)};
    }
    if (is_last_try) break;
  }
  return into.size() - state.avail_out;
}

Result<std::size_t> Crc32Stream::read(std::span<std::byte> into) {
  const auto count = SAM2_TRY(stream_->read(into));
  crc_ = crc32_gzip_refl(crc_, reinterpret_cast<const unsigned char*>(into.data()), count);
  if (count < into.size() && crc_ != expected_) return Error{ErrorCode::Decode, name_ + ": CRC error"};
  return count;
}

}  // namespace sam2::npz
