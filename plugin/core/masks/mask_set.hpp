// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/fraction.hpp"
#include "masks/run_mask.hpp"

namespace sam2::masks {

/// One object of the file, the same over all frames.
struct ObjectInfo {
  std::int64_t slot = 0;  ///< position in file order; chooses the colour
  std::int32_t id = 0;    ///< entry of the id array, else slot + 1
  std::string label;      ///< empty: none
};

/// One object's mask in one frame; never empty. The runs are packed in its MaskSet.
struct StoredMask {
  std::uint32_t object = 0;      ///< index into MaskSet::objects()
  Moments moments;               ///< in mask pixels; the centroid is the file's where it has one
  double score = 0;              ///< NaN: unknown
  std::uint64_t first_word = 0;  ///< position of the packed runs
};

/// The masks that belong to one moment in time, in slot order.
struct Entry {
  std::int64_t frame_number = 0;
  std::uint64_t first_mask = 0;
  std::uint32_t mask_count = 0;
};

/// Everything that was read from a mask file: immutable once loaded, so that any thread may read it without a lock.
class MaskSet {
 public:
  [[nodiscard]] Size size() const { return size_; }
  /// A still is one entry that is shown on every frame.
  [[nodiscard]] bool is_still() const { return still_; }
  /// The objects of different entries are known to be the same; false where nothing but their order tells them apart, and
  /// their number changes.
  [[nodiscard]] bool has_identity() const { return identity_; }
  /// Letters of the axes as they were taken, e.g. "TNHW".
  [[nodiscard]] const std::string& axes() const { return axes_; }
  /// Entries in the order of the file.
  [[nodiscard]] std::span<const Entry> entries() const { return entries_; }
  /// The frame number of each entry.
  [[nodiscard]] std::vector<std::int64_t> frame_numbers() const;
  /// One time in ns for each entry, or none at all.
  [[nodiscard]] std::span<const std::int64_t> timestamps() const { return timestamps_; }
  [[nodiscard]] std::optional<Fraction> fps() const { return fps_; }
  [[nodiscard]] std::span<const ObjectInfo> objects() const { return objects_; }
  [[nodiscard]] std::span<const StoredMask> masks(const Entry& entry) const {
    return std::span(masks_).subspan(entry.first_mask, entry.mask_count);
  }
  /// Unpacks a mask's runs, in mask pixels.
  void unpack(const StoredMask& mask, RunMask& into) const;
  /// Memory that the masks take.
  [[nodiscard]] std::uint64_t store_bytes() const;

 private:
  friend class MaskSetBuilder;

  Size size_;
  bool still_ = false;
  bool identity_ = true;
  std::string axes_;
  std::vector<Entry> entries_;
  std::vector<std::int64_t> timestamps_;
  std::optional<Fraction> fps_;
  std::vector<ObjectInfo> objects_;
  std::vector<StoredMask> masks_;
  /// For each mask and each row of its box: the number of spans, then begin and end of each.
  std::vector<std::uint16_t> words_;
};

}  // namespace sam2::masks
