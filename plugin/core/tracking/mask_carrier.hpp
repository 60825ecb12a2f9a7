// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <vector>

#include "masks/mask_set.hpp"
#include "tracking/shape_blend.hpp"
#include "tracking/tracks.hpp"

namespace sam2::tracking {

/// A moment between an entry and the next one, in time.
struct Moment {
  std::size_t entry = 0;
  std::int64_t elapsed = 0;  ///< ns since the entry's own time
  std::int32_t part = 0;     ///< of the way to the next entry, in ShapeBlend::kWhole

  friend bool operator==(const Moment&, const Moment&) = default;
};

/// The moment `elapsed` ns after `entry`, where the next one is `way` ns after it. `frame` (0: unknown) is the time
/// from one frame to the next in ns: an eighth of it is what stamps of the same frame may differ by.
[[nodiscard]] Moment moment_after(std::size_t entry, std::int64_t elapsed, std::int64_t way, std::int64_t frame);

/// Carries the masks of an entry along their tracks to those of the next one. Keeps what it worked out about an entry
/// for the frames that follow.
class MaskCarrier {
 public:
  /// What was worked out is of other masks than those that follow.
  void forget() { keys_.clear(); }

  /// The runs of `mask`, which goes to `next`, after `part` of the way (0 to ShapeBlend::kWhole). Their entries are
  /// ready. Once its memory has grown, only the first frame of an entry may allocate.
  void carry(const masks::MaskSet& masks, MaskRef mask, MaskRef next, std::int32_t part, runs::RunMask& into);

 private:
  struct Key {
    MaskRef mask{kNoEntry, 0};
    MaskRef next;

    friend bool operator==(const Key&, const Key&) = default;
  };
  static constexpr std::uint32_t kNoEntry = static_cast<std::uint32_t>(-1);

  std::vector<Key> keys_;  ///< of blends_; by a mask's place in its entry
  std::vector<ShapeBlend> blends_;
  ShapeBlender blender_;
  runs::RunMask from_;
  runs::RunMask to_;
};

}  // namespace sam2::tracking
