// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "tracking/mask_interpolator.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace sam2::tracking {
namespace {

std::int64_t rounded(std::int64_t time, std::int64_t frame) {
  constexpr int kParts = 8;
  if (frame <= 0 || time > std::numeric_limits<std::int64_t>::max() - frame) return time;
  const auto rest = static_cast<double>(time % frame) / static_cast<double>(frame);
  return time / frame * frame + std::llround(std::round(rest * kParts) / kParts * static_cast<double>(frame));
}

}  // namespace

MaskTime mask_time_after(std::size_t entry, std::int64_t elapsed, std::int64_t interval, std::int64_t frame) {
  if (elapsed <= 0 || interval <= 0) return {entry, 0, 0};
  const auto time = std::min(rounded(elapsed, frame), interval);
  if (time == 0) return {entry, 0, 0};
  const auto share = static_cast<double>(time) / static_cast<double>(interval);
  return {entry, time, static_cast<std::int32_t>(std::lround(share * MaskMorph::kWhole))};
}

bool MaskInterpolator::interpolate(const masks::MaskSet& masks, MaskRef mask, MaskRef next, std::int32_t fraction,
                                   runs::RunMask& into) {
  const auto position = static_cast<std::size_t>(mask.index);
  keys_.resize(std::max(keys_.size(), position + 1));
  morphs_.resize(std::max(morphs_.size(), position + 1));
  auto& morph = morphs_[position];
  if (const Key key{mask, next}; keys_[position] != key) {
    const auto& from = masks.masks(mask.entry)[mask.index];
    const auto& to = masks.masks(next.entry)[next.index];
    if (!masks.unpack(from, from_) || !masks.unpack(to, to_)) {
      into.reset(from.props.box.top);
      return false;
    }
    morpher_.set(morph, from_, from.props.box, to_, to.props.box);
    keys_[position] = key;
  }
  morph.make(fraction, into);
  return true;
}

}  // namespace sam2::tracking
