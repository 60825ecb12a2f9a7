// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "drawing/canvas.hpp"
#include "drawing/effect.hpp"
#include "drawing/region.hpp"
#include "drawing/scene.hpp"

namespace sam2::drawing {

/// Draws the effects of a look: first that of the background, then those of the objects in slot order, each from the
/// picture as it came in. It keeps its memory from frame to frame.
class Effects {
 public:
  /// The scene must have been made with Detail::Runs or more, and for frames of the size of the canvas.
  void draw(Canvas& canvas, const Scene& scene, const Look& look);

 private:
  /// The sources of one kind of region, made when they are used first.
  struct Sources {
    Effect effect = Effect::None;
    std::vector<std::unique_ptr<EffectSource>> items;
  };

  void find_objects(const Scene& scene, const Look& look, const composite::FrameView& frame);
  void load(const composite::FrameView& frame, bool loads_all) const;
  void join_objects(runs::Size frame);
  void make_background(const Picture& picture, bool shares);
  void make_objects(Effect effect, const Picture& picture);
  void join_into_one_region(runs::Size frame);
  void prepare_objects(Effect effect, const Picture& picture, const Look& look);
  EffectSource& source(Sources& sources, Effect effect, std::size_t index);
  EffectSource& source_of_object(Effect effect, std::size_t index);
  Picture make_copy(const Picture& picture, bool of_background, bool of_objects);

  RegionMaker regions_;
  // Of the objects that are shown:
  bool is_soft_ = false;
  std::vector<const runs::RunMask*> masks_;
  std::vector<const runs::CoverageMask*> coverages_;
  std::vector<Region> regions_of_objects_;
  // What is drawn of an object, with what it shares with later ones:
  std::vector<runs::RunMask> drawn_;
  std::vector<runs::CoverageMask> drawn_coverages_;
  std::vector<const runs::RunMask*> later_;
  std::vector<const runs::CoverageMask*> later_coverages_;
  // All objects, and all but them:
  runs::RunMask objects_runs_;
  runs::CoverageMask objects_coverage_;
  runs::RunMask background_runs_;
  runs::CoverageMask background_coverage_;
  runs::RunMask background_drawn_;
  runs::CoverageMask background_drawn_coverage_;
  Region background_;
  Sources object_sources_;
  Sources background_sources_;
  std::array<std::vector<std::uint8_t>, 4> copy_;  ///< planes of the frame
};

}  // namespace sam2::drawing
