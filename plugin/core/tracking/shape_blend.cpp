// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tracking/shape_blend.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "tracking/overlap.hpp"

namespace sam2::tracking {
namespace {

using masks::Box;
using masks::RunMask;
using masks::Size;

/// Below it, outlines that move towards each other leave little of either in between.
constexpr double kLeastLikeness = 0.2;
/// Larger shapes are not blended, as it takes memory for each of their pixels.
constexpr std::int64_t kMostPixels = std::int64_t{1} << 23;

std::uint64_t area_of(const RunMask& mask) {
  std::uint64_t area = 0;
  for (const auto& span : mask.spans()) area += static_cast<std::uint64_t>(span.end - span.begin);
  return area;
}

/// Intersection over union.
double likeness(const RunMask& a, const RunMask& b) {
  const auto common = overlap(a, {}, b);
  return static_cast<double>(common) /
         static_cast<double>(std::max<std::uint64_t>(area_of(a) + area_of(b) - common, 1));
}

Box join(const Box& a, const Box& b) {
  const auto left = std::min(a.left, b.left);
  const auto top = std::min(a.top, b.top);
  return {left, top, std::max(a.left + a.width, b.left + b.width) - left,
          std::max(a.top + a.height, b.top + b.height) - top};
}

/// Rounded to nearest; in whole numbers, so that what keeps its distance on the way keeps it here.
std::int32_t between(std::int32_t begin, std::int32_t end, std::int32_t part) {
  constexpr std::int64_t kWhole = ShapeBlend::kWhole;
  return static_cast<std::int32_t>((begin * (kWhole - part) + std::int64_t{end} * part + kWhole / 2) / kWhole);
}

}  // namespace

masks::Point point_after(std::int32_t part, masks::Point begin, masks::Point end) {
  const auto share = static_cast<double>(part) / ShapeBlend::kWhole;
  return {begin.x + (end.x - begin.x) * share, begin.y + (end.y - begin.y) * share};
}

void fit_box(const RunMask& mask, const Box& from, const Box& to, RunMask& fitted) {
  const auto first_pixel = [&](std::int32_t position) {
    const auto inside = std::int64_t{std::clamp(position - from.left, 0, from.width)};
    const auto divisor = 2 * std::int64_t{from.width};
    return to.left + static_cast<std::int32_t>((2 * inside * to.width - from.width + divisor - 1) / divisor);
  };
  fitted.reset(to.top);
  std::int32_t row_before = -1;
  for (std::int32_t y = 0; y < to.height; ++y) {
    const auto row = static_cast<std::int32_t>((2 * std::int64_t{y} + 1) * from.height / (2 * to.height));
    if (std::exchange(row_before, row) == row) {
      fitted.repeat_row();
      continue;
    }
    for (const auto& span : mask.row(from.top + row)) fitted.add_span(first_pixel(span.begin), first_pixel(span.end));
    fitted.end_row();
  }
}

Box ShapeBlend::box_after(std::int32_t part) const {
  const auto left = between(begin_.left, end_.left, part);
  const auto top = between(begin_.top, end_.top, part);
  const auto right = between(begin_.left + begin_.width, end_.left + end_.width, part);
  const auto bottom = between(begin_.top + begin_.height, end_.top + end_.height, part);
  return {left, top, std::max(right - left, 1), std::max(bottom - top, 1)};
}

void ShapeBlend::make_shape(std::int32_t part) {
  shape_.reset(0);
  std::size_t stretch = 0;
  std::size_t change = 0;
  for (const auto row_end : row_ends_) {
    for (; stretch < row_end; ++stretch) {
      const auto& pixels = stretches_[stretch];
      if (!pixels.changes) {
        shape_.add_span(pixels.begin, pixels.end);
        continue;
      }
      for (auto x = pixels.begin; x < pixels.end; ++x) {
        const auto place = changes_[change++];
        if (place > 0 ? part < place : part > -place) shape_.add_span(x, x + 1);
      }
    }
    shape_.end_row();
  }
}

void ShapeBlend::make(std::int32_t part, RunMask& mask) {
  if (is_blended_) make_shape(part);
  const auto& shape = is_blended_ ? shape_ : shapes_[2 * part < kWhole ? 0 : 1];
  fit_box(shape, {0, 0, size_.width, size_.height}, box_after(part), mask);
}

/// City-block distance of each pixel of `size` from the nearest one on the other side of the outline; negative outside.
/// What is beyond `size` is outside.
void ShapeBlender::measure(const RunMask& mask, Size size, Distances& distances) {
  constexpr std::int32_t kFar = std::numeric_limits<std::int32_t>::max() / 2;
  const auto width = static_cast<std::size_t>(size.width);
  const auto height = static_cast<std::size_t>(size.height);
  distances.assign(width * height, -kFar);
  for (std::int32_t y = 0; y < size.height; ++y) {
    auto* const row = distances.data() + static_cast<std::size_t>(y) * width;
    for (const auto& span : mask.row(y)) std::fill(row + span.begin, row + span.end, kFar);
  }
  // One step from a pixel to its neighbour.
  const auto step = [](std::int32_t& distance, std::int32_t neighbour) {
    if (distance > 0) {
      distance = std::min(distance, std::max(neighbour, 0) + 1);
    } else {
      distance = std::max(distance, std::min(neighbour, 0) - 1);
    }
  };
  const auto pass = [&](std::ptrdiff_t first, std::ptrdiff_t direction) {
    for (std::size_t y = 0; y < height; ++y) {
      for (std::size_t x = 0; x < width; ++x) {
        auto& distance = distances[static_cast<std::size_t>(first)];
        // Beyond the edge is outside, but how far from the outline is not known.
        if (x > 0 || distance > 0) step(distance, x > 0 ? distances[static_cast<std::size_t>(first - direction)] : 0);
        if (y > 0 || distance > 0) {
          const auto above = first - direction * static_cast<std::ptrdiff_t>(width);
          step(distance, y > 0 ? distances[static_cast<std::size_t>(above)] : 0);
        }
        first += direction;
      }
    }
  };
  pass(0, 1);
  pass(static_cast<std::ptrdiff_t>(width * height) - 1, -1);
}

void ShapeBlender::find_changes(ShapeBlend& blend) {
  const auto size = blend.size_;
  for (std::size_t i = 0; i < 2; ++i) measure(placed_[i], size, distances_[i]);
  const auto* from = distances_[0].data();
  const auto* to = distances_[1].data();
  for (std::int32_t y = 0; y < size.height; ++y) {
    for (std::int32_t x = 0; x < size.width; ++x, ++from, ++to) {
      if (*from < 0 && *to < 0) continue;
      const bool changes = (*from > 0) != (*to > 0);
      const auto row_begin = blend.row_ends_.empty() ? 0 : blend.row_ends_.back();
      auto& stretches = blend.stretches_;
      const bool continues =
          stretches.size() > row_begin && stretches.back().end == x && stretches.back().changes == changes;
      if (!continues) stretches.push_back({x, x, changes});
      stretches.back().end = x + 1;
      if (!changes) continue;
      // An outline runs between pixels, half a step from either.
      const auto before = 2 * std::int64_t{std::abs(*from)} - 1;
      const auto behind = 2 * std::int64_t{std::abs(*to)} - 1;
      const auto place = (2 * before * ShapeBlend::kWhole + before + behind) / (2 * (before + behind));
      blend.changes_.push_back(static_cast<std::int16_t>(*from > 0 ? place : -place));
    }
    blend.row_ends_.push_back(blend.stretches_.size());
  }
}

void ShapeBlender::set(ShapeBlend& blend, const RunMask& from, const Box& from_box, const RunMask& to,
                       const Box& to_box) {
  const auto place = [&](const Box& begin, const Box& end) {
    blend.begin_ = begin;
    blend.end_ = end;
    blend.size_ = {std::max(begin.width, end.width), std::max(begin.height, end.height)};
    const Box whole{0, 0, blend.size_.width, blend.size_.height};
    fit_box(from, begin, whole, placed_[0]);
    fit_box(to, end, whole, placed_[1]);
  };
  blend.row_ends_.clear();
  blend.stretches_.clear();
  blend.changes_.clear();
  place(from_box, to_box);
  const auto moved = likeness(placed_[0], placed_[1]);
  const auto still = likeness(from, to);
  if (still >= moved) {
    const auto both = join(from_box, to_box);
    place(both, both);
  }
  const auto pixels = std::int64_t{blend.size_.width} * blend.size_.height;
  blend.is_blended_ = std::max(moved, still) >= kLeastLikeness && pixels <= kMostPixels;
  if (blend.is_blended_) {
    find_changes(blend);
  } else {
    blend.shapes_ = placed_;
  }
}

}  // namespace sam2::tracking
