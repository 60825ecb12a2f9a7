// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "runs/geometry.hpp"

namespace sam2::tracking {

/// A line or an area of the frame that objects cross, enter and leave. Points are in fractions of the frame: (0, 0) is
/// the upper left corner of its first pixel, (1, 1) the lower right corner of its last one.
struct Zone {
  std::string name;
  std::vector<runs::Point> points;  ///< two: a line; more: the corners of an area

  [[nodiscard]] bool is_line() const { return points.size() == 2; }

  friend bool operator==(const Zone& a, const Zone& b);
};

using Zones = std::vector<Zone>;

/// Parses zones such as "gate:0.5,0 0.5,1; door:0.1,0.2 0.3,0.2 0.3,0.5". Empty text is no zone. Errors: Settings,
/// naming the zone, and the point where there is one.
[[nodiscard]] Result<Zones> parse_zones(std::string_view text);

enum class Side { Out = -1, On = 0, In = 1 };

/// The side of `line` on which `point` lies. In is the left hand of somebody who walks on the picture from the first
/// point (x1, y1) of the line to the second one (x2, y2): (x2 - x1) (y - y1) - (y2 - y1) (x - x1) < 0.
[[nodiscard]] Side side_of(const Zone& line, runs::Point point);

/// True if an object that moves straight from `from` to `to` leaves the line between its ends, which belong to it. `to`
/// must lie beside the line, and `from` on the line or on its other side.
[[nodiscard]] bool crosses(const Zone& line, runs::Point from, runs::Point to);

/// True if `point` lies in the area, by the even-odd rule. Left and upper edges belong to the area, right and lower
/// ones do not, as with pixels: a point on an edge that two areas share lies in one of them.
[[nodiscard]] bool contains(const Zone& area, runs::Point point);

}  // namespace sam2::tracking
