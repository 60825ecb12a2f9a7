// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include <array>
#include <charconv>
#include <cmath>

#include "drawing/drawings.hpp"
#include "drawing/plate.hpp"

namespace sam2::drawing {
namespace {

void write_label(const FrameObject& object, std::string& text) {
  std::array<char, 32> digits;
  text = object.info->label;
  if (text.empty()) {
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), object.info->id).ptr;
    text.assign(digits.data(), end);
  } else if (std::isfinite(object.score) && std::abs(object.score) < 1e6) {
    const auto end =
        std::to_chars(digits.data(), digits.data() + digits.size(), object.score, std::chars_format::fixed, 2).ptr;
    text.append(" ").append(digits.data(), end);
  }
}

}  // namespace

void draw_labels(Canvas& canvas, const Scene& scene, const Look& look, Tools& tools) {
  scene.for_each_shown(look, [&](const FrameObject& object, composite::Rgb color) {
    write_label(object, tools.text);
    draw_plate(canvas, object.props.box.left, object.props.box.top, color, tools);
  });
}

}  // namespace sam2::drawing
