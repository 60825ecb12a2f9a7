// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/memory_budget.hpp"
#include "base/result.hpp"
#include "masks/mask_set.hpp"

namespace sam2::masks {

/// The only writer of a MaskSet. What grows is counted against the budget.
///
/// First the head: kind, rate, entries, timestamps. From then on the set may be read by others, while masks come in any
/// order and entries are published.
class MaskSetBuilder {
 public:
  explicit MaskSetBuilder(MemoryBudget& budget) : budget_(budget), set_(std::make_shared<MaskSet>()) {}

  void set_kind(runs::Size size, bool still, std::string axes);
  void set_fps(std::optional<Fraction> fps) { set_->fps_ = fps; }
  /// See MaskSet::has_identity(), which is true unless this says else.
  void set_identity(bool known) { set_->identity_ = known; }
  Result<void> add_entries(std::vector<std::int64_t> frame_numbers);
  /// One for each entry.
  Result<void> set_timestamps(std::vector<std::int64_t> timestamps);

  /// The object's place, which stays valid as long as the set.
  Result<const ObjectInfo*> add_object(ObjectInfo object);
  /// What a file says of a mask, where it does.
  struct Remarks {
    std::optional<runs::Point> centroid;
    std::optional<double> score;
  };
  /// The mask of `object` in `entry`, which must not be published; an empty mask is dropped. The second mask of an
  /// object in an entry replaces the first.
  Result<void> add_mask(std::size_t entry, const ObjectInfo* object, const runs::RunMask& mask,
                        const Remarks& remarks = {});

  /// Publishes the entries before `end`, which are complete.
  void publish(std::size_t end);
  void publish_all() { publish(set_->entry_count()); }

  [[nodiscard]] const std::shared_ptr<MaskSet>& set() const { return set_; }

 private:
  static void pack(const runs::RunMask& mask, const runs::Box& box, std::vector<std::uint16_t>& words);

  MemoryBudget& budget_;
  std::shared_ptr<MaskSet> set_;
};

}  // namespace sam2::masks
