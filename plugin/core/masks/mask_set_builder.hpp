// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
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
  void set_low_resolution(bool is_low) { set_->are_low_resolution_ = is_low; }
  /// See MaskSet::axes_guess().
  void set_axes_guess(AxesGuess guess) { set_->axes_guess_ = std::move(guess); }
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

  /// From now on packed masks may be dropped and are read again by `reader`; sealed stretches take at most
  /// `most_bytes`.
  void set_reader(std::unique_ptr<StretchReader> reader, std::uint64_t most_bytes);
  [[nodiscard]] bool can_drop() const { return can_drop_; }
  /// Masks that are added from now on belong to the next stretch of the file.
  void begin_stretch() { set_->words().begin_stretch(); }
  /// Memory of the masks of the current stretch.
  [[nodiscard]] std::uint64_t stretch_bytes() const { return set_->words().current().bytes(); }

  /// Publishes the entries before `end`, which are complete.
  void publish(std::size_t end);
  void publish_all() { publish(set_->entry_count()); }
  /// Makes the set a window: publishes the entries [begin, end), and forgets that there are others.
  void cut_out(std::size_t begin, std::size_t end);

  [[nodiscard]] const std::shared_ptr<MaskSet>& set() const { return set_; }

 private:
  struct PendingMask {
    StoredMask mask;
    double score;  ///< NaN: unknown
  };

  void store(std::vector<PendingMask>& masks, MaskSet::Entry& entry);

  MemoryBudget& budget_;
  std::shared_ptr<MaskSet> set_;
  std::unordered_map<std::size_t, std::vector<PendingMask>> pending_;  ///< by entry; not published yet
  bool can_drop_ = false;
};

}  // namespace sam2::masks
