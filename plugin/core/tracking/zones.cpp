// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "tracking/zones.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "base/text.hpp"

namespace sam2::tracking {
namespace {

using runs::Point;

/// Fractions of the frame that are nearer than this are equal. It is far below a pixel and far above the rounding.
constexpr double kTolerance = 1e-9;

constexpr const char* kExample = "expected e.g. \"gate:0.5,0 0.5,1; door:0.1,0.2 0.3,0.2 0.3,0.5\"";

Error refusal(const std::string& text) {
  return {ErrorCode::Settings, "zones: " + text};
}

std::string quoted(std::string_view text) {
  // g++ 12 warns where a literal comes first.
  std::string quote(1, '"');
  return quote.append(printable(text)).append(1, '"');
}

/// Positive where `point` lies to the right of somebody who walks from `a` to `b` on a picture whose y grows downwards.
double cross(Point a, Point b, Point point) {
  return (b.x - a.x) * (point.y - a.y) - (b.y - a.y) * (point.x - a.x);
}

bool is_near_line(Point a, Point b, Point point) {
  return std::abs(cross(a, b, point)) <= kTolerance * std::hypot(b.x - a.x, b.y - a.y);
}

std::optional<double> parse_number(std::string_view text) {
  double number = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (status != std::errc{} || end != text.data() + text.size() || !std::isfinite(number)) return std::nullopt;
  return number;
}

Result<Point> parse_point(std::string_view text, const std::string& zone) {
  const auto comma = std::min(text.find(','), text.size());
  const auto x = parse_number(text.substr(0, comma));
  const auto y = parse_number(text.substr(std::min(comma + 1, text.size())));
  if (!x || !y) {
    return refusal("the point " + quoted(text) + " of zone " + quoted(zone) +
                   " is not x,y; write two numbers with a comma between them, and a blank between points");
  }
  const auto is_fraction = [](double number) { return number >= 0 && number <= 1; };
  if (!is_fraction(*x) || !is_fraction(*y)) {
    return refusal("the point " + quoted(text) + " of zone " + quoted(zone) +
                   " is not on the frame; expected fractions from 0 to 1: divide pixels by the width and the height of "
                   "the frame");
  }
  return Point{*x, *y};
}

/// Blanks and ends of lines: a long list may be written in several.
constexpr std::string_view kBlanks = " \t\r\n";

/// The parts of `text` between blanks.
std::vector<std::string_view> split_words(std::string_view text) {
  std::vector<std::string_view> words;
  for (auto begin = text.find_first_not_of(kBlanks); begin != std::string_view::npos;) {
    const auto end = std::min(text.find_first_of(kBlanks, begin), text.size());
    words.push_back(text.substr(begin, end - begin));
    begin = text.find_first_not_of(kBlanks, end);
  }
  return words;
}

std::string_view without_blanks(std::string_view text) {
  const auto begin = std::min(text.find_first_not_of(kBlanks), text.size());
  text.remove_prefix(begin);
  return text.substr(0, text.find_last_not_of(kBlanks) + 1);
}

/// True if there is nothing between the points: they are one, or those of an area lie on a line.
bool is_flat(const Zone& zone) {
  const auto& points = zone.points;
  const auto farthest = std::ranges::max_element(
      points, {}, [&](Point point) { return std::hypot(point.x - points[0].x, point.y - points[0].y); });
  if (std::hypot(farthest->x - points[0].x, farthest->y - points[0].y) <= kTolerance) return true;
  return !zone.is_line() &&
         std::ranges::all_of(points, [&](Point point) { return is_near_line(points[0], *farthest, point); });
}

Result<Zone> parse_zone(std::string_view text) {
  const auto colon = text.find(':');
  Zone zone;
  if (colon != std::string_view::npos) zone.name = clean_utf8(without_blanks(text.substr(0, colon)));
  if (zone.name.empty()) return refusal(quoted(text) + " has no name; " + kExample);
  for (const auto word : split_words(text.substr(colon + 1))) {
    auto point = parse_point(word, zone.name);
    if (!point) return std::move(point).error();
    zone.points.push_back(*point);
  }
  if (zone.points.size() < 2) {
    return refusal("zone " + quoted(zone.name) + " has " + (zone.points.empty() ? "no point" : "one point") +
                   "; expected two for a line, and three or more for an area");
  }
  if (is_flat(zone)) {
    return refusal("zone " + quoted(zone.name) + " is empty: its points are " +
                   (zone.is_line() ? "the same; expected two different ones"
                                   : "on one line; expected the corners of an area, or two points for a line"));
  }
  return zone;
}

}  // namespace

bool operator==(const Zone& a, const Zone& b) {
  const auto is_same = [](Point p, Point q) { return p.x == q.x && p.y == q.y; };
  return a.name == b.name && std::ranges::equal(a.points, b.points, is_same);
}

Result<Zones> parse_zones(std::string_view text) {
  Zones zones;
  for (std::size_t begin = 0; begin <= text.size();) {
    const auto end = std::min(text.find(';', begin), text.size());
    const auto part = without_blanks(text.substr(begin, end - begin));
    begin = end + 1;
    if (part.empty()) continue;
    auto zone = parse_zone(part);
    if (!zone) return std::move(zone).error();
    if (std::ranges::find(zones, zone->name, &Zone::name) != zones.end()) {
      return refusal("two zones are called " + quoted(zone->name) +
                     "; give each a name of its own, since messages name the zone");
    }
    zones.push_back(*std::move(zone));
  }
  return zones;
}

Side side_of(const Zone& line, Point point) {
  const auto a = line.points[0];
  const auto b = line.points[1];
  if (is_near_line(a, b, point)) return Side::On;
  return cross(a, b, point) < 0 ? Side::In : Side::Out;
}

bool crosses(const Zone& line, Point from, Point to) {
  const auto a = line.points[0];
  const auto b = line.points[1];
  auto leaves = from;
  if (side_of(line, from) != Side::On) {
    const auto before = cross(a, b, from);
    const auto part = before / (before - cross(a, b, to));
    leaves = {from.x + part * (to.x - from.x), from.y + part * (to.y - from.y)};
  }
  const auto length = std::hypot(b.x - a.x, b.y - a.y);
  const auto along = ((leaves.x - a.x) * (b.x - a.x) + (leaves.y - a.y) * (b.y - a.y)) / length;
  return along >= -kTolerance && along <= length + kTolerance;
}

bool contains(const Zone& area, Point point) {
  bool is_inside = false;
  auto last = area.points.back();
  for (const auto next : area.points) {
    // Always downwards, so that two areas that share an edge round alike.
    const auto top = next.y < last.y ? next : last;
    const auto bottom = next.y < last.y ? last : next;
    last = next;
    const bool is_beside = top.y <= point.y && point.y < bottom.y;
    // The edge is to the left of the point, or the point is on it.
    const bool is_right_of_edge = cross(top, bottom, point) < 0 || is_near_line(top, bottom, point);
    if (is_beside && is_right_of_edge) is_inside = !is_inside;
  }
  return is_inside;
}

}  // namespace sam2::tracking
