// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "masks/array_schema.hpp"
#include "masks/side_arrays.hpp"

namespace sam2::masks {

/// Finds the row of a side table (centroids, scores) that belongs to a mask.
class MaskTable {
 public:
  /// Rows of `row_size` numbers. `object_count` is how many slots are in use; in label maps any number of rows from
  /// that on will do. Nothing where the table has another number of rows than there are masks.
  static std::optional<MaskTable> match(const NamedTable& table, std::uint64_t row_size, const Layout& layout,
                                        LabelMaps labels, std::uint64_t object_count);

  /// The row of the object in `slot`, in plane `frame` along the T or K axis.
  [[nodiscard]] std::span<const double> row(std::uint64_t frame, std::uint64_t slot) const;

 private:
  std::span<const double> values_;
  std::uint64_t row_size_ = 1;
  std::uint64_t frame_stride_ = 0;   ///< rows from one frame to the next
  std::uint64_t object_stride_ = 0;  ///< rows from one slot to the next
};

}  // namespace sam2::masks
