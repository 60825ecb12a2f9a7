// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "runs/geometry.hpp"
#include "runs/run_mask.hpp"

namespace sam2::masks {

/// The packed masks of a stretch of a file. One thread appends while others read what was appended before. The same
/// masks in the same order always have the same positions.
class StretchWords {
 public:
  /// Positions are below 2 to the power of this.
  static constexpr unsigned kPositionBits = 40;

  /// Appends the rows of `box`: for each row the number of spans, then begin and end of each. Returns the position.
  std::uint64_t append(const runs::RunMask& mask, const runs::Box& box);
  /// The rows of a mask at `position`, in the same form.
  void unpack(std::uint64_t position, const runs::Box& box, runs::RunMask& into) const;

  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }
  /// Differs for different masks, with near certainty.
  [[nodiscard]] std::uint64_t hash() const { return hash_; }

 private:
  struct Chunk {
    std::unique_ptr<std::uint16_t[]> words;
    std::size_t size = 0;
    std::size_t filled = 0;
  };

  std::uint16_t* make_room(std::size_t count, std::uint64_t& position);

  mutable std::mutex mutex_;  ///< guards the list of chunks, not their words
  std::vector<Chunk> chunks_;
  std::uint64_t bytes_ = 0;
  std::uint64_t hash_ = 0;
};

}  // namespace sam2::masks
