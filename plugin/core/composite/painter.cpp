// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "composite/painter.hpp"

#include <algorithm>

#include "composite/coverage_drawing.hpp"
#include "composite/plane_group.hpp"
#include "composite/segments.hpp"
#include "composite/source_drawing.hpp"

// The path from a mask to a kernel:
//
//   Painter::draw       one mask, one paint
//     PlaneGroup        layers of one subsampling and step; collects byte spans and blocks
//       PlanePainter    one layer of the format; chooses the kernel
//         RowKernels    fill, over ... for one sample type and instruction set (rows_dispatch.cpp)
//
// How the rows of the mask become groups of the layer:
//
//   a group for each pixel              PlaneGroup::draw_rows()     fill_rows, over_rows
//   chroma of two columns               PairSegments                fill, fill_partial
//   two pixels and their chroma         draw_pairs()                fill, fill_weighted
//   chroma of four columns              CoverageDrawing             fill; sample by sample at the ends
//   a coverage for each pixel           CoverageDrawing             fill, fill_coverage
//   alpha in another plane, not opaque  PlanePainter::composite()   no kernel: sample by sample

namespace sam2::composite {
namespace {

using runs::RunMask;

/// Draws layers whose samples cover two columns of two rows of one field.
void draw_field_chroma(const FrameView& frame, const RunMask& mask, PlaneGroup& planes) {
  const auto rows = rows_of(mask, frame, 1);
  PairSegments segments(frame.width, planes);
  for (auto row = rows.first; row < rows.end; ++row) {
    const auto lines = luma_rows(frame, row, 1);
    if (lines.count <= 0) continue;
    planes.begin_row(row);
    segments.draw(mask.row(lines.first), mask.row(lines.last()));
  }
}

/// Draws layers whose samples cover two columns, of one row or of two.
void draw_chroma(const FrameView& frame, const RunMask& mask, int height_shift, PlaneGroup& planes) {
  const auto rows = rows_of(mask, frame, height_shift);
  if (rows.first >= rows.end) return;
  // The rows for which the mask and the frame have all lines.
  const auto first = std::min((std::max(mask.top(), 0) + height_shift) >> height_shift, rows.end);
  const auto end = std::max(std::min(mask.bottom(), frame.height) >> height_shift, first);
  PairSegments segments(frame.width, planes);
  const auto draw_row = [&](std::int32_t row) {
    // The single last row of an odd height counts twice.
    const auto upper = row << height_shift;
    const auto lower = std::min(upper + height_shift, frame.height - 1);
    planes.begin_row(row);
    segments.draw(mask.row(upper), mask.row(lower));
  };
  if (rows.first < first) draw_row(rows.first);
  segments.draw_rows(mask, {first, end}, 1 << height_shift);
  if (end < rows.end) draw_row(end);
}

/// Draws a layer of two pixels and the chroma that they share.
void draw_pairs(const FrameView& frame, const RunMask& mask, PlaneGroup& planes) {
  const auto rows = rows_of(mask, frame, 0);
  for (auto row = rows.first; row < rows.end; ++row) {
    planes.begin_row(row);
    for (const auto& span : mask.row(row)) {
      const auto begin = std::max(span.begin, 0);
      const auto end = std::min(span.end, frame.width);
      if (begin >= end) continue;
      const auto first = (begin + 1) >> 1;
      const auto last = end >> 1;
      if ((begin & 1) != 0) planes.add(first - 1, first, PlanePainter::kRightPixel);
      if (first < last) planes.add(first, last, PlanePainter::kWhole);
      if ((end & 1) == 0) continue;
      planes.add(last, last + 1, end == frame.width ? PlanePainter::kLastPixel : PlanePainter::kLeftPixel);
    }
  }
}

void draw_layer(const FrameView& frame, const RunMask& mask, const SampleLayer& layer, PlaneGroup& planes) {
  if (layer.width_shift == 0) {
    planes.draw_rows(mask, rows_of(mask, frame, 0));
  } else if (layer.width_shift > 1) {
    CoverageDrawing(frame, mask, layer, planes).draw();
  } else if (frame.has_fields && layer.height_shift == 1) {
    draw_field_chroma(frame, mask, planes);
  } else {
    draw_chroma(frame, mask, layer.height_shift, planes);
  }
}

void draw_layer(const FrameView& frame, const runs::CoverageMask& mask, const SampleLayer& layer, PlaneGroup& planes) {
  CoverageDrawing(frame, mask, layer, planes).draw();
}

/// True if the groups of two layers cover the same pixels and lie at the same distances from the beginnings of their
/// planes, and both or none of the layers are alpha.
bool are_alike(const FrameView& frame, const SampleLayer& a, const SampleLayer& b) {
  return a.width_shift == b.width_shift && a.height_shift == b.height_shift && a.step == b.step &&
         frame.strides[a.plane] == frame.strides[b.plane] &&
         (a.channels[0] == Channel::Alpha) == (b.channels[0] == Channel::Alpha);
}

/// `over` on colours that are premultiplied by their alpha: alpha is a channel like others.
ChannelMix premultiplied_mix(const Paint& paint, const Triple& signal, const ColorEncoding& encoding) {
  ChannelMix mix;
  for (std::size_t i = 1; i < kChannelCount; ++i) {
    const auto channel = static_cast<Channel>(i);
    mix.set(channel, encode_signal(signal, channel, encoding), paint.alpha);
  }
  return mix;
}

/// A fill changes every layer.
bool changes(const FrameFormat&, const SampleLayer&, const Paint&) {
  return true;
}

bool changes(const FrameFormat& format, const SampleLayer& layer, const ChannelMix& mix) {
  return mix.changes(format, layer);
}

}  // namespace

PlanePainter Painter::make_plane_painter(const FrameView& frame, const SampleLayer& layer, const Paint& paint) const {
  const auto signal = to_signal(paint.color, encoding_);
  if (encoding_.is_premultiplied) return make_plane_painter(frame, layer, premultiplied_mix(paint, signal, encoding_));
  std::array<std::uint16_t, 4> codes{};
  for (std::size_t i = 0; i < format_->group_samples(layer); ++i) {
    codes[i] = encode_signal(signal, layer.channels[i], encoding_);
  }
  return {frame, *format_, layer, paint, codes, row_kernels()};
}

PlanePainter Painter::make_plane_painter(const FrameView& frame, const SampleLayer& layer,
                                         const ChannelMix& mix) const {
  return {frame, *format_, layer, mix, row_kernels()};
}

template <typename Mask, typename Look>
void Painter::draw_layers(const FrameView& frame, const Mask& mask, const Look& look) const {
  const auto layers = format_->sample_layers();
  for (auto layer = layers.begin(); layer != layers.end();) {
    const auto& first = *layer;
    if (!changes(*format_, first, look)) {
      ++layer;
      continue;
    }
    PlaneGroup planes(frame, first);
    for (; layer != layers.end() && are_alike(frame, first, *layer) && changes(*format_, *layer, look); ++layer) {
      planes.add_plane(make_plane_painter(frame, *layer, look));
    }
    draw_layer(frame, mask, first, planes);
    planes.flush();
  }
}

template <typename Look>
void Painter::draw_runs(const FrameView& frame, const RunMask& mask, const Look& look) const {
  load_pixels(frame, mask);
  if (!format_->pair_layer) {
    draw_layers(frame, mask, look);
    return;
  }
  PlaneGroup planes(frame, *format_->pair_layer);
  planes.add_plane(make_plane_painter(frame, *format_->pair_layer, look));
  draw_pairs(frame, mask, planes);
  planes.flush();
}

void Painter::draw(const FrameView& frame, const RunMask& mask, const Paint& paint) const {
  if (paint.alpha == 0 || mask.empty()) return;
  draw_runs(frame, mask, paint);
}

void Painter::draw(const FrameView& frame, const runs::CoverageMask& mask, const Paint& paint) const {
  if (paint.alpha == 0 || mask.empty()) return;
  load_pixels(frame, mask);
  draw_layers(frame, mask, paint);
}

void Painter::mix(const FrameView& frame, const RunMask& mask, const ChannelMix& mix) const {
  if (!mask.empty()) draw_runs(frame, mask, mix);
}

void Painter::mix(const FrameView& frame, const runs::CoverageMask& mask, const ChannelMix& mix) const {
  if (mask.empty()) return;
  load_pixels(frame, mask);
  draw_layers(frame, mask, mix);
}

void Painter::draw(const FrameView& frame, const RunMask& mask, RowSource& source, std::uint8_t alpha,
                   Samples samples) const {
  draw_source(frame, *format_, mask, source, alpha, samples);
}

void Painter::draw(const FrameView& frame, const runs::CoverageMask& mask, RowSource& source, std::uint8_t alpha,
                   Samples samples) const {
  draw_source(frame, *format_, mask, source, alpha, samples);
}

}  // namespace sam2::composite
