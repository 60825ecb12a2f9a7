// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/video/video-overlay-composition.h>
#include <gst/video/video.h>

#include <cstdint>
#include <functional>
#include <vector>

#include "drawing/overlay_renderer.hpp"

namespace sam2::element {

/// Draws masks as overlay rectangles, which a sink puts on the frame. Keeps its picture, and keeps the composition as
/// long as it shows the same, so that a sink need not upload them again.
class Composition {
 public:
  Composition() = default;
  Composition(const Composition&) = delete;
  Composition& operator=(const Composition&) = delete;
  ~Composition() { clear(); }

  /// What is drawn next differs from what there is.
  void clear();
  [[nodiscard]] bool is_drawn() const { return composition_ != nullptr; }

  /// What draws a frame.
  using Draw = std::function<void(const drawing::Brush&, const composite::FrameView&)>;
  /// Draws what `draw` does on frames of `size`.
  void draw(runs::Size size, const Draw& draw);

  /// Adds the rectangles to `buffer`, which must be writable, on top of those that it has.
  void attach(GstBuffer* buffer) const;

 private:
  void add_rectangle(const runs::Box& box);
  void wipe(const runs::Box& box);

  runs::Size size_;
  /// A transparent picture of the whole frame.
  std::vector<std::uint8_t> pixels_;
  std::vector<runs::Box> boxes_;
  GstVideoOverlayComposition* composition_ = nullptr;
};

}  // namespace sam2::element
