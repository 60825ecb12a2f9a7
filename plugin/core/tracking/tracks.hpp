// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "base/array_blocks.hpp"
#include "base/result.hpp"
#include "base/stable_list.hpp"
#include "masks/mask_set.hpp"
#include "tracking/association.hpp"

namespace sam2::tracking {

/// What says that masks of different entries are the same object.
enum class Tracking {
  Auto,      ///< the file, unless it cannot know
  Ids,       ///< the file
  Centroid,  ///< association by place and overlap
};

/// A mask by its place: the `index`-th of `entry`.
struct MaskRef {
  std::uint32_t entry = 0;
  std::uint32_t index = 0;

  friend bool operator==(const MaskRef&, const MaskRef&) = default;
};

/// Two masks of one object, without one in the entries between them.
struct Gap {
  MaskRef before;
  MaskRef after;
};

/// The history of every object of a file: which masks are one object's, in the order of time. A function of the file
/// alone.
///
/// It is made while the file is read, entry by entry in the order of time. An entry is ready when the one after it has
/// been added too, or the file has come to its end; what is said of the masks of a ready entry never changes, so that
/// any thread may ask without a lock. In a file whose entries are not in the order of time, an entry is ready when all
/// that are earlier have been read.
class Tracks {
 public:
  /// Where tracks and masks take more than `max_memory` bytes (0: unlimited), follow() fails with NoSpace.
  Tracks(std::shared_ptr<const masks::MaskSet> masks, Tracking tracking, std::uint64_t max_memory);

  enum class End { Open, Reached };
  /// Adds the entries that were published since the last call; with `End::Reached`, no more will be. Called by the
  /// loading thread only. Errors: Cancelled, as soon as `is_cancelled` is set; NoSpace.
  Result<void> follow(End end, const std::atomic<bool>& is_cancelled);

  /// True once the masks of `entry` are published and their links complete. Any thread may ask.
  [[nodiscard]] bool is_ready(std::size_t entry) const;
  [[nodiscard]] bool is_any_ready() const { return ready_.load(std::memory_order_acquire) > 0; }

  /// The place of `entry` in the order of time, counted from 0, and the entry at a place.
  [[nodiscard]] std::size_t rank_of(std::size_t entry) const {
    const auto index = entry - masks_->first_entry();
    return ranks_.empty() ? index : ranks_[index];
  }
  [[nodiscard]] std::size_t entry_of_rank(std::size_t rank) const {
    return masks_->first_entry() + (order_.empty() ? rank : order_[rank]);
  }
  /// True if objects may have been seen before the first entry, as the masks are a window of their file.
  [[nodiscard]] bool begin_late() const { return masks_->first_entry() > 0; }
  /// True if identity is the file's.
  [[nodiscard]] bool are_by_file() const { return !association_; }
  /// True if the order of the file is that of time.
  [[nodiscard]] bool are_in_order() const { return order_.empty(); }
  /// The very next entry in time, if there is one.
  [[nodiscard]] std::optional<std::size_t> entry_after(std::size_t entry) const;

  /// The last entry, in the order of time from `entry` on, for which is_near(entry) holds. It holds up to some entry.
  template <typename IsNear>
  [[nodiscard]] std::size_t last_near(std::size_t entry, IsNear is_near) const {
    auto near = rank_of(entry);
    for (auto far = links_.size(); far - near > 1;) {
      const auto middle = near + (far - near) / 2;
      (is_near(entry_of_rank(middle)) ? near : far) = middle;
    }
    return entry_of_rank(near);
  }
  /// Calls visit(gap) for each gap of an object that is away in `entry` and back by `last`, which must be ready.
  template <typename Visit>
  void for_each_gap(std::size_t entry, std::size_t last, Visit visit) const {
    const std::lock_guard lock(gaps_mutex_);
    const auto rank = rank_of(entry);
    // They are in the order of their ends.
    auto gap = std::partition_point(gaps_.begin(), gaps_.end(),
                                    [&](const Gap& earlier) { return rank_of(earlier.after.entry) <= rank; });
    for (; gap != gaps_.end() && rank_of(gap->after.entry) <= rank_of(last); ++gap) {
      if (rank_of(gap->before.entry) < rank) visit(*gap);
    }
  }

