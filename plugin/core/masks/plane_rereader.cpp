// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "masks/plane_rereader.hpp"

#include "masks/plane_masks.hpp"

namespace sam2::masks {

void PlaneRereader::add_begin(const Begin& begin) {
  const std::lock_guard lock(mutex_);
  begins_.push_back(begin);
}

Result<void> PlaneRereader::read(std::size_t stretch, StretchWords& into) {
  const auto [begin, end] = [&] {
    const std::lock_guard lock(mutex_);
    return std::pair(begins_[stretch], begins_[stretch + 1].plane);
  }();
  const auto source = SAM2_TRY(open_(begin.plane, end));
  RunEncoder encoder(type_, begin.rule);
  auto void_labels = begin.void_labels;
  while (const auto plane = SAM2_TRY(source->next())) {
    encoder.encode(plane->view, runs_);
    append(runs_, void_labels, into);
  }
  return {};
}

/// Appends what MaskAssembler makes of a plane.
void PlaneRereader::append(const PlaneRuns& runs, VoidLabels& void_labels, StretchWords& into) {
  if (runs.spans.empty()) return;
  if (!runs.are_labels) return append_mask(runs.spans, into);
  sort_by_value(runs, sorted_);
  for (std::span<const ValueSpan> left = sorted_; !left.empty();) {
    const auto spans = take_first_value(left);
    const auto value = spans.front().value;
    const auto label = runs.is_from_0 ? value - 1 : value;
    if (value > 0 && !(are_labels_guessed_ && void_labels.is_void(label))) append_mask(spans, into);
  }
}

void PlaneRereader::append_mask(std::span<const ValueSpan> spans, StretchWords& into) {
  to_mask(spans, mask_);
  if (!mask_.empty()) into.append(mask_, region_props(mask_).box);
}

}  // namespace sam2::masks
