// SPDX-License-Identifier: LGPL-2.1-or-later
#include "masks/mask_set.hpp"

#include <algorithm>

namespace sam2::masks {

void MaskSet::unpack(const StoredMask& mask, runs::RunMask& into) const {
  const auto& words = entries_[mask.entry].words;
  const auto& box = mask.props.box;
  into.reset(box.top);
  std::size_t word = mask.first_word;
  for (std::int32_t row = 0; row < box.height; ++row) {
    for (std::uint16_t count = words[word++]; count > 0; --count, word += 2) {
      into.add_span(words[word], words[word + 1]);
    }
    into.end_row();
  }
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
