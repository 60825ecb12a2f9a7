// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <gst/video/video-overlay-composition.h>
#include <gst/video/video.h>

#include <cstdint>
#include <functional>
#include <vector>

#include "drawing/canvas.hpp"

namespace sam2::element {

/// Draws masks as overlay rectangles, which a sink draws on the frame. The composition is kept while the masks stay the
/// same, so that a sink uploads each rectangle once.
class Composition {
 public:
  Composition() = default;
  Composition(const Composition&) = delete;
  Composition& operator=(const Composition&) = delete;
  ~Composition() { clear(); }

  /// Drops the composition, since the next frame looks different.
  void clear();
  [[nodiscard]] bool is_drawn() const { return composition_ != nullptr; }

  /// Draws the objects of a frame.
  using Draw = std::function<void(drawing::Canvas&)>;
  /// Makes the composition of frames of `size` with `draw`.
  void draw(runs::Size size, const Draw& draw);

  /// Adds the rectangles to `buffer`, above the rectangles that it has already. `buffer` must be writable.
  void attach(GstBuffer* buffer) const;

 private:
  void add_rectangle(const runs::Box& box);
  void wipe(const runs::Box& box);

  runs::Size size_;
  /// A picture of the size of the frame, transparent between calls of draw().
  std::vector<std::uint8_t> pixels_;
  std::vector<runs::Box> boxes_;
  GstVideoOverlayComposition* composition_ = nullptr;
};

}  // namespace sam2::element
