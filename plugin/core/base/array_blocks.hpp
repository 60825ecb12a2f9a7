// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <vector>

namespace sam2 {

/// Memory for many small arrays, which are freed together. They never move.
template <typename T>
class ArrayBlocks {
 public:
  /// `count` elements with their default value; nullptr for none.
  T* take(std::size_t count) {
    if (count == 0) return nullptr;
    taken_ += count;
    if (left_ < count) {
      // The first blocks are small, as most files are.
      const auto block = std::min(taken_, kLargestBlock);
      // What is left of a block is lost; so large arrays get their own.
      if (count > block / kShare) return add_block(count);
      next_ = add_block(block);
      left_ = block;
    }
    auto* const taken = next_;
    next_ += count;
    left_ -= count;
    return taken;
  }

 private:
  static constexpr std::size_t kLargestBlock = 4096;
  static constexpr std::size_t kShare = 16;

  T* add_block(std::size_t count) { return blocks_.emplace_back(std::make_unique<T[]>(count)).get(); }

  std::vector<std::unique_ptr<T[]>> blocks_;
  std::size_t taken_ = 0;
  T* next_ = nullptr;
  std::size_t left_ = 0;
};

}  // namespace sam2
