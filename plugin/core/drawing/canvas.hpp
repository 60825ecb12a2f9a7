// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <vector>

#include "composite/painter.hpp"
#include "runs/bounds.hpp"

namespace sam2::drawing {

/// A frame to draw on. It can keep the boxes of what was drawn.
class Canvas {
 public:
  /// `boxes`, if given, gets the box of each mask that is drawn. `painter` must outlive the canvas.
  Canvas(const composite::FrameView& frame, const composite::Painter& painter, std::vector<runs::Box>* boxes = nullptr)
      : frame_(frame), painter_(painter), boxes_(boxes) {}

  /// Frame pixels.
  [[nodiscard]] runs::Size size() const { return {frame_.width, frame_.height}; }

  [[nodiscard]] const composite::FrameView& frame() const { return frame_; }
  [[nodiscard]] const composite::FrameFormat& format() const { return painter_.format(); }
  [[nodiscard]] const composite::ColorEncoding& encoding() const { return painter_.encoding(); }
  [[nodiscard]] const composite::RowKernels& row_kernels() const { return painter_.row_kernels(); }

  /// Draws a RunMask or a CoverageMask in frame pixels. Pixels outside the frame are left out.
  template <typename Mask>
  void draw(const Mask& mask, const composite::Paint& paint) {
    painter_.draw(frame_, mask, paint);
    if (boxes_ != nullptr) add_box(mask);
  }

  /// Mixes samples with values of their channels.
  template <typename Mask>
  void mix(const Mask& mask, const composite::ChannelMix& mix) {
    painter_.mix(frame_, mask, mix);
    if (boxes_ != nullptr) add_box(mask);
  }

  /// Draws the samples of `source` in place of a colour. Alpha stays as it is.
  template <typename Mask>
  void draw(const Mask& mask, composite::RowSource& source) {
    painter_.draw(frame_, mask, source, 255, composite::Samples::Color);
    if (boxes_ != nullptr) add_box(mask);
  }

 private:
  template <typename Mask>
  void add_box(const Mask& mask) {
    const runs::Size frame{frame_.width, frame_.height};
    const auto bounds = runs::clipped(runs::bounds_of(mask, 0, frame.height), frame);
    if (bounds.empty()) return;
    boxes_->push_back({bounds.left, bounds.top, bounds.right - bounds.left, bounds.bottom - bounds.top});
  }

  composite::FrameView frame_;
  const composite::Painter& painter_;
  std::vector<runs::Box>* boxes_;
};

}  // namespace sam2::drawing
