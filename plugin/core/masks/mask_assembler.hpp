// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.hpp"
#include "masks/array_schema.hpp"
#include "masks/axis_probe.hpp"
#include "masks/mask_set_builder.hpp"
#include "masks/mask_table.hpp"
#include "masks/plane_runs.hpp"
#include "masks/side_arrays.hpp"

namespace sam2::masks {

/// Gives each plane of the mask array its place in time and its object, and publishes entries as they are completed. An
/// open axis is settled on the way, and whether integers are label maps.
class MaskAssembler {
 public:
  /// `side` and `budget` must outlive the assembler. Errors: Format, Settings (side arrays that do not fit), NoSpace.
  static Result<MaskAssembler> make(Layout layout, LabelMaps labels, SideArrays& side, MemoryBudget& budget);

  /// The next plane: `frame` along T, K or the open axis, `object` along N.
  Result<void> add(std::uint64_t frame, std::uint64_t object, const PlaneRuns& runs);

  /// To be called after the last plane, and after the file turned out to be sound to its end: publishes what is left.
  Result<void> finish();

  /// Nothing until the layout is settled; from then on entries are published as they are completed, all but the last
  /// one, which is vouched for by finish().
  [[nodiscard]] std::shared_ptr<const MaskSet> set() const { return is_begun_ ? builder_.set() : nullptr; }
  /// What was left out.
  [[nodiscard]] std::span<const Error> warnings() const { return warnings_; }

 private:
  struct HeldPlane {
    std::uint64_t index;
    PlaneRuns runs;
  };

  MaskAssembler(Layout layout, LabelMaps labels, SideArrays& side, MemoryBudget& budget)
      : layout_(std::move(layout)), labels_(labels), side_(side), budget_(budget), builder_(budget) {}

  Result<void> hold(std::uint64_t index, const PlaneRuns& runs);
  Result<void> settle();
  Result<void> begin();
  Result<void> begin_frames();
  Result<void> begin_pairs();
  void match_tables(std::uint64_t slots);
  std::optional<MaskTable> match(const std::optional<NamedTable>& table, std::uint64_t row_size, const char* what);
  Result<void> place(std::uint64_t frame, std::uint64_t object, const PlaneRuns& runs);
  Result<void> place_runs(std::uint64_t frame, std::uint64_t object, const PlaneRuns& runs);
  void complete_plane(std::size_t entry);
  [[nodiscard]] std::size_t entry_of(std::uint64_t frame) const {
    return layout_.has('K') ? pair_entries_[frame] : static_cast<std::size_t>(frame);
  }
  void decide_labels(const PlaneRuns& runs);
  bool is_void(std::int32_t value);
  Result<void> place_labels(std::size_t entry, const PlaneRuns& runs);
  Result<void> add_mask(std::uint64_t frame, const ObjectInfo* object);
  void drop_ids_of_others();
  [[nodiscard]] std::int64_t free_color(std::int64_t slot) const;
  void warn_of_guess(bool is_by_overlap);
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
  std::vector<std::size_t> pair_entries_;  ///< of each pair its entry
  std::vector<const ObjectInfo*> pair_objects_;
  std::vector<std::uint64_t> missing_planes_;  ///< of each entry
  std::size_t complete_entries_ = 0;           ///< from the first one on
  bool are_labels_guessed_ = false;            ///< the values decided that planes are label maps
  bool is_void_reported_ = false;
  std::int32_t largest_label_ = 0;    ///< below 255, so far
  std::int32_t grey_cut_ = 0;         ///< grey pictures: values up to this are background
  std::vector<std::int64_t> colors_;  ///< that labels have
  bool are_tables_matched_ = false;
  std::uint64_t slot_count_ = 0;  ///< that label maps have used so far
  std::set<std::string> misfits_;
  std::optional<MaskTable> centroids_;
  std::optional<MaskTable> scores_;
  std::vector<Error> warnings_;
  std::vector<ValueSpan> sorted_;
  runs::RunMask mask_;
};

}  // namespace sam2::masks
