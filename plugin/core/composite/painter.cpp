// SPDX-License-Identifier: LGPL-2.1-or-later
#include "composite/painter.hpp"

#include <algorithm>

#include "composite/brush_set.hpp"
#include "composite/coverage_drawing.hpp"
#include "composite/segments.hpp"

namespace sam2::composite {
namespace {

using runs::RunMask;

/// Layers whose samples cover two columns, of one row or of two.
void draw_chroma(const FrameView& frame, const RunMask& mask, int height_shift, BrushSet& brushes) {
  const auto rows = rows_of(mask, frame, height_shift);
  if (rows.first >= rows.end) return;
  // Those all of whose lines the mask and the frame have.
  const auto first = std::min((std::max(mask.top(), 0) + height_shift) >> height_shift, rows.end);
  const auto end = std::max(std::min(mask.bottom(), frame.height) >> height_shift, first);
  PairSegments segments(frame.width, brushes);
  const auto draw_row = [&](std::int32_t row) {
    // A row that stands alone counts twice.
    const auto upper = row << height_shift;
    const auto lower = std::min(upper + height_shift, frame.height - 1);
    brushes.begin_row(row);
    segments.run(mask.row(upper), mask.row(lower));
  };
  if (rows.first < first) draw_row(rows.first);
  segments.run_rows(mask, {first, end}, 1 << height_shift);
  if (end < rows.end) draw_row(end);
}

/// A layer of two pixels and the chroma that they share.
void draw_pairs(const FrameView& frame, const RunMask& mask, BrushSet& brushes) {
  const auto rows = rows_of(mask, frame, 0);
  for (auto row = rows.first; row < rows.end; ++row) {
    brushes.begin_row(row);
    for (const auto& span : mask.row(row)) {
      const auto begin = std::max(span.begin, 0);
      const auto end = std::min(span.end, frame.width);
      if (begin >= end) continue;
      const auto first = (begin + 1) >> 1;
      const auto last = end >> 1;
      if ((begin & 1) != 0) brushes.add(first - 1, first, LayerBrush::kRightPixel);
      if (first < last) brushes.add(first, last, LayerBrush::kWhole);
      if ((end & 1) == 0) continue;
      brushes.add(last, last + 1, end == frame.width ? LayerBrush::kLastPixel : LayerBrush::kLeftPixel);
    }
  }
}

void draw_layers(const FrameView& frame, const RunMask& mask, const SampleLayer& layer, BrushSet& brushes) {
  if (layer.width_shift == 0) {
    brushes.draw_rows(mask, rows_of(mask, frame, 0));
  } else {
    draw_chroma(frame, mask, layer.height_shift, brushes);
  }
}

void draw_layers(const FrameView& frame, const runs::CoverageMask& mask, const SampleLayer& layer, BrushSet& brushes) {
  CoverageDrawing(frame, mask, layer, brushes).run();
}

/// The two layers that share a plane as one: two pixels and their chroma.
SampleLayer merge_pair_layers(const FrameFormat& format) {
  auto merged = format.layers[1];
  for (std::size_t i = 0; i < 4; ++i) {
    if (merged.channels[i] == Channel::None) merged.channels[i] = format.layers[0].channels[i % 2];
  }
  return merged;
}

bool has_pair_layers(const FrameFormat& format) {
  return format.layer_count == 2 && format.layers[0].plane == format.layers[1].plane;
}

/// Whether the groups of two layers cover the same pixels and lie at the same distances from where their planes begin,
/// and both or none of them are alpha.
bool are_alike(const FrameView& frame, const SampleLayer& a, const SampleLayer& b) {
  return a.width_shift == b.width_shift && a.height_shift == b.height_shift && a.step == b.step &&
         frame.strides[a.plane] == frame.strides[b.plane] &&
         (a.channels[0] == Channel::Alpha) == (b.channels[0] == Channel::Alpha);
}

}  // namespace

LayerBrush Painter::make_brush(const FrameView& frame, const SampleLayer& layer, const Paint& paint) const {
  std::array<std::uint16_t, 4> codes{};
  for (std::size_t i = 0; i < format_->group_samples(layer); ++i) {
    codes[i] = encode(paint.color, layer.channels[i], encoding_);
  }
  return {frame, *format_, layer, paint, codes, kernels_->of[static_cast<std::size_t>(format_->type)]};
}

template <typename Mask>
void Painter::draw_all(const FrameView& frame, const Mask& mask, const Paint& paint) const {
  const auto layers = format_->sample_layers();
  for (auto layer = layers.begin(); layer != layers.end();) {
    const auto& first = *layer;
    BrushSet brushes(frame, first);
    for (; layer != layers.end() && are_alike(frame, first, *layer); ++layer) {
      brushes.add_brush(make_brush(frame, *layer, paint));
    }
    draw_layers(frame, mask, first, brushes);
    brushes.flush();
  }
}

void Painter::draw(const FrameView& frame, const RunMask& mask, const Paint& paint) const {
  if (paint.alpha == 0 || mask.empty()) return;
  if (!has_pair_layers(*format_)) {
    draw_all(frame, mask, paint);
    return;
  }
  const auto merged = merge_pair_layers(*format_);
  BrushSet brushes(frame, merged);
  brushes.add_brush(make_brush(frame, merged, paint));
  draw_pairs(frame, mask, brushes);
  brushes.flush();
}

void Painter::draw(const FrameView& frame, const runs::CoverageMask& mask, const Paint& paint) const {
  if (paint.alpha == 0 || mask.empty()) return;
  draw_all(frame, mask, paint);
}

}  // namespace sam2::composite
