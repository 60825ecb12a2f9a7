// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string_view>

#include "drawing/drawings.hpp"
#include "drawing/plate.hpp"

namespace sam2::drawing {
namespace {

// White on black is legible on any picture and beside the colours of all palettes.
constexpr composite::Rgb kWhite{255, 255, 255};
constexpr composite::Rgb kBlack{0, 0, 0};

/// A point in fractions of the frame as pixel indices: the first pixel has its centre half a pixel from the edge.
runs::Point pixel_of(runs::Point place, runs::Size frame) {
  return {place.x * frame.width - 0.5, place.y * frame.height - 0.5};
}

/// Adds an arrow from the middle of the line to its side `in`.
void add_arrow(runs::Point a, runs::Point b, double line_width, double pen, composite::LineMaker& lines) {
  const auto length = std::hypot(b.x - a.x, b.y - a.y);
  if (!(length > 0)) return;
  // To the left of somebody who walks from a to b, as y grows downwards.
  const runs::Point ahead{(b.y - a.y) / length, (a.x - b.x) / length};
  const runs::Point middle{(a.x + b.x) / 2, (a.y + b.y) / 2};
  const auto at = [&](double forwards, double sideways) {
    return runs::Point{middle.x + line_width * (forwards * ahead.x - sideways * ahead.y),
                       middle.y + line_width * (forwards * ahead.y + sideways * ahead.x)};
  };
  constexpr double kLength = 12;
  constexpr double kHead = 4;
  lines.add_line(middle, at(kLength, 0), pen, 255);
  lines.add_line(at(kLength - kHead, kHead), at(kLength, 0), pen, 255);
  lines.add_line(at(kLength - kHead, -kHead), at(kLength, 0), pen, 255);
}

void draw_outline(Canvas& canvas, const tracking::Zone& zone, double line_width, double pen, composite::Rgb color,
                  Tools& tools) {
  const auto size = canvas.size();
  tools.lines.reset(size);
  auto last = pixel_of(zone.points.back(), size);
  for (const auto point : zone.points) {
    const auto next = pixel_of(point, size);
    tools.lines.add_line(last, next, pen, 255);
    last = next;
  }
  if (zone.is_line()) add_arrow(pixel_of(zone.points[0], size), last, line_width, pen, tools.lines);
  tools.lines.finish(tools.coverage);
  canvas.draw(tools.coverage, {color, 255});
}

void append(std::string& text, std::string_view words, std::uint64_t number) {
  std::array<char, 24> digits;
  auto* const end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  text.append(words).append(digits.data(), end);
}

/// Name and counts: "gate: in 3, out 2" or "door: 1 (in 3, out 2)".
void write_counts(const FrameZone& zone, std::string& text) {
  text = zone.zone->name;
  const bool is_line = zone.zone->is_line();
  if (!is_line) append(text, ": ", zone.inside);
  append(text, is_line ? ": in " : " (in ", zone.counts.in);
  append(text, ", out ", zone.counts.out);
  if (!is_line) text += ')';
}

}  // namespace

void draw_zones(Canvas& canvas, const Scene& scene, const Look& look, Tools& tools) {
  const auto size = canvas.size();
  const double line_width = line_width_of(look, size);
  const double rim = std::max(1.0, line_width / 2);
  for (const auto& zone : scene.zones()) {
    draw_outline(canvas, *zone.zone, line_width, line_width + 2 * rim, kBlack, tools);
    draw_outline(canvas, *zone.zone, line_width, line_width, kWhite, tools);
  }
  // Last, so that no line of another zone runs through a text.
  for (const auto& zone : scene.zones()) {
    write_counts(zone, tools.text);
    const auto highest = pixel_of(*std::ranges::min_element(zone.zone->points, {}, &runs::Point::y), size);
    draw_plate(canvas, static_cast<std::int32_t>(std::lround(highest.x)),
               static_cast<std::int32_t>(std::lround(highest.y)), kWhite, tools);
  }
}

}  // namespace sam2::drawing
