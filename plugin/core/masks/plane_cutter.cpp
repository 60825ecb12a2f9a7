// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "masks/plane_cutter.hpp"

#include <algorithm>
#include <cstring>
#include <string>

namespace sam2::masks {

Result<PlaneCutter::Piece> PlaneCutter::next() {
  runs_.clear();
  bytes_.clear();
  filled_ = 0;
  while (filled_ < plane_bytes_) {
    if (position_ == batch_.end()) SAM2_TRY(fill_batch());
    if (bytes_.empty()) {
      take_runs();
    } else {
      take_bytes();
    }
  }
  if (bytes_.empty()) return Piece{runs_, {}};
  return Piece{{}, bytes_};
}

Result<void> PlaneCutter::fill_batch() {
  batch_ = SAM2_TRY(source_->next_runs());
  // The header was read as bytes, so the first batch does not begin at 0.
  position_ = batch_.begin;
  next_run_ = 0;
  if (batch_.end() > batch_.begin) return {};
  return Error{ErrorCode::Decode, "truncated: " + std::to_string(plane_bytes_ - filled_) + " more bytes expected"};
}

/// Takes runs of the batch, until there are so many that bytes are better.
void PlaneCutter::take_runs() {
  const auto most = plane_bytes_ / sizeof(npz::ByteRun);
  const auto begin = position_ - filled_;
  const auto end = begin + plane_bytes_;
  for (; next_run_ < batch_.runs.size() && filled_ < plane_bytes_; ++next_run_) {
    const auto& run = batch_.runs[next_run_];
    const auto stop = std::min(run.end(), end);
    if (stop > position_) {
      if (runs_.size() > most) return expand_runs();
      runs_.emplace_back(stop - begin, run.value());
    }
    position_ = stop;
    filled_ = static_cast<std::size_t>(stop - begin);
    if (stop < run.end()) return;
  }
}

void PlaneCutter::expand_runs() {
  bytes_.resize(plane_bytes_);
  std::size_t begin = 0;
  for (const auto& run : runs_) {
    const auto end = static_cast<std::size_t>(run.end());
    std::memset(bytes_.data() + begin, run.value(), end - begin);
    begin = end;
  }
}

void PlaneCutter::take_bytes() {
  for (; next_run_ < batch_.runs.size() && filled_ < plane_bytes_; ++next_run_) {
    const auto& run = batch_.runs[next_run_];
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(run.end() - position_, plane_bytes_ - filled_));
    std::memset(bytes_.data() + filled_, run.value(), count);
    filled_ += count;
    position_ += count;
    if (position_ < run.end()) return;
  }
}

}  // namespace sam2::masks