  // What follows is for masks of entries that are ready.

  /// Id, place in the order of colours, and label of the object that `mask` belongs to. With Tracking::Centroid, id and
  /// slot count the tracks in the order of appearance, and the label is that of the track's first mask.
  [[nodiscard]] const masks::ObjectInfo& object_of(MaskRef mask) const { return *identities_[link(mask).track].object; }
  /// The same object's last mask before, in time.
  [[nodiscard]] std::optional<MaskRef> previous_of(MaskRef mask) const;
  /// The same object's mask in the very next entry, in time. What a later one holds is not told, as nothing waits for
  /// it to be read.
  [[nodiscard]] std::optional<MaskRef> next_of(MaskRef mask) const;
  /// The entry in which the object was first seen.
  [[nodiscard]] std::size_t first_entry_of(MaskRef mask) const { return identities_[link(mask).track].first_entry; }
  [[nodiscard]] std::span<const masks::StoredMask> masks_of(std::size_t entry) const { return masks_->masks(entry); }
  [[nodiscard]] const masks::StoredMask& mask(MaskRef mask) const { return masks_->masks(mask.entry)[mask.index]; }

 private:
  /// Where a mask is in another entry, in 16 bits. Places beyond those are searched for.
  class Index {
   public:
    Index() = default;
    explicit Index(std::uint32_t index) : index_(static_cast<std::uint16_t>(std::min(index, kFar))) {}

    [[nodiscard]] bool is_none() const { return index_ == kNowhere; }
    [[nodiscard]] bool is_far() const { return index_ == kFar; }
    [[nodiscard]] std::uint32_t value() const { return index_; }

   private:
    static constexpr std::uint32_t kNowhere = 0xffff;
    static constexpr std::uint32_t kFar = 0xfffe;
    std::uint16_t index_ = kNowhere;
  };
  /// One for each mask of a file, so its size counts.
  struct Link {
    std::uint32_t track = 0;
    std::uint32_t previous_entry = 0;
    Index previous;
    Index next;
  };
  static_assert(sizeof(Link) == 12);
  /// What never changes of a track.
  struct Identity {
    const masks::ObjectInfo* object = nullptr;
    std::size_t first_entry = 0;
  };
  /// Where a track ends so far.
  struct TrackEnd {
    std::size_t rank = 0;
    MaskRef mask;
  };

  Result<void> add_entry(std::size_t rank);
  Result<void> take_memory(std::uint64_t bytes);
  Result<void> add_mask(std::uint32_t track, std::size_t rank, MaskRef mask);
  Result<void> begin_track(MaskRef mask);
  std::uint32_t number_of(const masks::ObjectInfo* object);
  [[nodiscard]] MaskRef find(std::size_t entry, Index index, std::uint32_t track) const;
  [[nodiscard]] Link& link(MaskRef mask) { return links_[mask.entry - masks_->first_entry()][mask.index]; }
  [[nodiscard]] const Link& link(MaskRef mask) const { return links_[mask.entry - masks_->first_entry()][mask.index]; }

  std::shared_ptr<const masks::MaskSet> masks_;
  std::uint64_t max_memory_;
  std::uint64_t bytes_ = 0;
  std::optional<Association> association_;  ///< none: identity is the file's
  std::vector<std::uint32_t> order_;        ///< entries in the order of time; empty: that is the order of the file
  std::vector<std::uint32_t> ranks_;        ///< of each entry its place in that order; empty likewise
  std::size_t added_ = 0;                   ///< so many, in the order of time
  std::atomic<std::size_t> ready_{0};       ///< so many, in the order of time
  std::vector<Link*> links_;                ///< of each entry
  ArrayBlocks<Link> stored_links_;
  mutable std::mutex gaps_mutex_;
  std::vector<Gap> gaps_;                                                    ///< in the order of time in which they end
  StableList<Identity> identities_;                                          ///< of tracks, by number
  std::vector<TrackEnd> ends_;                                               ///< of tracks, by number
  std::unordered_map<const masks::ObjectInfo*, std::uint32_t> file_tracks_;  ///< numbers of tracks
  std::deque<masks::ObjectInfo> objects_;                                    ///< of associated tracks
};

}  // namespace sam2::tracking
