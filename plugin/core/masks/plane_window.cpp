// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "masks/plane_window.hpp"

#include "masks/mask_assembler.hpp"
#include "masks/run_encoder.hpp"

namespace sam2::masks {

Result<std::shared_ptr<const MaskSet>> PlaneWindow::read(std::size_t begin, std::size_t end,
                                                         const std::function<bool()>& is_cancelled) {
  auto side = source_.side;
  // A window is small, and lives for a moment.
  MemoryBudget budget(0);
  auto assembler = SAM2_TRY(MaskAssembler::make(source_.layout, LabelMaps::No, side, budget));
  RunEncoder encoder(source_.type, source_.rule);
  PlaneRuns runs;
  for (const auto& range : source_.planes_of(begin, end)) {
    const auto planes = SAM2_TRY(source_.open(range.begin, range.end));
    while (const auto plane = SAM2_TRY(planes->next())) {
      if (is_cancelled()) return Error{ErrorCode::Cancelled, "reading was cancelled"};
      encoder.encode(plane->view, runs);
      SAM2_TRY(assembler.add(plane->frame, plane->object, runs));
    }
  }
  assembler.builder().cut_out(begin, end);
  return assembler.set();
}

std::uint64_t PlaneWindow::entry_bytes() const {
  const auto& layout = source_.layout;
  return layout.size_of('N') * layout.size_of('H') * layout.size_of('W') * source_.type.size;
}

}  // namespace sam2::masks
