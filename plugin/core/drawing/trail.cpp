// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include <algorithm>
#include <cmath>
#include <limits>

#include "drawing/drawings.hpp"

namespace sam2::drawing {
namespace {

/// Lines of a trail at most: half a minute of film. A file may have any number of masks in a second.
constexpr int kMaxTrailLines = 720;

runs::Point between(runs::Point a, runs::Point b, double part) {
  return {a.x + (b.x - a.x) * part, a.y + (b.y - a.y) * part};
}

/// Adds the trail of an object that reaches back by `length` ns.
void add_trail(const Scene& scene, const FrameObject& object, std::int64_t length, double line_width,
               composite::LineMaker& lines) {
  const auto now = scene.time_of(object);
  auto at = object.props.centroid;
  double age = 0;  // in trail lengths
  auto past = scene.past_of(object);
  for (int line = 0; line < kMaxTrailLines && age < 1 && past; ++line, past = scene.past_of(*past)) {
    auto next = past->centroid;
    auto next_age = (static_cast<double>(now) - static_cast<double>(past->time)) / static_cast<double>(length);
    if (!(next_age > age)) return;
    if (next_age > 1) {
      next = between(at, next, (1 - age) / (next_age - age));
      next_age = 1;
    }
    // A move by less than half a pixel adds nothing to see.
    if (next_age < 1 && std::hypot(next.x - at.x, next.y - at.y) < 0.5) continue;
    lines.add_line(at, next, line_width, static_cast<std::uint8_t>(std::lround(255 * (1 - (age + next_age) / 2))));
    at = next;
    age = next_age;
  }
}

}  // namespace

void draw_trails(Canvas& canvas, const Scene& scene, const Look& look, Tools& tools) {
  if (look.trail_length == 0) return;
  const auto length =
      static_cast<std::int64_t>(std::min<std::uint64_t>(look.trail_length, std::numeric_limits<std::int64_t>::max()));
  scene.for_each_shown(look, [&](const FrameObject& object, composite::Rgb color) {
    tools.lines.reset(canvas.size());
    add_trail(scene, object, length, line_width_of(look, canvas.size()), tools.lines);
    tools.lines.finish(tools.coverage);
    canvas.draw(tools.coverage, {color, 255});
  });
}

}  // namespace sam2::drawing
