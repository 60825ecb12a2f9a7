// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.hpp"
#include "masks/array_schema.hpp"
#include "masks/axes_guess.hpp"
#include "masks/axis_probe.hpp"
#include "masks/label_colors.hpp"
#include "masks/mask_set_builder.hpp"
#include "masks/plane_runs.hpp"
#include "masks/side_arrays.hpp"
#include "masks/side_tables.hpp"
#include "masks/value_rule.hpp"

namespace sam2::masks {

/// Gives each plane of the mask array its place in time and its object, and publishes entries as they are completed. An
/// open axis is settled on the way, and whether integers are label maps.
class MaskAssembler {
 public:
  /// `side` and `budget` must outlive the assembler. Errors: Format, Settings (side arrays that do not fit), NoSpace.
  static Result<MaskAssembler> make(Layout layout, LabelMaps labels, SideArrays& side, MemoryBudget& budget);

  /// Passes on what was guessed before. To be called before the first plane.
  void set_axes_guess(AxesGuess guess) { builder_.set_axes_guess(std::move(guess)); }

  /// The next plane: `frame` along T, K or the open axis, `object` along N.
  Result<void> add(std::uint64_t frame, std::uint64_t object, const PlaneRuns& runs);

  /// To be called after the last plane, and after the file turned out to be sound to its end: publishes what is left.
  Result<void> finish();

  /// Nothing until the layout is settled; from then on entries are published as they are completed, all but the last
  /// one, which is vouched for by finish().
  [[nodiscard]] std::shared_ptr<const MaskSet> set() const { return is_begun_ ? builder_.set() : nullptr; }
  [[nodiscard]] MaskSetBuilder& builder() { return builder_; }
  [[nodiscard]] const Layout& layout() const { return layout_; }
  /// True if the masks of a plane, and their objects, do not depend on the planes before it.
  [[nodiscard]] bool are_planes_independent() const {
    return is_begun_ && labels_ == LabelMaps::No && !side_.plane_ids;
  }
  /// What the planes so far say about labels without an object.
  [[nodiscard]] const VoidLabels& void_labels() const { return void_labels_; }
  /// What was left out.
  [[nodiscard]] std::span<const Error> warnings() const { return warnings_; }

 private:
  struct HeldPlane {
    std::uint64_t index;
    PlaneRuns runs;
  };

  MaskAssembler(Layout layout, LabelMaps labels, SideArrays& side, MemoryBudget& budget)
      : layout_(std::move(layout)),
        labels_(labels),
        side_(side),
        budget_(budget),
        builder_(budget),
        probe_(layout_.size_of(Layout::kOpenAxis), layout_.prefers_objects()) {}

  Result<void> hold(std::uint64_t index, const PlaneRuns& runs);
  Result<void> settle();
  Result<void> begin();
  Result<void> begin_frames();
  Result<void> begin_pairs();
  /// `slots`: how many slots label maps are known to use; other layouts tell it by themselves.
  void match_tables(std::uint64_t slots);
  Result<void> place(std::uint64_t frame, std::uint64_t object, const PlaneRuns& runs);
  Result<void> place_runs(std::uint64_t frame, std::uint64_t object, const PlaneRuns& runs);
  void complete_plane(std::size_t entry);
  [[nodiscard]] std::size_t entry_of(std::uint64_t frame) const {
    return layout_.has('K') ? pair_entries_[frame] : static_cast<std::size_t>(frame);
  }
  void decide_labels(const PlaneRuns& runs);
  void match_ids(const PlaneRuns& runs);
  [[nodiscard]] std::optional<std::size_t> row_of(std::int64_t slot) const;
  /// The label whose object has the slot; without label maps, the id that stands for it.
  [[nodiscard]] std::int64_t id_of_label(std::int64_t slot) const { return are_labels_from_0_ ? slot : slot + 1; }
  Result<void> place_labels(std::size_t entry, const PlaneRuns& runs);
  Result<const ObjectInfo*> object_of_plane(std::uint64_t frame, std::uint64_t plane);
  Result<void> add_mask(std::uint64_t frame, std::optional<std::uint64_t> row, const ObjectInfo* object);
  void drop_ids_of_others();
  [[nodiscard]] AxesGuess make_guess(const std::string& frames_option) const;
  Result<const ObjectInfo*> object_in_slot(std::int64_t slot);
  [[nodiscard]] ObjectInfo describe(std::int64_t slot) const;
  [[nodiscard]] ObjectInfo describe_pair(std::size_t pair, std::int64_t slot) const;

  Layout layout_;
  char open_axis_ = Layout::kOpenAxis;  ///< what the open axis turned out to be
  LabelMaps labels_;
  SideArrays& side_;
  MemoryBudget& budget_;
  MaskSetBuilder builder_;
  AxisProbe probe_;
  std::vector<HeldPlane> held_;
  std::uint64_t probed_planes_ = 0;
  bool is_begun_ = false;
  std::unordered_map<std::int64_t, const ObjectInfo*> slot_objects_;
  std::unordered_map<std::int64_t, const ObjectInfo*> id_objects_;  ///< if ids differ from frame to frame
  std::vector<std::size_t> pair_entries_;                           ///< of each pair its entry
  std::vector<const ObjectInfo*> pair_objects_;
  std::vector<std::uint64_t> missing_planes_;  ///< of each entry
  std::size_t complete_entries_ = 0;           ///< from the first one on
  bool are_labels_guessed_ = false;            ///< the values decided that planes are label maps
  bool are_labels_from_0_ = false;             ///< 0 is a label, and the background is another value
  bool are_ids_labels_ = false;                ///< the file's ids are the values of its label maps
  bool are_ids_matched_ = false;
  VoidLabels void_labels_;
  LabelColors colors_;
  SideTables tables_;
  std::vector<Error> warnings_;
  std::vector<ValueSpan> sorted_;
  runs::RunMask mask_;
};

}  // namespace sam2::masks
