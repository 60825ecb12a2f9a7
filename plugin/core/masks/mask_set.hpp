// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/array_blocks.hpp"
#include "base/fraction.hpp"
#include "masks/axes_guess.hpp"
#include "masks/word_store.hpp"
#include "runs/run_mask.hpp"

namespace sam2::masks {

/// One object of the file, the same over all frames.
struct ObjectInfo {
  std::int64_t slot = 0;   ///< position in file order; objects are drawn in this order
  std::int32_t id = 0;     ///< entry of the id array, else slot + 1
  std::string label;       ///< empty: none
  std::int64_t color = 0;  ///< position in the list of colours; the slot but for labels that would share a colour
};

/// runs::Box in less memory: no mask has more rows or columns than fit into 16 bits.
struct StoredBox {
  std::uint16_t left = 0;
  std::uint16_t top = 0;
  std::uint16_t width = 0;
  std::uint16_t height = 0;

  operator runs::Box() const { return {left, top, width, height}; }  // NOLINT(google-explicit-constructor)
};

/// runs::RegionProps in less memory.
struct StoredProps {
  std::uint32_t area = 0;
  runs::Point centroid;
  StoredBox box;

  operator runs::RegionProps() const { return {area, centroid, box}; }  // NOLINT(google-explicit-constructor)
};

/// Where the runs of a mask are packed.
class PackedPlace {
 public:
  PackedPlace() = default;
  PackedPlace(std::uint64_t stretch, std::uint64_t position)
      : place_(stretch << StretchWords::kPositionBits | position) {}

  /// Stretch of the WordStore.
  [[nodiscard]] std::size_t stretch() const { return static_cast<std::size_t>(place_ >> StretchWords::kPositionBits); }
  /// Position in the stretch.
  [[nodiscard]] std::uint64_t position() const {
    return place_ & ((std::uint64_t{1} << StretchWords::kPositionBits) - 1);
  }

 private:
  std::uint64_t place_ = 0;
};

/// One object's mask in one frame; never empty. The runs are packed in its MaskSet. Long files have many millions of
/// them.
struct StoredMask {
  const ObjectInfo* object = nullptr;
  StoredProps props;  ///< in mask pixels; the centroid is the file's where it has one
  PackedPlace place;
};
static_assert(sizeof(StoredMask) == 48);

/// What a mask file holds. While the file is read, a MaskSet grows: all but the masks and objects is there from the
/// beginning and never changes; masks are published entry by entry, and those of a published entry never change either,
/// so that any thread may read them without a lock.
class MaskSet {
 public:
  [[nodiscard]] runs::Size size() const { return size_; }
  /// A still is one entry that is shown on every frame.
  [[nodiscard]] bool is_still() const { return still_; }
  /// The objects of different entries are known to be the same; false where nothing but their order tells them apart,
  /// and their number changes. In the set of an archive that holds one moment, false wherever there is but their order.
  [[nodiscard]] bool has_identity() const { return identity_; }
  /// Letters of the axes as they were taken, e.g. "TNHW".
  [[nodiscard]] const std::string& axes() const { return axes_; }
  /// Set if nothing but the masks told frames from objects, and they left doubt. Its warning is not among those of the
  /// load.
  [[nodiscard]] const std::optional<AxesGuess>& axes_guess() const { return axes_guess_; }
  /// The masks are the model's own, of a low resolution, which may be padded.
  [[nodiscard]] bool are_low_resolution() const { return are_low_resolution_; }
  [[nodiscard]] std::optional<Fraction> fps() const { return fps_; }

  /// The first entry that the set holds: 0 but for a window, which holds a few entries of a file.
  [[nodiscard]] std::size_t first_entry() const { return first_entry_; }
  /// Moments in time, in the order of the file.
  [[nodiscard]] std::size_t entry_count() const { return frame_numbers_.size(); }
  /// One for each entry.
  [[nodiscard]] std::span<const std::int64_t> frame_numbers() const { return frame_numbers_; }
  /// One time in ns for each entry, or none at all.
  [[nodiscard]] std::span<const std::int64_t> timestamps() const { return timestamps_; }

  /// The entries before this one are published.
  [[nodiscard]] std::size_t published_count() const { return published_.load(std::memory_order_acquire); }
  /// The masks of a published entry, in slot order.
  [[nodiscard]] std::span<const StoredMask> masks(std::size_t entry) const {
    const auto& found = entries_[entry - first_entry_];
    return {found.masks, found.count};
  }
  /// The score of each mask of a published entry; empty if none is known, NaN where one is not.
  [[nodiscard]] std::span<const double> scores(std::size_t entry) const {
    const auto& found = entries_[entry - first_entry_];
    return {found.scores, found.scores != nullptr ? found.count : 0};
  }
  /// Unpacks a mask's runs, in mask pixels. Reads the file again if they were dropped. Returns false if that fails;
  /// `into` is empty then.
  bool unpack(const StoredMask& mask, runs::RunMask& into) const;

  /// Whether the stretch of an entry's first mask is in memory; Lost if any of its masks is. The entry is published.
  [[nodiscard]] WordStore::State state_of(std::size_t entry) const;
  /// Tells where the playhead is: at `entry`, between it and `next` in time. Both are published. Their masks stay in
  /// memory once they are there.
  void set_focus(std::size_t entry, std::optional<std::size_t> next, Direction direction) const;
  /// The packed runs of all masks. What is dropped or read again does not show in the set.
  [[nodiscard]] WordStore& words() const { return words_; }

  [[nodiscard]] std::size_t object_count() const;
  /// The objects that have been met so far, in slot order.
  [[nodiscard]] std::vector<ObjectInfo> objects() const;
  /// Memory that the masks take.
  [[nodiscard]] std::uint64_t store_bytes() const { return store_bytes_.load(std::memory_order_relaxed); }

 private:
  friend class MaskSetBuilder;

  struct Entry {
    const StoredMask* masks = nullptr;
    const double* scores = nullptr;  ///< nullptr: none is known
    std::uint32_t count = 0;
  };

  runs::Size size_;
  bool still_ = false;
  bool identity_ = true;
  bool are_low_resolution_ = false;
  std::string axes_;
  std::optional<AxesGuess> axes_guess_;
  std::optional<Fraction> fps_;
  std::vector<std::int64_t> frame_numbers_;
  std::vector<std::int64_t> timestamps_;
  std::size_t first_entry_ = 0;
  std::vector<Entry> entries_;
  ArrayBlocks<StoredMask> stored_masks_;
  ArrayBlocks<double> stored_scores_;
  mutable WordStore words_;
  std::atomic<std::size_t> published_{0};
  std::atomic<std::uint64_t> store_bytes_{0};
  mutable std::mutex objects_mutex_;
  std::deque<ObjectInfo> objects_;  ///< masks point at them
};

}  // namespace sam2::masks
