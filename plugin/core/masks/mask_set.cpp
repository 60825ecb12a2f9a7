// SPDX-License-Identifier: LGPL-2.1-or-later
#include "masks/mask_set.hpp"

namespace sam2::masks {

void MaskSet::unpack(const StoredMask& mask, RunMask& into) const {
  const auto& box = mask.moments.box;
  into.reset(box.top);
  auto word = static_cast<std::size_t>(mask.first_word);
  for (std::int32_t row = 0; row < box.height; ++row) {
    for (std::uint16_t count = words_[word++]; count > 0; --count, word += 2) {
      into.add_span(words_[word], words_[word + 1]);
    }
    into.end_row();
  }
}

std::vector<std::int64_t> MaskSet::frame_numbers() const {
  std::vector<std::int64_t> numbers;
  numbers.reserve(entries_.size());
  for (const auto& entry : entries_) numbers.push_back(entry.frame_number);
  return numbers;
}

std::uint64_t MaskSet::store_bytes() const {
  std::uint64_t bytes = words_.size() * sizeof(words_[0]) + masks_.size() * sizeof(masks_[0]) +
                        entries_.size() * sizeof(entries_[0]) + timestamps_.size() * sizeof(timestamps_[0]);
  for (const auto& object : objects_) bytes += sizeof(object) + object.label.size();
  return bytes;
}

}  // namespace sam2::masks
