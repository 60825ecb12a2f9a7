// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <cstdint>

#include "composite/frame_view.hpp"
#include "composite/row_source.hpp"
#include "runs/coverage_mask.hpp"
#include "runs/run_mask.hpp"

namespace sam2::composite {

/// Mixes the samples s of `source` into the samples d under a mask: d' = round((d (255 - A) + s A) / 255), exactly. A
/// sample that covers n luma samples with the coverages c (255: in the mask) is mixed once, with A sum(c) / (255 n) in
/// place of A. Nothing else changes, and alpha channels change only if `samples` says so. It does not allocate.
void draw_source(const FrameView& frame, const FrameFormat& format, const runs::RunMask& mask, RowSource& source,
                 std::uint8_t alpha, Samples samples);
void draw_source(const FrameView& frame, const FrameFormat& format, const runs::CoverageMask& mask, RowSource& source,
                 std::uint8_t alpha, Samples samples);

}  // namespace sam2::composite
