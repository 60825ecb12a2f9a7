// SPDX-License-Identifier: LGPL-2.1-or-later
#include "masks/axis_probe.hpp"

#include <algorithm>
#include <cstdint>
#include <span>
#include <tuple>

namespace sam2::masks {
namespace {

/// Frames of the slowest videos overlap by more, objects by less.
constexpr double kVideoOverlap = 0.3;

std::uint64_t area_of(std::span<const ValueSpan> spans) {
  std::uint64_t area = 0;
  for (const auto& span : spans) area += static_cast<std::uint64_t>(span.end - span.begin);
  return area;
}

std::uint64_t intersection_of(std::span<const ValueSpan> a, std::span<const ValueSpan> b) {
  std::uint64_t area = 0;
  while (!a.empty() && !b.empty()) {
    const auto& x = a.front();
    const auto& y = b.front();
    if (x.row == y.row) {
      const int common = std::min(x.end, y.end) - std::max(x.begin, y.begin);
      area += static_cast<std::uint64_t>(std::max(common, 0));
    }
    auto& first_to_end = std::tie(x.row, x.end) < std::tie(y.row, y.end) ? a : b;
    first_to_end = first_to_end.subspan(1);
  }
  return area;
}

/// As numpy.median.
double median_of(std::vector<double> numbers) {
  std::ranges::sort(numbers);
  const auto middle = numbers.size() / 2;
  return numbers.size() % 2 == 1 ? numbers[middle] : (numbers[middle - 1] + numbers[middle]) / 2;
}

}  // namespace

void AxisProbe::add(const PlaneRuns& plane) {
  for (const auto& span : plane.spans) {
    has_value_above_1_ |= span.value > 1;
    has_other_than_255_ |= span.value != 255;
  }
  const auto total = area_of(previous_) + area_of(plane.spans);
  if (total > 0 && has_previous_) {
    const auto common = intersection_of(previous_, plane.spans);
    overlaps_.push_back(static_cast<double>(common) / static_cast<double>(total - common));
  }
  ++planes_;
  has_previous_ = true;
  previous_ = plane.spans;
}

char AxisProbe::decide(bool may_be_labels) const {
  if (may_be_labels && has_value_above_1_ && has_other_than_255_) return 'T';
  // No tool saves empty masks of objects in such numbers.
  if (overlaps_.empty()) return planes_ >= kPlanes ? 'T' : 'N';
  return median_of(overlaps_) >= kVideoOverlap ? 'T' : 'N';
}

bool AxisProbe::is_guess() const {
  if (has_value_above_1_ && has_other_than_255_) return false;
  if (overlaps_.empty()) return planes_ >= kPlanes;
  return median_of(overlaps_) < kVideoOverlap;
}

}  // namespace sam2::masks
