// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/fraction.hpp"
#include "runs/run_mask.hpp"

namespace sam2::masks {

/// One object of the file, the same over all frames.
struct ObjectInfo {
  std::int64_t slot = 0;   ///< position in file order; objects are drawn in this order
  std::int32_t id = 0;     ///< entry of the id array, else slot + 1
  std::string label;       ///< empty: none
  std::int64_t color = 0;  ///< position in the list of colours; the slot but for labels that would share a colour
};

/// One object's mask in one frame; never empty. The runs are packed in its MaskSet.
struct StoredMask {
  const ObjectInfo* object = nullptr;
  runs::RegionProps props;       ///< in mask pixels; the centroid is the file's where it has one
  double score = 0;              ///< NaN: unknown
  std::uint64_t entry = 0;       ///< the one that it belongs to
  std::uint64_t first_word = 0;  ///< position of its packed runs among those of the entry
};

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
  [[nodiscard]] std::optional<Fraction> fps() const { return fps_; }

  /// Moments in time, in the order of the file.
  [[nodiscard]] std::size_t entry_count() const { return frame_numbers_.size(); }
  /// One for each entry.
  [[nodiscard]] std::span<const std::int64_t> frame_numbers() const { return frame_numbers_; }
  /// One time in ns for each entry, or none at all.
  [[nodiscard]] std::span<const std::int64_t> timestamps() const { return timestamps_; }

  /// The first so many entries are published.
  [[nodiscard]] std::size_t published_count() const { return published_.load(std::memory_order_acquire); }
  /// The masks of a published entry, in slot order.
  [[nodiscard]] std::span<const StoredMask> masks(std::size_t entry) const { return entries_[entry].masks; }
  /// Unpacks a mask's runs, in mask pixels.
  void unpack(const StoredMask& mask, runs::RunMask& into) const;

  [[nodiscard]] std::size_t object_count() const;
  /// The objects that have been met so far, in slot order.
  [[nodiscard]] std::vector<ObjectInfo> objects() const;
  /// Memory that the masks take.
  [[nodiscard]] std::uint64_t store_bytes() const { return store_bytes_.load(std::memory_order_relaxed); }

 private:
  friend class MaskSetBuilder;

  struct Entry {
    std::vector<StoredMask> masks;
    /// For each mask and each row of its box: the number of spans, then begin and end of each.
    std::vector<std::uint16_t> words;
  };

  runs::Size size_;
  bool still_ = false;
  bool identity_ = true;
  std::string axes_;
  std::optional<Fraction> fps_;
  std::vector<std::int64_t> frame_numbers_;
  std::vector<std::int64_t> timestamps_;
  std::vector<Entry> entries_;
  std::atomic<std::size_t> published_{0};
  std::atomic<std::uint64_t> store_bytes_{0};
  mutable std::mutex objects_mutex_;
  std::deque<ObjectInfo> objects_;  ///< masks point at them
};

}  // namespace sam2::masks
