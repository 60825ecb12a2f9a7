// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "drawing/plate.hpp"

#include <algorithm>

#include "composite/shapes.hpp"

namespace sam2::drawing {
namespace {

std::int32_t text_height(runs::Size frame) {
  constexpr std::int32_t kRowsPerPixel = 40;
  constexpr std::int32_t kLeast = 10;
  return std::max(kLeast, frame.height / kRowsPerPixel);
}

/// Black or white, whichever stands out more from `background`.
composite::Rgb text_color(composite::Rgb background) {
  constexpr double kMiddle = 140;
  const auto luma = 0.299 * background.red + 0.587 * background.green + 0.114 * background.blue;
  return luma > kMiddle ? composite::Rgb{0, 0, 0} : composite::Rgb{255, 255, 255};
}

}  // namespace

void draw_plate(Canvas& canvas, std::int32_t left, std::int32_t top, composite::Rgb color, Tools& tools) {
  const auto size = canvas.size();
  const auto height = text_height(size);
  const auto margin = std::max(1, height / 6);
  const auto& text = tools.texts.render(tools.text, height, std::max(1, size.width - 2 * margin));
  runs::Box box{left, top, text.size.width + 2 * margin, text.size.height};
  if (box.top >= box.height) box.top -= box.height;
  box.left = std::max(0, std::min(box.left, size.width - box.width));
  box.top = std::max(0, std::min(box.top, size.height - box.height));
  composite::make_box(box, size, tools.shape);
  canvas.draw(tools.shape, {color, 255});
  blit_text(text, box.left + margin, box.top, size, tools.coverage);
  canvas.draw(tools.coverage, {text_color(color), 255});
}

}  // namespace sam2::drawing
