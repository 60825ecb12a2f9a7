// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "clip/clip.hpp"

namespace sam2::clip {

Clip::Readiness Clip::readiness_of(std::size_t entry) const {
  if (!tracks_.is_ready(entry)) return Readiness::Unread;
  // The next entry is read ahead. Interpolation reads it itself if it comes too late.
  const auto next = tracks_.entry_after(entry);
  const bool is_next_lost = next && tracks_.is_ready(*next) && masks_->state_of(*next) == masks::WordStore::State::Lost;
  if (is_next_lost) return Readiness::Lost;
  switch (masks_->state_of(entry)) {
    case masks::WordStore::State::Cached:
      return Readiness::Ready;
    case masks::WordStore::State::Dropped:
      return Readiness::Dropped;
    default:
      return Readiness::Lost;
  }
}

}  // namespace sam2::clip
