// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "masks/side_tables.hpp"

#include <cmath>

#include "base/text.hpp"

namespace sam2::masks {

void SideTables::match(const SideArrays& side, const Layout& layout, LabelMaps labels, std::uint64_t slots,
                       std::size_t objects, std::vector<Error>& warnings) {
  are_matched_ = true;
  slots_ = slots;
  const auto find = [&](const std::optional<NamedTable>& table, std::uint64_t row_size,
                        const char* consequence) -> std::optional<MaskTable> {
    if (!table || ignored_.contains(table->name)) return std::nullopt;
    auto matched = MaskTable::match(*table, row_size, layout, labels, slots);
    if (!matched) {
      ignored_.insert(table->name);
      warnings.push_back({ErrorCode::Format,
                          "array '" + table->name + "' is ignored: its shape " + shape_text(table->shape) +
                              " does not fit masks of shape " + shape_text(layout.shape()) + " with " +
                              std::to_string(labels == LabelMaps::No ? objects : slots) + " objects; " + consequence});
    }
    return matched;
  };
  centroids_ = find(side.centroids, 2, "centroids are computed");
  scores_ = find(side.scores, 1, "scores are unknown");
}

MaskSetBuilder::Remarks SideTables::remarks(std::uint64_t frame, std::uint64_t row) const {
  MaskSetBuilder::Remarks remarks;
  if (scores_) remarks.score = scores_->row(frame, row)[0];
  if (!centroids_) return remarks;
  const auto centroid = centroids_->row(frame, row);
  if (std::isfinite(centroid[0]) && std::isfinite(centroid[1])) remarks.centroid = {centroid[0], centroid[1]};
  return remarks;
}

}  // namespace sam2::masks
