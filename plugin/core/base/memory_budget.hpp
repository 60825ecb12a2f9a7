// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <string>

#include "base/result.hpp"

namespace sam2 {

/// Counts what loading keeps in memory against `max-memory`.
class MemoryBudget {
 public:
  /// 0: unlimited.
  explicit MemoryBudget(std::uint64_t limit) : limit_(limit) {}

  /// To be called before the memory is allocated. Errors: NoSpace.
  Result<void> take(std::uint64_t bytes) {
    if (limit_ != 0 && bytes > limit_ - used_) {
      return Error{ErrorCode::NoSpace, "needs " + std::to_string(bytes) + " bytes more than the " +
                                           std::to_string(limit_ - used_) +
                                           " that are left of max-memory=" + std::to_string(limit_) +
                                           "; raise max-memory (0 is unlimited), or save fewer or smaller masks"};
    }
    // Without a limit the sum is of no use.
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
