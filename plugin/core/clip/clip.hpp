// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
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

  enum class Readiness {
    Unread,   ///< the file has not been read so far
    Dropped,  ///< its masks are not in memory any more; they will be read again
    Lost,     ///< its masks could not be read again
    Ready,    ///< masks and tracks are complete and in memory
  };
  /// What there is of `entry`. Lost also if the next one in time is, since interpolation needs it.
  [[nodiscard]] Readiness readiness_of(std::size_t entry) const;
  /// True if `entry` can be drawn. Masks that were dropped are read where they are needed.
  [[nodiscard]] bool is_ready(std::size_t entry) const {
    const auto readiness = readiness_of(entry);
    return readiness == Readiness::Ready || readiness == Readiness::Dropped;
  }
  [[nodiscard]] bool is_any_ready() const { return tracks_.is_any_ready(); }

  /// Tells where the playhead is, so that the masks near it stay in memory. Returns true if masks near it should be
  /// read again. Only for entries that are not Unread.
  bool set_playhead(std::size_t entry, masks::Direction direction) const {
    const auto next = tracks_.entry_after(entry);
    masks_->set_focus(entry, next && tracks_.is_ready(*next) ? next : std::nullopt, direction);
    return masks_->words().next_wanted().has_value();
  }

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
