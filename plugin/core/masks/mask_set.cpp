// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "masks/mask_set.hpp"

#include <algorithm>

namespace sam2::masks {

bool MaskSet::unpack(const StoredMask& mask, runs::RunMask& into) const {
  const auto words = words_.read(mask.place.stretch());
  if (words) {
    (*words)->unpack(mask.place.position(), mask.props.box, into);
  } else {
    into.reset(mask.props.box.top);
  }
  return words.has_value();
}

WordStore::State MaskSet::state_of(std::size_t entry) const {
  auto worst = WordStore::State::Cached;
  std::optional<std::size_t> last;
  for (const auto& mask : masks(entry)) {
    const auto stretch = mask.place.stretch();
    if (last == stretch) continue;
    // Only the stretch at the playhead is sure to stay. A small store may not hold the others at the same time.
    const bool is_focus = !last;
    last = stretch;
    const auto state = words_.state_of(stretch);
    if (is_focus || state == WordStore::State::Lost) worst = std::max(worst, state);
  }
  return worst;
}

void MaskSet::set_focus(std::size_t entry, std::optional<std::size_t> next, Direction direction) const {
  const bool has_next = next && !masks(*next).empty();
  if (masks(entry).empty() && !has_next) return;
  words_.set_focus(direction, [&](auto&& need) {
    for (const auto& mask : masks(entry)) need(mask.place.stretch());
    if (!has_next) return;
    for (const auto& mask : masks(*next)) need(mask.place.stretch());
  });
}

std::size_t MaskSet::object_count() const {
  const std::lock_guard lock(objects_mutex_);
  return objects_.size();
}

std::vector<ObjectInfo> MaskSet::objects() const {
  std::vector<ObjectInfo> objects;
  {
    const std::lock_guard lock(objects_mutex_);
    objects.assign(objects_.begin(), objects_.end());
  }
  std::ranges::stable_sort(objects, {}, &ObjectInfo::slot);
  return objects;
}

}  // namespace sam2::masks
