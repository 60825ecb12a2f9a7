// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "npz/byte_history.hpp"

namespace sam2::npz {

void ByteHistory::reset(const RunHistory& history) {
  bytes_.resize(kFull + kSlack);
  filled_ = static_cast<std::size_t>(std::min(history.end(), kDeflateWindow));
  begin_ = history.end() - filled_;
  history.expand(std::span(bytes_).first(filled_));
}

void ByteHistory::reset(std::uint64_t end, std::span<const std::byte> window) {
  bytes_.resize(kFull + kSlack);
  filled_ = window.size();
  begin_ = end - filled_;
  std::ranges::copy(window, bytes_.begin());
}

void ByteHistory::begin_batch() {
  const auto kept = window().size();
  std::memmove(bytes_.data(), bytes_.data() + (filled_ - kept), kept);
  begin_ += filled_ - kept;
  filled_ = batch_first_ = kept;
}

RunBatch ByteHistory::batch() {
  const auto bytes = std::span<const std::byte>(bytes_).subspan(batch_first_, filled_ - batch_first_);
  const auto begin = begin_ + batch_first_;
  if (bytes.empty()) return {begin, {}, {}};
  runs_.resize(std::max(runs_.size(), bytes.size()));
  // Each byte is written as the end of a run. It stays if the next byte differs.
  auto* run = runs_.data();
  for (std::size_t i = 0; i + 1 < bytes.size(); ++i) {
    *run = ByteRun(begin + i + 1, std::to_integer<std::uint8_t>(bytes[i]));
    run += bytes[i] != bytes[i + 1] ? 1 : 0;
  }
  *run++ = ByteRun(begin + bytes.size(), std::to_integer<std::uint8_t>(bytes.back()));
  return {begin, std::span(runs_).first(static_cast<std::size_t>(run - runs_.data())), bytes};
}

}  // namespace sam2::npz
