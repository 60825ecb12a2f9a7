// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "masks/mask_set.hpp"
#include "masks/memory_budget.hpp"

namespace sam2::masks {

/// The only writer of a MaskSet. Masks may come in any order; what grows is counted against the budget.
class MaskSetBuilder {
 public:
  explicit MaskSetBuilder(MemoryBudget& budget) : budget_(budget), set_(std::make_shared<MaskSet>()) {}

  void set_kind(Size size, bool still, std::string axes);
  void set_fps(std::optional<Fraction> fps) { set_->fps_ = fps; }

  /// See MaskSet::has_identity(), which is true unless this says else.
  void set_identity(bool known) { set_->identity_ = known; }

  Result<void> add_entry(std::int64_t frame_number);
  /// One for each entry.
  Result<void> set_timestamps(std::vector<std::int64_t> timestamps);
  /// Returns the object's index.
  Result<std::uint32_t> add_object(ObjectInfo object);
  /// `object` in `entry`; an empty mask is dropped. The second mask of an object in an entry replaces the first.
  Result<void> add_mask(std::size_t entry, std::uint32_t object, const RunMask& mask);

  [[nodiscard]] std::size_t entry_count() const { return set_->entries_.size(); }
  [[nodiscard]] std::span<const ObjectInfo> objects() const { return set_->objects_; }

  /// The finished set: objects in slot order, masks in that of entries and slots. `revise(entry index, object, mask)`
  /// is called for each mask and may change its centroid and score. The builder is empty afterwards.
  template <typename Revise>
  std::shared_ptr<const MaskSet> finish(Revise&& revise) {
    sort_objects();
    sort_masks();
    for (std::size_t i = 0; i < set_->masks_.size(); ++i) {
      auto& mask = set_->masks_[i];
      revise(mask_entries_[i], set_->objects_[mask.object], mask);
    }
    return release();
  }

 private:
  void pack(const RunMask& mask, const Box& box);
  void sort_objects();
  void sort_masks();
  std::shared_ptr<const MaskSet> release();

  MemoryBudget& budget_;
  std::shared_ptr<MaskSet> set_;
  std::vector<std::size_t> mask_entries_;  ///< of each mask its entry
};

}  // namespace sam2::masks
