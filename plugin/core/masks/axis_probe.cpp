// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "masks/axis_probe.hpp"

#include "masks/span_overlap.hpp"

namespace sam2::masks {
namespace {

/// Frames of the slowest videos overlap by more, objects by less.
constexpr double kVideoOverlap = 0.3;
/// Where scores speak for objects, the masks must speak louder.
constexpr double kSurelyVideo = 0.5;
/// SAM's alternatives for one prompt are so many.
constexpr std::size_t kAlternatives = 3;

}  // namespace

void AxisProbe::add(const PlaneRuns& plane) {
  for (const auto& span : plane.spans) {
    has_value_above_1_ |= span.value > 1;
    has_other_than_255_ |= span.value != 255;
  }
  if (has_previous_) {
    const auto overlap = overlap_of(previous_, plane.spans);
    // An object that appears or is lost says nothing.
    if (overlap.are_both_set()) overlaps_.push_back(overlap.iou());
  } else {
    deadline_ = Clock::now() + kLongest;
  }
  ++planes_;
  has_masks_ |= !plane.spans.empty();
  has_previous_ = true;
  previous_ = plane.spans;
}

bool AxisProbe::is_ready() const {
  return overlaps_.size() >= kPairs || planes_ >= kPlanes || (planes_ > 1 && Clock::now() > deadline_);
}

double AxisProbe::overlap() const {
  return overlaps_.empty() ? 0 : median_of(overlaps_);
}

bool AxisProbe::are_labels() const {
  return has_value_above_1_ && has_other_than_255_;
}

char AxisProbe::decide(bool may_be_labels) const {
  if (may_be_labels && are_labels()) return 'T';
  if (overlaps_.empty()) return planes_ > 0 && length_ > kEmptyObjects && !prefers_objects_ ? 'T' : 'N';
  if (length_ > kMostObjects) return 'T';
  return median_of(overlaps_) >= (prefers_objects_ ? kSurelyVideo : kVideoOverlap) ? 'T' : 'N';
}

bool AxisProbe::is_guess(bool may_be_labels) const {
  if (planes_ < 2 || (may_be_labels && are_labels())) return false;
  const bool is_time = decide(may_be_labels) == 'T';
  if (prefers_objects_) return is_time;
  // If all planes are empty, nothing can be wrong.
  if (overlaps_.empty()) return planes_ < length_ || has_masks_;
  return !is_time || length_ == kAlternatives || overlap() < kVideoOverlap;
}

}  // namespace sam2::masks
