// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "composite/plane_group.hpp"

#include <algorithm>
#include <bit>

namespace sam2::composite {

void PlaneGroup::draw_rows(const runs::RunMask& mask, RowRange rows) {
  if (!has_alpha_elsewhere_) {
    for (std::size_t i = 0; i < count_; ++i) planes_[i].draw_rows(mask, rows);
    return;
  }
  for (auto row = rows.first; row < rows.end; ++row) {
    begin_row(row);
    for (const auto& span : mask.row(row)) {
      const auto begin = std::max(span.begin, 0);
      const auto end = std::min(span.end, width_);
      if (begin < end) add(begin, end, PlanePainter::kWhole);
    }
  }
}

void PlaneGroup::add_each(std::int32_t begin, std::uint64_t quarters) {
  const auto of_groups = std::bit_cast<std::array<std::uint8_t, kBlockGroups>>(quarters);
  for (auto group = begin; const auto quarters_of_group : of_groups) {
    if (quarters_of_group > 0) add(group, group + 1, static_cast<PlanePainter::Part>(quarters_of_group - 1));
    ++group;
  }
}

void PlaneGroup::flush() {
  flush_blocks();
  for (std::size_t part = 0; part < PlanePainter::kParts; ++part) flush_spans(static_cast<PlanePainter::Part>(part));
}

void PlaneGroup::flush_spans(PlanePainter::Part part) {
  auto& queue = spans_[part];
  if (queue.count == 0) return;
  for (std::size_t i = 0; i < count_; ++i) planes_[i].draw_spans({queue.items.data(), queue.count}, part);
  queue.count = 0;
}

void PlaneGroup::flush_blocks() {
  if (blocks_.count == 0) return;
  for (std::size_t i = 0; i < count_; ++i) planes_[i].draw_blocks({blocks_.items.data(), blocks_.count});
  blocks_.count = 0;
}

}  // namespace sam2::composite
