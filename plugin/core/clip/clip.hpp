// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>

#include "base/result.hpp"
#include "masks/mask_loader.hpp"
#include "masks/mask_set.hpp"
#include "tracking/tracks.hpp"

namespace sam2::clip {

/// How a file is read. Two clips of one file with equal options are the same.
struct ClipOptions {
  masks::LoadOptions load;
  tracking::Tracking tracking = tracking::Tracking::Auto;

  friend bool operator==(const ClipOptions&, const ClipOptions&) = default;
};

/// What plays: the masks of a file and the tracks of its objects. Both grow while the file is read. Any thread may read
/// the masks and tracks of a ready entry without a lock.
class Clip {
 public:
  Clip(std::shared_ptr<const masks::MaskSet> masks, const ClipOptions& options)
      : masks_(std::move(masks)), tracks_(masks_, options.tracking, options.load.max_memory) {}

  [[nodiscard]] const masks::MaskSet& masks() const { return *masks_; }
  [[nodiscard]] const tracking::Tracks& tracks() const { return tracks_; }

  /// True once the masks of `entry` and their tracks are complete.
  [[nodiscard]] bool is_ready(std::size_t entry) const { return tracks_.is_ready(entry); }
  [[nodiscard]] bool is_any_ready() const { return tracks_.is_any_ready(); }

  /// Adds the entries published since the last call to the tracks; see Tracks::follow(). Called by the loading thread
  /// only.
  Result<void> follow(tracking::Tracks::End end, const std::atomic<bool>& is_cancelled) {
    return tracks_.follow(end, is_cancelled);
  }

 private:
  std::shared_ptr<const masks::MaskSet> masks_;
  tracking::Tracks tracks_;
};

using SharedClip = std::shared_ptr<const Clip>;

}  // namespace sam2::clip
