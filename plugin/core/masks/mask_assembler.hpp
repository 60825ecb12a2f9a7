// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.hpp"
#include "masks/array_schema.hpp"
#include "masks/axis_probe.hpp"
#include "masks/mask_set_builder.hpp"
#include "masks/plane_runs.hpp"
#include "masks/side_arrays.hpp"

namespace sam2::masks {

/// Gives each plane of the mask array its place in time and its object. An open axis is settled on the way, and whether
/// integers are label maps.
class MaskAssembler {
 public:
  /// `side` and `budget` must outlive the assembler. Errors: Format, Settings (side arrays that do not fit), NoSpace.
  static Result<MaskAssembler> make(Layout layout, LabelMaps labels, const SideArrays& side, MemoryBudget& budget);

  /// The next plane: `frame` along T, K or the open axis, `object` along N.
  Result<void> add(std::uint64_t frame, std::uint64_t object, const PlaneRuns& runs);

  /// After the last plane. Adds to `warnings` what was left out.
  Result<std::shared_ptr<const MaskSet>> finish(std::vector<std::string>& warnings);

 private:
  struct HeldPlane {
    std::uint64_t index;
    PlaneRuns runs;
  };

  MaskAssembler(Layout layout, LabelMaps labels, const SideArrays& side, MemoryBudget& budget)
      : layout_(std::move(layout)), labels_(labels), side_(side), budget_(budget), builder_(budget) {}

  Result<void> hold(std::uint64_t index, const PlaneRuns& runs);
  Result<void> settle();
  Result<void> begin();
  Result<void> begin_pairs();
  Result<void> place(std::uint64_t frame, std::uint64_t object, const PlaneRuns& runs);
  Result<void> decide_labels(const PlaneRuns& runs);
  Result<void> place_labels(std::size_t entry, const PlaneRuns& runs);
  Result<void> check_single_object() const;
  Result<std::uint32_t> object_in_slot(std::int64_t slot);
  [[nodiscard]] ObjectInfo describe(std::int64_t slot) const;

  Layout layout_;
  char open_axis_ = Layout::kOpenAxis;  ///< what the open axis turned out to be
  LabelMaps labels_;
  const SideArrays& side_;
  MemoryBudget& budget_;
  MaskSetBuilder builder_;
  AxisProbe probe_;
  std::vector<HeldPlane> held_;
  std::unordered_map<std::int64_t, std::uint32_t> slot_objects_;
  std::vector<std::size_t> pair_entries_;  ///< of each pair its entry
  std::vector<std::uint32_t> pair_objects_;
  std::vector<ValueSpan> sorted_;
  RunMask mask_;
};

}  // namespace sam2::masks
