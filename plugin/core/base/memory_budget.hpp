// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <cstdint>
#include <string>

#include "base/result.hpp"

namespace sam2 {

/// Counts the memory that loading keeps against the property `max-memory`.
class MemoryBudget {
 public:
  /// A limit of 0 means unlimited.
  explicit MemoryBudget(std::uint64_t limit) : limit_(limit) {}

  /// Call this before allocating the memory. Errors: NoSpace.
  Result<void> take(std::uint64_t bytes) {
    if (limit_ != 0 && bytes > limit_ - used_) {
      return Error{ErrorCode::NoSpace, "needs " + std::to_string(bytes) + " bytes more than the " +
                                           std::to_string(limit_ - used_) +
                                           " that are left of max-memory=" + std::to_string(limit_) +
                                           "; raise max-memory (0 is unlimited), or save fewer or smaller masks"};
    }
    // An unlimited budget needs no sum.
    if (limit_ != 0) used_ += bytes;
    return {};
  }

  void give_back(std::uint64_t bytes) {
    if (limit_ != 0) used_ -= bytes;
  }

  /// 0: unlimited.
  [[nodiscard]] std::uint64_t limit() const { return limit_; }
  [[nodiscard]] std::uint64_t left() const { return limit_ - used_; }

 private:
  std::uint64_t limit_;
  std::uint64_t used_ = 0;
};

}  // namespace sam2
