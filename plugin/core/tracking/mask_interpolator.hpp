// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <cstdint>
#include <vector>

#include "masks/mask_set.hpp"
#include "tracking/mask_morph.hpp"
#include "tracking/tracks.hpp"

namespace sam2::tracking {

/// A position on the time axis of the mask file: an entry, and how far it is on its way to the next one.
struct MaskTime {
  std::size_t entry = 0;
  std::int64_t elapsed = 0;   ///< ns since the entry's own time
  std::int32_t fraction = 0;  ///< share of the interval to the next entry, 0 to MaskMorph::kWhole

  friend bool operator==(const MaskTime&, const MaskTime&) = default;
};

/// Returns the mask time `elapsed` ns after `entry`. The next entry is `interval` ns after it. `frame` is the period of
/// the frames in ns (0: unknown); times of one frame that differ by less than an eighth of it give the same result.
[[nodiscard]] MaskTime mask_time_after(std::size_t entry, std::int64_t elapsed, std::int64_t interval,
                                       std::int64_t frame);

/// Makes masks between an entry and the next one along their tracks. Keeps the morphs of an entry for the frames that
/// follow.
class MaskInterpolator {
 public:
  /// Drops the morphs, since other masks follow.
  void forget() { keys_.clear(); }

  /// Makes the runs of the mask at `fraction` (0 to MaskMorph::kWhole) of the interval from `mask` to `next`. Both
  /// entries must be ready. Once its memory has grown, only the first frame of an entry allocates. Returns false if one
  /// of the masks could not be read again.
  bool interpolate(const masks::MaskSet& masks, MaskRef mask, MaskRef next, std::int32_t fraction, runs::RunMask& into);

 private:
  struct Key {
    MaskRef mask{kNoEntry, 0};
    MaskRef next;

    friend bool operator==(const Key&, const Key&) = default;
  };
  static constexpr std::uint32_t kNoEntry = static_cast<std::uint32_t>(-1);

  std::vector<Key> keys_;  ///< keys of morphs_; indexed by the mask's position in its entry
  std::vector<MaskMorph> morphs_;
  MaskMorpher morpher_;
  runs::RunMask from_;
  runs::RunMask to_;
};

}  // namespace sam2::tracking
