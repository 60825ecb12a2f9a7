// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>

#include "base/result.hpp"
#include "masks/mask_loader.hpp"
#include "masks/mask_set.hpp"

namespace sam2::masks {

/// Works out something about the masks of a file while it is read. An entry is there for others only when its follower
/// is ready with it.
class EntryFollower {
 public:
  virtual ~EntryFollower() = default;

  enum class End { Open, Reached };
  /// Takes in what has been published since the last call; with `End::Reached`, nothing more will be. In the thread of
  /// the load, which an error ends. Errors: Cancelled, as soon as `is_cancelled` is set.
  virtual Result<void> follow(End end, const std::atomic<bool>& is_cancelled) = 0;

  /// Any thread.
  [[nodiscard]] virtual bool is_ready(std::size_t entry) const = 0;
  [[nodiscard]] virtual bool is_any_ready() const = 0;
};

using MakeFollower = std::shared_ptr<EntryFollower> (*)(std::shared_ptr<const MaskSet>, const LoadOptions&);

}  // namespace sam2::masks
