// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tracking/mask_carrier.hpp"

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

Moment moment_after(std::size_t entry, std::int64_t elapsed, std::int64_t way, std::int64_t frame) {
  if (elapsed <= 0 || way <= 0) return {entry, 0, 0};
  const auto time = std::min(rounded(elapsed, frame), way);
  if (time == 0) return {entry, 0, 0};
  const auto share = static_cast<double>(time) / static_cast<double>(way);
  return {entry, time, static_cast<std::int32_t>(std::lround(share * ShapeBlend::kWhole))};
}

void MaskCarrier::carry(const masks::MaskSet& masks, MaskRef mask, MaskRef next, std::int32_t part,
                        runs::RunMask& into) {
  const auto place = static_cast<std::size_t>(mask.index);
  keys_.resize(std::max(keys_.size(), place + 1));
  blends_.resize(std::max(blends_.size(), place + 1));
  auto& blend = blends_[place];
  if (const Key key{mask, next}; keys_[place] != key) {
    const auto& from = masks.masks(mask.entry)[mask.index];
    const auto& to = masks.masks(next.entry)[next.index];
    masks.unpack(from, from_);
    masks.unpack(to, to_);
    blender_.set(blend, from_, from.props.box, to_, to.props.box);
    keys_[place] = key;
  }
  blend.make(part, into);
}

}  // namespace sam2::tracking
