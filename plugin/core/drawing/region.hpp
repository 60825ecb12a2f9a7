// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "composite/frame_format.hpp"
#include "composite/frame_view.hpp"
#include "runs/coverage_mask.hpp"
#include "runs/run_mask.hpp"

namespace sam2::drawing {

/// The pixels of the frame that an effect reads and changes.
struct Region {
  const runs::RunMask* runs = nullptr;           ///< the pixels that it may read
  runs::Box box;                                 ///< of `runs`
  std::uint64_t area = 0;                        ///< pixels of `runs`
  const runs::RunMask* drawn = nullptr;          ///< the pixels that it changes
  const runs::CoverageMask* coverage = nullptr;  ///< how much of each pixel it changes, in place of `drawn`; or nullptr
  runs::Span columns{0, 0};                      ///< of the pixels that it changes
  const runs::RunMask* unknown = nullptr;  ///< the pixels of all objects that are shown, which inpaint does not read
};

/// Joins and inverts masks. It keeps its memory from call to call.
class RegionMaker {
 public:
  /// The pixels that are in any of the masks.
  void join(std::span<const runs::RunMask* const> masks, runs::RunMask& joined);
  /// The sum of the coverages of each pixel of a frame, at most 255: where the edges of two masks meet, no part of the
  /// pixel is left over.
  void join(std::span<const runs::CoverageMask* const> masks, runs::Size frame, runs::CoverageMask& joined);

  /// The pixels of the frame that are not in the mask.
  static void invert(const runs::RunMask& mask, runs::Size frame, runs::RunMask& inverted);
  void invert(const runs::CoverageMask& mask, runs::Size frame, runs::CoverageMask& inverted);

  /// The mask, and what the others cover of the sample groups that it shares with them. If `mask` is drawn first, then
  /// the others, no more of what was there is left in those groups than lies outside of all masks. `layer` is the one
  /// with the largest groups.
  void add_shared(const runs::RunMask& mask, std::span<const runs::RunMask* const> others,
                  const composite::FrameView& frame, const composite::SampleLayer& layer, runs::RunMask& drawn);
  void add_shared(const runs::CoverageMask& mask, std::span<const runs::CoverageMask* const> others,
                  const composite::FrameView& frame, const composite::SampleLayer& layer, runs::CoverageMask& drawn);

  /// The sample groups of a layer all of whose luma samples in the frame are in the mask, in columns and rows of
  /// groups.
  void keep_whole_groups(const runs::RunMask& mask, const composite::FrameView& frame,
                         const composite::SampleLayer& layer, runs::RunMask& groups);
  /// The sample groups of a layer that have any luma sample in the mask.
  template <typename Mask>
  void keep_touched_groups(const Mask& mask, const composite::FrameView& frame, const composite::SampleLayer& layer,
                           runs::RunMask& groups);

 private:
  std::vector<runs::Span> spans_;
  std::vector<runs::Span> common_;
  std::vector<std::uint8_t> bytes_;
  std::vector<std::uint8_t> others_;
  runs::RunMask touched_;
};

}  // namespace sam2::drawing
