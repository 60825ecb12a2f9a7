// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
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

/// The history of every object of a file: which masks are one object's, in the order of time. A function of the file
/// alone. Masks are named by their place in the file: Entry::first_mask, counted on within the entry.
///
/// It is made entry by entry, in the order of time. What lies before an entry never changes afterwards; what comes
/// after it (next_of) is known once the next entry has been added.
class Tracks {
 public:
  /// `masks` must outlive this.
  Tracks(const masks::MaskSet& masks, Tracking tracking);
  Tracks(const Tracks&) = delete;
  Tracks& operator=(const Tracks&) = delete;

  /// The tracks of a whole file. Errors: NoSpace, where they and the masks take more than `max_memory` bytes (0:
  /// unlimited).
  static Result<std::shared_ptr<const Tracks>> make(std::shared_ptr<const masks::MaskSet> masks, Tracking tracking,
                                                    std::uint64_t max_memory);

  /// Adds the masks of an entry that is not earlier than those before.
  void add_entry(std::size_t entry);

  /// Id, place in the order of colours, and label of the object that `mask` belongs to. With Tracking::Centroid, id and
  /// slot count the tracks in the order of appearance, and the label is that of the track's first mask.
  [[nodiscard]] const masks::ObjectInfo& object_of(std::size_t mask) const;

  /// The same object's mask before and after, in time.
  [[nodiscard]] std::optional<std::size_t> previous_of(std::size_t mask) const;
  [[nodiscard]] std::optional<std::size_t> next_of(std::size_t mask) const;
  /// The entry in which the object was first seen.
  [[nodiscard]] std::size_t first_entry_of(std::size_t mask) const { return tracks_[links_[mask].track].first_entry; }
  [[nodiscard]] std::size_t entry_of(std::size_t mask) const { return links_[mask].entry; }
  [[nodiscard]] const masks::StoredMask& mask(std::size_t mask) const;

 private:
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  struct Link {
    std::size_t previous = kNone;
    std::size_t next = kNone;
    std::uint32_t entry = 0;
    std::uint32_t track = 0;
  };
  struct Track {
    std::size_t first_entry = kNone;
    std::size_t last_mask = kNone;
  };

  const masks::MaskSet& masks_;
  std::optional<Association> association_;  ///< none: identity is the file's
  std::vector<Link> links_;
  std::vector<Track> tracks_;
  std::deque<masks::ObjectInfo> objects_;  ///< of associated tracks; a deque, as references to them are given away
};

/// Entries of `masks` in the order of time: that of the timestamps where there are any, else of the frame numbers.
[[nodiscard]] std::vector<std::size_t> entries_by_time(const masks::MaskSet& masks);

}  // namespace sam2::tracking
