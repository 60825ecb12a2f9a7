// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "base/result.hpp"
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

  /// The very next entry in time, if there is one.
  [[nodiscard]] std::optional<std::size_t> entry_after(std::size_t entry) const;

  // What follows is for masks of entries that are ready.

  /// Id, place in the order of colours, and label of the object that `mask` belongs to. With Tracking::Centroid, id and
  /// slot count the tracks in the order of appearance, and the label is that of the track's first mask.
  [[nodiscard]] const masks::ObjectInfo& object_of(MaskRef mask) const { return *link(mask).object; }
  /// The same object's last mask before, in time.
  [[nodiscard]] std::optional<MaskRef> previous_of(MaskRef mask) const { return link(mask).previous; }
  /// The same object's mask in the very next entry, in time. What a later one holds is not told, as nothing waits for
  /// it to be read.
  [[nodiscard]] std::optional<MaskRef> next_of(MaskRef mask) const { return link(mask).next; }
  /// The entry in which the object was first seen.
  [[nodiscard]] std::size_t first_entry_of(MaskRef mask) const { return link(mask).first_entry; }
  [[nodiscard]] const masks::StoredMask& mask(MaskRef mask) const { return masks_->masks(mask.entry)[mask.index]; }

 private:
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  struct Link {
    const masks::ObjectInfo* object = nullptr;
    std::optional<MaskRef> previous;
    std::optional<MaskRef> next;
    std::size_t first_entry = 0;
  };
  struct Track {
    const masks::ObjectInfo* object = nullptr;
    std::size_t first_entry = 0;
    std::size_t last_rank = kNone;
    MaskRef last;
  };

  Result<void> add_entry(std::size_t rank);
  Result<void> take_memory(std::uint64_t bytes);
  void add_mask(Track& track, std::size_t rank, MaskRef mask);
  Track& track_of(std::size_t number, const masks::StoredMask& mask);
  [[nodiscard]] const Link& link(MaskRef mask) const { return links_[mask.entry][mask.index]; }

  std::shared_ptr<const masks::MaskSet> masks_;
  std::uint64_t max_memory_;
  std::uint64_t bytes_ = 0;
  std::optional<Association> association_;  ///< none: identity is the file's
  std::vector<std::uint32_t> order_;        ///< entries in the order of time
  std::vector<std::uint32_t> rank_of_;      ///< of each entry its place in that order
  std::size_t added_ = 0;                   ///< so many, in the order of time
  std::atomic<std::size_t> ready_{0};       ///< so many, in the order of time
  std::vector<std::vector<Link>> links_;    ///< of each entry
  std::unordered_map<const masks::ObjectInfo*, Track> file_tracks_;
  std::vector<Track> tracks_;              ///< of associated tracks, by number
  std::deque<masks::ObjectInfo> objects_;  ///< of associated tracks; links point at them
};

/// Entries of `masks` in the order of time: that of the timestamps where there are any, else of the frame numbers.
[[nodiscard]] std::vector<std::uint32_t> entries_by_time(const masks::MaskSet& masks);

}  // namespace sam2::tracking
