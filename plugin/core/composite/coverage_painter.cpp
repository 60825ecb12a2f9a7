// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <limits>

#include "composite/painter.hpp"

namespace sam2::composite {
namespace {

using masks::CoverageMask;
using masks::CoverageSpan;

/// Coverage of a sample that is covered wholly: four times 255, so that the mean over 1, 2 or 4 luma samples is exact.
constexpr std::uint64_t kFullCoverage = 4 * 255;
/// Weight of an opaque colour in it.
constexpr std::uint64_t kFullWeight = 255 * kFullCoverage;

/// `over` with the destination's alpha `ad`, of kFullCoverage.
std::uint8_t over(std::uint8_t d, std::uint64_t ad, std::uint8_t code, std::uint64_t weight) {
  const auto kept = ad * (kFullWeight - weight);
  const auto total = kFullCoverage * weight + kept;
  return static_cast<std::uint8_t>((kFullCoverage * code * weight + d * kept + total / 2) / total);
}

std::uint8_t blend(std::uint8_t d, std::uint8_t code, std::uint64_t weight) {
  return static_cast<std::uint8_t>((d * (kFullWeight - weight) + code * weight + kFullWeight / 2) / kFullWeight);
}

/// Draws coverages into one layer of a frame.
class CoverageLayer {
 public:
  CoverageLayer(const FrameView& frame, const FrameFormat& format, const SampleLayer& layer,
                const ColorEncoding& encoding, const Paint& paint)
      : frame_(frame), layer_(layer), alpha_(paint.alpha) {
    for (std::size_t i = 0; i < layer.step; ++i) codes_[i] = encode(paint.color, layer.channels[i], encoding);
    for (const auto& other : format.sample_layers()) {
      for (std::size_t i = 0; i < other.step; ++i) {
        if (other.channels[i] != Channel::Alpha) continue;
        alpha_plane_ = frame.planes[other.plane] + i;
        alpha_stride_ = frame.strides[other.plane];
        alpha_step_ = other.step;
      }
    }
  }

  void draw(const CoverageMask& mask) {
    const auto top = std::max(mask.top(), 0);
    const auto bottom = std::min(mask.bottom(), frame_.height);
    if (top >= bottom) return;
    for (auto row = top >> layer_.height_shift; row <= (bottom - 1) >> layer_.height_shift; ++row) draw_row(mask, row);
  }

 private:
  static constexpr std::int32_t kChunk = 256;  ///< luma columns

  void draw_row(const CoverageMask& mask, std::int32_t row) {
    const auto first = row << layer_.height_shift;
    const auto last = std::min(first + (1 << layer_.height_shift), frame_.height);
    for (std::int32_t begin = 0; begin < frame_.width;) {
      auto next = std::numeric_limits<std::int32_t>::max();
      for (auto y = first; y < last; ++y) {
        const auto spans = mask.row(y);
        const auto span = std::find_if(spans.begin(), spans.end(), [&](const auto& s) { return s.end > begin; });
        if (span != spans.end()) next = std::min(next, span->begin);
      }
      if (next >= frame_.width) return;
      begin = std::max(begin, next) & ~std::int32_t{1};
      const auto end = begin + std::min(kChunk, frame_.width - begin);
      sums_.fill(0);
      for (auto y = first; y < last; ++y) {
        for (const auto& span : mask.row(y)) add(mask, span, begin, end);
      }
      blend_chunk(row, last - first, begin, end);
      begin = end;
    }
  }

  /// Adds the span's coverages within the chunk [begin, end) to the sums of the samples.
  void add(const CoverageMask& mask, const CoverageSpan& span, std::int32_t begin, std::int32_t end) {
    for (auto x = std::max(begin, span.begin); x < std::min(end, span.end); ++x) {
      const auto coverage = span.first_byte == CoverageSpan::kConstant
                                ? span.coverage
                                : mask.bytes()[span.first_byte + static_cast<std::size_t>(x - span.begin)];
      sums_[static_cast<std::size_t>((x - begin) >> layer_.width_shift)] += coverage;
    }
  }

  void blend_chunk(std::int32_t row, std::int32_t rows, std::int32_t begin, std::int32_t end) {
    auto* group = frame_.planes[layer_.plane] + row * frame_.strides[layer_.plane] +
                  (begin >> layer_.width_shift) * std::ptrdiff_t{layer_.step};
    for (auto x = begin; x < end; x += 1 << layer_.width_shift, group += layer_.step) {
      const std::uint64_t sum = sums_[static_cast<std::size_t>((x - begin) >> layer_.width_shift)];
      const auto pixels = rows * std::min(1 << layer_.width_shift, frame_.width - x);
      const auto weight = alpha_ * sum * 4 / static_cast<std::uint64_t>(pixels);
      if (weight > 0) blend_group(group, row, x, weight);
    }
  }

  void blend_group(std::uint8_t* group, std::int32_t row, std::int32_t x, std::uint64_t weight) const {
    const auto ad = alpha_plane_ == nullptr ? kFullCoverage : alpha_of(row, x);
    for (std::size_t i = 0; i < layer_.step; ++i) {
      if (layer_.channels[i] == Channel::None) continue;
      group[i] =
          layer_.channels[i] == Channel::Alpha ? blend(group[i], 255, weight) : over(group[i], ad, codes_[i], weight);
    }
  }

  /// Sum of the alphas of four luma samples that the sample covers; the edge's again beyond an odd edge.
  std::uint64_t alpha_of(std::int32_t row, std::int32_t x) const {
    std::uint64_t sum = 0;
    for (std::int32_t i = 0; i < 4; ++i) {
      const auto column = std::min(x + (i & layer_.width_shift), frame_.width - 1);
      const auto line = std::min((row << layer_.height_shift) + (i / 2 & layer_.height_shift), frame_.height - 1);
      sum += alpha_plane_[line * alpha_stride_ + column * alpha_step_];
    }
    return sum;
  }

  const FrameView& frame_;
  const SampleLayer& layer_;
  std::uint8_t alpha_;
  std::array<std::uint8_t, 4> codes_{};
  const std::uint8_t* alpha_plane_ = nullptr;
  std::ptrdiff_t alpha_stride_ = 0;
  std::ptrdiff_t alpha_step_ = 0;
  std::array<std::uint16_t, kChunk> sums_;
};

}  // namespace

void Painter::draw(const FrameView& frame, const CoverageMask& mask, const Paint& paint) const {
  if (paint.alpha == 0 || mask.empty()) return;
  for (const auto& layer : format_->sample_layers()) {
    CoverageLayer(frame, *format_, layer, encoding_, paint).draw(mask);
  }
}

}  // namespace sam2::composite
