// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "tracking/mask_morph.hpp"

#include <algorithm>
#include <cstdlib>
#include <span>
#include <utility>

#include "runs/overlap.hpp"

namespace sam2::tracking {
namespace {

using runs::Box;
using runs::RunMask;
using runs::Size;

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

/// More than any distance in what is blended.
constexpr std::int16_t kFar = 30000;

/// Distances along a row alone.
void measure_row(std::span<const runs::Span> spans, std::span<std::int16_t> row) {
  const auto fill = [&](std::int32_t begin, std::int32_t end, bool is_inside, bool has_left, bool has_right) {
    for (auto x = begin; x < end; ++x) {
      const auto left = has_left ? x - begin + 1 : kFar;
      const auto right = has_right ? end - x : kFar;
      const auto distance = static_cast<std::int16_t>(std::min(left, right));
      row[static_cast<std::size_t>(x)] = is_inside ? distance : static_cast<std::int16_t>(-distance);
    }
  };
  std::int32_t gap = 0;
  for (const auto& span : spans) {
    fill(gap, span.begin, false, gap > 0, true);
    fill(span.begin, span.end, true, true, true);
    gap = span.end;
  }
  fill(gap, static_cast<std::int32_t>(row.size()), false, gap > 0, false);
}

/// Takes in what the row beside knows; for compilers to make vectors of.
void step(std::span<std::int16_t> row, const std::int16_t* beside) {
  for (std::size_t x = 0; x < row.size(); ++x) {
    const auto inside =
        std::min<std::int16_t>(row[x], static_cast<std::int16_t>(std::max<std::int16_t>(beside[x], 0) + 1));
    const auto outside =
        std::max<std::int16_t>(row[x], static_cast<std::int16_t>(std::min<std::int16_t>(beside[x], 0) - 1));
    row[x] = row[x] > 0 ? inside : outside;
  }
}

/// Asks of a row from left to right what is in its spans.
class SpanWalk {
 public:
  SpanWalk(std::span<const runs::Span> spans, std::int32_t width) : spans_(spans), width_(width) {}

  [[nodiscard]] bool is_inside(std::int32_t x) {
    while (!spans_.empty() && spans_.front().end <= x) spans_ = spans_.subspan(1);
    return !spans_.empty() && spans_.front().begin <= x;
  }
  /// Up to where it is as at `x`, which was asked of last.
  [[nodiscard]] std::int32_t until(std::int32_t x) const {
    if (spans_.empty()) return width_;
    return spans_.front().begin <= x ? spans_.front().end : spans_.front().begin;
  }

 private:
  std::span<const runs::Span> spans_;
  std::int32_t width_;
};

/// Rounds to nearest in whole numbers, so that edges of equal distance keep that distance.
std::int32_t between(std::int32_t begin, std::int32_t end, std::int32_t fraction) {
  constexpr std::int64_t kWhole = MaskMorph::kWhole;
  return static_cast<std::int32_t>((begin * (kWhole - fraction) + std::int64_t{end} * fraction + kWhole / 2) / kWhole);
}

}  // namespace

runs::Point point_after(std::int32_t fraction, runs::Point begin, runs::Point end) {
  const auto share = static_cast<double>(fraction) / MaskMorph::kWhole;
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

Box MaskMorph::box_after(std::int32_t fraction) const {
  const auto left = between(begin_.left, end_.left, fraction);
  const auto top = between(begin_.top, end_.top, fraction);
  const auto right = between(begin_.left + begin_.width, end_.left + end_.width, fraction);
  const auto bottom = between(begin_.top + begin_.height, end_.top + end_.height, fraction);
  return {left, top, std::max(right - left, 1), std::max(bottom - top, 1)};
}

void MaskMorph::make_shape(std::int32_t fraction) {
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
        if (place > 0 ? fraction < place : fraction > -place) shape_.add_span(x, x + 1);
      }
    }
    shape_.end_row();
  }
}

void MaskMorph::make(std::int32_t fraction, RunMask& mask) {
  if (is_blended_) make_shape(fraction);
  const auto& shape = is_blended_ ? shape_ : shapes_[2 * fraction < kWhole ? 0 : 1];
  fit_box(shape, {0, 0, size_.width, size_.height}, box_after(fraction), mask);
}

