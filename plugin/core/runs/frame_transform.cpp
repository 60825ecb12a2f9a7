// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "runs/frame_transform.hpp"

#include <algorithm>
#include <utility>

namespace sam2::runs {
namespace {

struct Extents {
  Extent x;
  Extent y;
};

/// `mask` is in the frame's orientation. With 31 bits a length and 16 a mask length, products stay below 2^80.
Extents extents_of(Size mask, const Geometry& geometry) {
  const auto& frame = geometry.frame;
  const Extents whole = {{mask.width, 1}, {mask.height, 1}};
  const bool keeps_shape = geometry.fit == Fit::Contain || geometry.fit == Fit::Cover || geometry.fit == Fit::Padded;
  const bool same_shape = Int128{mask.width} * frame.height == Int128{mask.height} * frame.width;
  if (!keeps_shape || same_shape) return whole;
  // Models pad the stored pixels.
  const auto aspect = geometry.fit == Fit::Padded ? Fraction{1, 1} : geometry.pixel_aspect;
  const auto displayed_width = Int128{frame.width} * aspect.numerator;
  const auto displayed_height = Int128{frame.height} * aspect.denominator;
  const bool wider = mask.width * displayed_height > mask.height * displayed_width;
  const bool spans_width = wider == (geometry.fit == Fit::Contain);
  if (spans_width) return {whole.x, {displayed_height * mask.width, displayed_width}};
  return {{displayed_width * mask.height, displayed_height}, whole.y};
}

}  // namespace

FrameTransform::FrameTransform(const Geometry& geometry) : geometry_(geometry) {
  const auto& orientation = geometry.orientation;
  const auto mask = orientation.transposed ? transposed(geometry.mask) : geometry.mask;
  const auto extents = extents_of(mask, geometry);
  const auto anchor = geometry.fit == Fit::Padded ? Anchor::Begin : Anchor::Centre;
  columns_ = AxisMap(mask.width, geometry.frame.width, extents.x, orientation.flipped_x, anchor);
  rows_ = AxisMap(mask.height, geometry.frame.height, extents.y, orientation.flipped_y, anchor);
  extents_ = {extents.x, extents.y};
  scales_up_ = extents.x.is_below(geometry.frame.width) || extents.y.is_below(geometry.frame.height);
}

bool FrameTransform::is_identity() const {
  return geometry_.mask == geometry_.frame && geometry_.orientation == Orientation{};
}

const RunMask& FrameTransform::along_frame(const RunMask& mask) {
  if (!geometry_.orientation.transposed) return mask;
  transposer_.transpose(mask, geometry_.mask, transposed_);
  return transposed_;
}

void FrameTransform::apply(const RunMask& mask, RunMask& placed) {
  if (is_identity()) {
    placed = mask;
    return;
  }
  const auto& source = along_frame(mask);
  const Span source_rows{std::max(source.top(), 0), std::min(source.bottom(), rows_.mask_length())};
  const auto ordered = rows_.in_frame_order(source_rows);
  placed.reset(rows_.to_frame(ordered).begin);
  for (auto row = ordered.begin; row < ordered.end; ++row) {
    const auto lines = rows_.to_frame(Span{row, row + 1});
    if (lines.begin == lines.end) continue;
    const auto spans = source.row(rows_.in_frame_order({row, row + 1}).begin);
    const auto add = [&](const Span& span) {
      const auto [begin, end] = columns_.to_frame(columns_.in_frame_order(span));
      placed.add_span(begin, end);
    };
    if (columns_.is_flipped()) {
      std::for_each(spans.rbegin(), spans.rend(), add);
    } else {
      std::for_each(spans.begin(), spans.end(), add);
    }
    placed.end_row();
    for (auto line = lines.begin + 1; line < lines.end; ++line) placed.repeat_row();
  }
}

void FrameTransform::apply_smooth(const RunMask& mask, CoverageMask& placed) {
  if (column_weights_.empty()) {
    column_weights_ = AxisWeights(columns_, extents_[0]);
    row_weights_ = AxisWeights(rows_, extents_[1]);
  }
  smooth_scaler_.apply(along_frame(mask), columns_, rows_, column_weights_, row_weights_, placed);
}

Point FrameTransform::apply(Point point) const {
  if (geometry_.orientation.transposed) std::swap(point.x, point.y);
  return {columns_.to_frame(point.x), rows_.to_frame(point.y)};
}

}  // namespace sam2::runs
