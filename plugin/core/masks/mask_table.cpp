// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "masks/mask_table.hpp"

#include <vector>

namespace sam2::masks {
namespace {

using Sizes = std::vector<std::uint64_t>;

Sizes without_ones(Sizes sizes) {
  std::erase(sizes, 1u);
  return sizes;
}

struct Strides {
  std::uint64_t frame;
  std::uint64_t object;
};

/// Every (frame, object) has its plane, and the table a row for each; scores may be one an object.
std::optional<Strides> match_planes(const Sizes& rows, const Layout& layout, std::uint64_t row_size) {
  // A pair is found by its plane alone.
  if (layout.has('K')) return rows == without_ones({layout.size_of('K')}) ? std::optional(Strides{1, 0}) : std::nullopt;
  const auto frames = layout.size_of('T');
  const auto objects = layout.size_of('N');
  if (rows == without_ones({frames, objects})) return Strides{objects, 1};
  const bool objects_first = layout.letters().find('N') < layout.letters().find('T');
  if (objects_first && rows == without_ones({objects, frames})) return Strides{1, frames};
  if (row_size == 1 && rows == without_ones({objects})) return Strides{0, 1};
  return std::nullopt;
}

/// The planes do not tell how many objects there are, so the table may have rows for some that never appear.
std::optional<Strides> match_label_maps(const Sizes& rows, const Layout& layout, std::uint64_t row_size,
                                        std::uint64_t object_count) {
  const auto frames = layout.size_of('T');
  if (frames > 1 && !rows.empty() && rows[0] == frames) {
    if (rows.size() == 1 && object_count <= 1) return Strides{1, 0};
    if (rows.size() == 2 && rows[1] >= object_count) return Strides{rows[1], 1};
  }
  const bool one_row_an_object = frames == 1 || row_size == 1;
  if (one_row_an_object && rows.size() == 1 && rows[0] >= object_count) return Strides{0, 1};
  if (one_row_an_object && rows.empty() && object_count <= 1) return Strides{0, 0};
  return std::nullopt;
}

}  // namespace

std::optional<MaskTable> MaskTable::match(const NamedTable& table, std::uint64_t row_size, const Layout& layout,
                                          LabelMaps labels, std::uint64_t object_count) {
  auto rows = table.shape;
  if (row_size > 1) {
    if (rows.empty() || rows.back() != row_size) return std::nullopt;
    rows.pop_back();
  }
  rows = without_ones(std::move(rows));
  const auto strides = labels == LabelMaps::No ? match_planes(rows, layout, row_size)
                                               : match_label_maps(rows, layout, row_size, object_count);
  if (!strides) return std::nullopt;
  MaskTable result;
  result.values_ = table.values;
  result.row_size_ = row_size;
  result.frame_stride_ = strides->frame;
  result.object_stride_ = strides->object;
  return result;
}

std::span<const double> MaskTable::row(std::uint64_t frame, std::uint64_t slot) const {
  const auto index = frame * frame_stride_ + slot * object_stride_;
  return values_.subspan(static_cast<std::size_t>(index * row_size_), static_cast<std::size_t>(row_size_));
}

}  // namespace sam2::masks
