// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "composite/polyline.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace sam2::composite {
namespace {

using runs::Point;

/// The part of a line's row that is known so far.
struct Reach {
  double begin = std::numeric_limits<double>::infinity();
  double end = -std::numeric_limits<double>::infinity();

  void add(double x) {
    begin = std::min(begin, x);
    end = std::max(end, x);
  }
};

void add_disc(Point center, double radius, double y, Reach& reach) {
  const auto room = radius * radius - (y - center.y) * (y - center.y);
  if (room < 0) return;
  reach.add(center.x - std::sqrt(room));
  reach.add(center.x + std::sqrt(room));
}

/// Where the row at `y` cuts the edge from a to b.
void add_edge(Point a, Point b, double y, Reach& reach) {
  if (a.y == b.y || std::min(a.y, b.y) > y || std::max(a.y, b.y) < y) return;
  reach.add(a.x + (b.x - a.x) * (y - a.y) / (b.y - a.y));
}

}  // namespace

void LineMaker::reset(runs::Size frame) {
  frame_ = frame;
  pieces_.clear();
}

void LineMaker::add_line(Point from, Point to, double width, std::uint8_t coverage) {
  const auto reaches_frame = [&](Point p) {
    const double far = 2.0 * (frame_.width + frame_.height);
    // Also false for what is not a number.
    return p.x > -far && p.y > -far && p.x < frame_.width + far && p.y < frame_.height + far;
  };
  if (coverage == 0 || !reaches_frame(from) || !reaches_frame(to)) return;
  const auto radius = width / 2;
  const auto length = std::hypot(to.x - from.x, to.y - from.y);
  const Point side = length > 0 ? Point{(from.y - to.y) * radius / length, (to.x - from.x) * radius / length} : Point{};
  const auto first = static_cast<std::int32_t>(std::max(0.0, std::ceil(std::min(from.y, to.y) - radius)));
  const auto last =
      static_cast<std::int32_t>(std::min(frame_.height - 1.0, std::floor(std::max(from.y, to.y) + radius)));
  for (auto y = first; y <= last; ++y) {
    // The line is convex, and so is what a row has of it.
    Reach reach;
    add_disc(from, radius, y, reach);
    add_disc(to, radius, y, reach);
    add_edge({from.x + side.x, from.y + side.y}, {to.x + side.x, to.y + side.y}, y, reach);
    add_edge({from.x - side.x, from.y - side.y}, {to.x - side.x, to.y - side.y}, y, reach);
    const auto begin = std::max(0.0, std::ceil(reach.begin));
    const auto end = std::min<double>(frame_.width, std::floor(reach.end) + 1);
    if (begin < end) pieces_.push_back({y, static_cast<std::int32_t>(begin), static_cast<std::int32_t>(end), coverage});
  }
}

void LineMaker::finish(runs::CoverageMask& lines) {
  std::ranges::sort(pieces_, {}, [](const Piece& piece) { return std::pair(piece.row, piece.begin); });
  lines.reset(pieces_.empty() ? 0 : pieces_.front().row);
  for (std::size_t first = 0; first < pieces_.size();) {
    auto last = first;
    while (last < pieces_.size() && pieces_[last].row == pieces_[first].row) ++last;
    while (lines.bottom() < pieces_[first].row) lines.end_row();
    finish_row(first, last, lines);
    first = last;
  }
}

void LineMaker::finish_row(std::size_t first, std::size_t last, runs::CoverageMask& lines) {
  if (last - first == 1) {
    lines.add_span(pieces_[first].begin, pieces_[first].end, pieces_[first].coverage);
    lines.end_row();
    return;
  }
  edges_.clear();
  for (auto i = first; i < last; ++i) edges_.insert(edges_.end(), {pieces_[i].begin, pieces_[i].end});
  std::ranges::sort(edges_);
  for (std::size_t i = 0; i + 1 < edges_.size(); ++i) {
    while (first < last && pieces_[first].end <= edges_[i]) ++first;
    std::uint8_t coverage = 0;
    // Those that begin later come later.
    for (auto piece = first; piece < last && pieces_[piece].begin <= edges_[i]; ++piece) {
      if (pieces_[piece].end > edges_[i]) coverage = std::max(coverage, pieces_[piece].coverage);
    }
    lines.add_span(edges_[i], edges_[i + 1], coverage);
  }
  lines.end_row();
}

}  // namespace sam2::composite
