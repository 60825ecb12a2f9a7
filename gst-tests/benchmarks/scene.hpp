// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "composite/painter.hpp"
#include "runs/run_mask.hpp"

namespace sam2::benchmark {

struct Size {
  int width;
  int height;
};

/// Objects with wavy outlines side by side, which cover `percent` of a frame together; 100 is one mask over all of it.
struct Scene {
  Size size;
  int percent;
  int objects;
  std::vector<runs::RunMask> masks;

  Scene(Size size_, int percent_, int objects_) : size(size_), percent(percent_), objects(objects_) {
    if (percent == 100) {
      masks.emplace_back().reset(0);
      for (int y = 0; y < size.height; ++y) {
        masks[0].add_span(0, size.width);
        masks[0].end_row();
      }
      return;
    }
    const double radius = std::sqrt(percent / 100.0 * size.width * size.height / objects / std::numbers::pi);
    const int columns = int(std::ceil(std::sqrt(objects * 16 / 9.0)));
    const int rows = (objects + columns - 1) / columns;
    for (int i = 0; i < objects; ++i) {
      add_object((i % columns + 0.5) * size.width / columns, (i / columns + 0.5) * size.height / rows, radius);
    }
  }

  static composite::Rgb color(std::size_t object) {
    return composite::palette_color(composite::Palette::Tab10, std::int64_t(object));
  }

 private:
  void add_object(double center_x, double center_y, double radius) {
    const auto is_inside = [&](int x, int y) {
      const double dx = x - center_x;
      const double dy = y - center_y;
      const double angle = std::atan2(dy, dx);
      return std::hypot(dx, dy) < radius * (1 + 0.12 * std::sin(5 * angle) + 0.02 * std::sin(37 * angle));
    };
    const auto reach = int(1.2 * radius) + 1;
    const int left = std::max(0, int(center_x) - reach);
    const int right = std::min(size.width, int(center_x) + reach);
    const int top = std::max(0, int(center_y) - reach);
    const int bottom = std::min(size.height, int(center_y) + reach);
    auto& mask = masks.emplace_back();
    mask.reset(top);
    for (int y = top; y < bottom; ++y) {
      for (int x = left; x < right; ++x) {
        if (is_inside(x, y)) mask.add_span(x, x + 1);
      }
      mask.end_row();
    }
  }
};

}  // namespace sam2::benchmark
