// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "masks/array_schema.hpp"
#include "masks/mask_set_builder.hpp"
#include "masks/mask_table.hpp"
#include "masks/side_arrays.hpp"

namespace sam2::masks {

/// Finds the score and the centroid of each mask in the file's tables.
class SideTables {
 public:
  /// True if match() was called with at least `slots`.
  [[nodiscard]] bool are_matched_for(std::uint64_t slots) const { return are_matched_ && slots <= slots_; }

  /// Matches the tables of `side`, which must outlive this object, with the masks. A table that does not fit is ignored
  /// with one warning. `slots`: the slots that label maps use, as far as is known; other layouts tell it by themselves.
  void match(const SideArrays& side, const Layout& layout, LabelMaps labels, std::uint64_t slots, std::size_t objects,
             std::vector<Error>& warnings);

  /// `frame`: plane along the T or K axis. `row`: of the frame's rows in tables that have one for each object.
  [[nodiscard]] MaskSetBuilder::Remarks remarks(std::uint64_t frame, std::uint64_t row) const;

 private:
  bool are_matched_ = false;
  std::uint64_t slots_ = 0;
  std::set<std::string> ignored_;  ///< names of tables
  std::optional<MaskTable> centroids_;
  std::optional<MaskTable> scores_;
};

}  // namespace sam2::masks
