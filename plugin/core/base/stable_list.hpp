// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <bit>
#include <cstddef>
#include <memory>
#include <utility>

namespace sam2 {

/// A list whose elements never move: while one thread appends, others may read the elements that they were told of.
template <typename T>
class StableList {
 public:
  [[nodiscard]] std::size_t size() const { return size_; }

  T& push_back(T value) {
    const auto [block, index] = place_of(size_);
    if (blocks_[block] == nullptr) blocks_[block] = std::make_unique<T[]>(kFirstBlock << block);
    ++size_;
    return blocks_[block][index] = std::move(value);
  }

  [[nodiscard]] const T& operator[](std::size_t position) const {
    const auto [block, index] = place_of(position);
    return blocks_[block][index];
  }

 private:
  static constexpr std::size_t kFirstBlock = 16;
  static constexpr std::size_t kBlocks = 40;  ///< more than any memory holds

  struct Place {
    std::size_t block;
    std::size_t index;
  };
  /// Each block is twice as long as the one before it.
  static Place place_of(std::size_t position) {
    const auto block = static_cast<std::size_t>(std::bit_width(position / kFirstBlock + 1)) - 1;
    return {block, position + kFirstBlock - (kFirstBlock << block)};
  }

  std::unique_ptr<T[]> blocks_[kBlocks];
  std::size_t size_ = 0;
};

}  // namespace sam2
