// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "composite/shapes.hpp"

#include <algorithm>
#include <cmath>

namespace sam2::composite {

void make_disc(runs::Point center, std::int32_t radius, runs::Size frame, runs::RunMask& disc) {
  disc.reset(0);
  // Also false for a centre that is not a number.
  const double reach = radius + 1.0;
  const bool near =
      center.x > -reach && center.x < frame.width + reach && center.y > -reach && center.y < frame.height + reach;
  if (!near) return;
  const std::int64_t cx = std::llround(center.x);
  const std::int64_t cy = std::llround(center.y);
  const auto limit = std::int64_t{radius} * (std::int64_t{radius} + 1);
  const auto first = std::max<std::int64_t>(cy - radius, 0);
  const auto last = std::min<std::int64_t>(cy + radius, std::int64_t{frame.height} - 1);
  const auto column = [&](std::int64_t x) {
    return static_cast<std::int32_t>(std::clamp<std::int64_t>(x, 0, frame.width));
  };

  disc.reset(static_cast<std::int32_t>(first));
  std::int64_t half = 0;
  for (auto y = first; y <= last; ++y) {
    const auto room = limit - (y - cy) * (y - cy);
    while ((half + 1) * (half + 1) <= room) ++half;
    while (half * half > room) --half;
    disc.add_span(column(cx - half), column(cx + half + 1));
    disc.end_row();
  }
}

void make_box_outline(const runs::Box& box, std::int32_t line_width, runs::RunMask& outline) {
  outline.reset(box.top);
  const auto right = box.left + box.width;
  const auto bottom = box.top + box.height;
  const auto width = std::min(line_width, box.width);
  for (auto y = box.top; y < bottom; ++y) {
    if (y - box.top < line_width || bottom - y <= line_width) {
      outline.add_span(box.left, right);
    } else {
      outline.add_span(box.left, box.left + width);
      outline.add_span(right - width, right);
    }
    outline.end_row();
  }
}

void make_box(const runs::Box& box, runs::Size frame, runs::RunMask& mask) {
  const auto top = std::max(box.top, 0);
  mask.reset(top);
  for (auto y = top; y < std::min(box.top + box.height, frame.height); ++y) {
    mask.add_span(std::max(box.left, 0), std::min(box.left + box.width, frame.width));
    mask.end_row();
  }
}

}  // namespace sam2::composite
