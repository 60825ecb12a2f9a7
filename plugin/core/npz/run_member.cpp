// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "npz/run_member.hpp"

#include <algorithm>
#include <cstring>

namespace sam2::npz {

Result<std::size_t> RunMember::read(std::span<std::byte> into) {
  std::size_t filled = 0;
  while (filled < into.size()) {
    if (position_ >= batch_.end()) {
      SAM2_TRY(next_batch());
      if (position_ >= batch_.end()) break;
    }
    batch_ = rest();
    for (const auto& run : batch_.runs) {
      const auto left = static_cast<std::uint64_t>(into.size() - filled);
      const auto count = static_cast<std::size_t>(std::min(left, run.end() - position_));
      std::memset(into.data() + filled, run.value(), count);
      filled += count;
      position_ += count;
      if (filled == into.size()) break;
    }
  }
  return filled;
}

Result<RunBatch> RunMember::next_runs() {
  if (position_ >= batch_.end()) SAM2_TRY(next_batch());
  const auto batch = rest();
  position_ = batch_.end();
  return batch;
}

/// What of the batch has not been read.
RunBatch RunMember::rest() const {
  const auto first = std::partition_point(batch_.runs.begin(), batch_.runs.end(),
                                          [this](const ByteRun& run) { return run.end() <= position_; });
  const auto bytes =
      batch_.bytes.empty() ? batch_.bytes : batch_.bytes.subspan(static_cast<std::size_t>(position_ - batch_.begin));
  return {position_, {first, batch_.runs.end()}, bytes};
}

Result<void> RunMember::next_batch() {
  SAM2_TRY(take_batch());
  // The begin of a part is found by decoding what lies before it.
  while (batch_.end() > batch_.begin && batch_.end() <= position_) SAM2_TRY(take_batch());
  return {};
}

Result<void> RunMember::take_batch() {
  auto batch = runs_->next_runs();
  if (!batch) return batch.error().within(name_);
  batch_ = *batch;
  if (expected_crc_) crc_.add(batch_);
  if (batch_.end() > size_) return Error{ErrorCode::Decode, name_ + ": it is longer than its archive says"};
  if (batch_.end() > batch_.begin) return {};
  if (batch_.end() != size_) {
    return Error{ErrorCode::Decode,
                 name_ + ": it ends after " + std::to_string(batch_.end()) + " bytes of " + std::to_string(size_)};
  }
  if (expected_crc_ && crc_.value() != *expected_crc_) return Error{ErrorCode::Decode, name_ + ": CRC error"};
  return {};
}

}  // namespace sam2::npz