/// City-block distance of each pixel of `size` from the nearest one on the other side of the outline; negative outside.
/// What is beyond `size` is outside, but how far from the outline that is is not known.
void MaskMorpher::measure(const RunMask& mask, Size size, Distances& distances) {
  const auto width = static_cast<std::size_t>(size.width);
  const auto height = static_cast<std::size_t>(size.height);
  distances.resize(width * height);
  const auto row = [&](std::size_t y) { return distances.data() + y * width; };
  for (std::size_t y = 0; y < height; ++y) measure_row(mask.row(static_cast<std::int32_t>(y)), {row(y), width});
  const auto leave = [&](std::size_t y) {
    for (auto& distance : std::span(row(y), width)) distance = std::min<std::int16_t>(distance, 1);
  };
  leave(0);
  for (std::size_t y = 1; y < height; ++y) step({row(y), width}, row(y - 1));
  leave(height - 1);
  for (std::size_t y = height - 1; y > 0; --y) step({row(y - 1), width}, row(y));
}

void MaskMorpher::find_changes(MaskMorph& morph) {
  const auto size = morph.size_;
  for (std::size_t i = 0; i < 2; ++i) measure(placed_[i], size, distances_[i]);
  for (std::int32_t y = 0; y < size.height; ++y) {
    SpanWalk from(placed_[0].row(y), size.width);
    SpanWalk to(placed_[1].row(y), size.width);
    for (std::int32_t x = 0; x < size.width;) {
      const bool is_from = from.is_inside(x);
      const bool is_to = to.is_inside(x);
      const auto end = std::min(from.until(x), to.until(x));
      if (is_from || is_to) morph.stretches_.push_back({x, end, is_from != is_to});
      for (; x < end && is_from != is_to; ++x) morph.changes_.push_back(change_at(size.width, x, y));
      x = end;
    }
    morph.row_ends_.push_back(morph.stretches_.size());
  }
}

/// Returns the fraction at which a pixel changes that is in one of the masks only; see MaskMorph::changes_.
std::int16_t MaskMorpher::change_at(std::int32_t width, std::int32_t x, std::int32_t y) const {
  const auto index = static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x);
  const std::int32_t from = distances_[0][index];
  const std::int32_t to = distances_[1][index];
  // An outline runs between pixels, half a step from either.
  const auto before = 2 * std::abs(from) - 1;
  const auto behind = 2 * std::abs(to) - 1;
  const auto share = static_cast<float>(before) / static_cast<float>(before + behind);
  const auto place = static_cast<std::int16_t>(share * MaskMorph::kWhole + 0.5F);
  return from > 0 ? place : static_cast<std::int16_t>(-place);
}

void MaskMorpher::set(MaskMorph& morph, const RunMask& from, const Box& from_box, const RunMask& to,
                      const Box& to_box) {
  const auto place = [&](const Box& begin, const Box& end) {
    morph.begin_ = begin;
    morph.end_ = end;
    morph.size_ = {std::max(begin.width, end.width), std::max(begin.height, end.height)};
    const Box whole{0, 0, morph.size_.width, morph.size_.height};
    fit_box(from, begin, whole, placed_[0]);
    fit_box(to, end, whole, placed_[1]);
  };
  morph.row_ends_.clear();
  morph.stretches_.clear();
  morph.changes_.clear();
  place(from_box, to_box);
  const auto moved = likeness(placed_[0], placed_[1]);
  const auto still = likeness(from, to);
  if (still >= moved) {
    const auto both = join(from_box, to_box);
    place(both, both);
  }
  const auto& [width, height] = morph.size_;
  const bool is_small = std::int64_t{width} * height <= kMostPixels && width + height < kFar;
  morph.is_blended_ = std::max(moved, still) >= kLeastLikeness && is_small;
  if (morph.is_blended_) {
    find_changes(morph);
  } else {
    morph.shapes_ = placed_;
  }
}

}  // namespace sam2::tracking
