// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "composite/plane_painter.hpp"

#include <algorithm>
#include <cstring>

#include "composite/sample_access.hpp"

namespace sam2::composite {
namespace {

/// Weight of an opaque colour in a sample that is covered wholly.
constexpr std::uint64_t kFullWeight = std::uint64_t{255} * kFullCoverage;

/// True if all samples of a row of samples are `value`, which repeats in `eight`, the 8 bytes that they lie in.
bool are_all(const std::uint8_t* bytes, std::size_t count, std::uint64_t eight) {
  std::uint64_t difference = 0;
  std::uint64_t next = 0;
  std::size_t i = 0;
  for (; i + sizeof next <= count; i += sizeof next) {
    std::memcpy(&next, bytes + i, sizeof next);
    difference |= next ^ eight;
  }
  next = eight;
  std::memcpy(&next, bytes + i, count - i);
  return (difference | (next ^ eight)) == 0;
}

/// How a group changes that a fill covers wholly.
Pattern fill_pattern(const FrameFormat& format, const SampleLayer& layer, std::uint8_t alpha,
                     const std::array<std::uint16_t, 4>& codes) {
  Pattern pattern{};
  pattern.samples = static_cast<std::uint32_t>(format.group_samples(layer));
  for (std::uint32_t i = 0; i < pattern.samples; ++i) {
    const auto channel = layer.channels[i];
    pattern.codes[i] = codes[i];
    pattern.alphas[i] = channel == Channel::None ? 0 : alpha;
    if (channel == Channel::Alpha) pattern.alpha_sample = i;
  }
  return pattern;
}

}  // namespace

PlanePainter::PlanePainter(const FrameView& frame, const FrameFormat& format, const SampleLayer& layer,
                           const Pattern& pattern, const RowKernels& kernels)
    : frame_(&frame),
      layer_(&layer),
      kernels_(&kernels),
      access_(format),
      step_(layer.step),
      plane_(frame.planes[layer.plane]),
      stride_(frame.strides[layer.plane]),
      pattern_(pattern) {}

PlanePainter::PlanePainter(const FrameView& frame, const FrameFormat& format, const SampleLayer& layer,
                           const Paint& paint, const std::array<std::uint16_t, 4>& codes, const RowKernels& kernels)
    : PlanePainter(frame, format, layer, fill_pattern(format, layer, paint.alpha, codes), kernels) {
  over_ = find_over(format, paint.alpha);
}

PlanePainter::PlanePainter(const FrameView& frame, const FrameFormat& format, const SampleLayer& layer,
                           const ChannelMix& mix, const RowKernels& kernels)
    : PlanePainter(frame, format, layer, mix.pattern_of(format, layer), kernels) {}

std::optional<PlanePainter::Over> PlanePainter::find_over(const FrameFormat& format, std::uint8_t alpha) const {
  Over over;
  over.alpha = alpha;
  over.opaque = (1U << format.depth) - 1;
  const auto* const channels = layer_->channels.data();
  const bool has_alpha =
      std::find(channels, channels + pattern_.samples, Channel::Alpha) != channels + pattern_.samples;
  // An alpha plane by itself is blended towards opaque, which is what `over` does to it.
  if (has_alpha && pattern_.samples > 1) return over;
  const auto* const alpha_layer = find_alpha_layer(format);
  if (alpha_layer == nullptr || layer_->plane == alpha_layer->plane) return std::nullopt;
  over.plane = frame_->planes[alpha_layer->plane];
  over.stride = frame_->strides[alpha_layer->plane];
  std::array<std::uint8_t, sizeof over.opaque_alphas> bytes{};
  for (std::size_t i = 0; i < bytes.size(); i += alpha_layer->step) access_.store(bytes.data() + i, over.opaque);
  std::memcpy(&over.opaque_alphas, bytes.data(), sizeof over.opaque_alphas);
  return over;
}

void PlanePainter::draw_rows(const runs::RunMask& mask, RowRange rows) const {
  if (rows.first >= rows.end) return;
  const auto first = static_cast<std::size_t>(rows.first - mask.top());
  const auto* const ends = mask.row_ends().data() + first;
  (has_own_alpha() ? kernels_->over_rows : kernels_->fill_rows)(
      {at(rows.first, 0), stride_, step_, frame_->width, static_cast<std::size_t>(rows.end - rows.first),
       mask.spans().data(), first == 0 ? 0 : ends[-1], ends},
      pattern_);
}

void PlanePainter::draw_spans(std::span<const ByteSpan> spans, Part part) const {
  if (part == kWhole) {
    (has_own_alpha() ? kernels_->over : kernels_->fill)(plane_, spans.data(), spans.size(), pattern_);
    return;
  }
  auto pattern = pattern_;
  bool is_first_luma = true;
  for (std::uint32_t i = 0; i < pattern.samples; ++i) {
    auto quarters = static_cast<std::uint32_t>(part) + 1;
    if (layer_->channels[i] == Channel::Luma) {
      // Of two luma samples, each is in the mask or not.
      quarters = is_first_luma != (part == kRightPixel) ? kQuarters : 0;
      is_first_luma = false;
    } else if (pattern.samples == 4) {
      quarters = part == kLastPixel ? kQuarters : kQuarters / 2;
    }
    pattern.alphas[i] *= quarters;
  }
  kernels_->fill_weighted(plane_, spans.data(), spans.size(), pattern);
}

void PlanePainter::draw_blocks(std::span<const Block> blocks) const {
  kernels_->fill_partial(plane_, blocks.data(), blocks.size(), pattern_);
}

/// Returns the sum of the alphas of the four luma samples that the group covers. Pixels at an odd edge count twice,
/// which does not change the mean.
std::uint64_t PlanePainter::alpha_of(std::int32_t row, std::int32_t group) const {
  if (has_own_alpha()) {
    const auto bytes = step_ / pattern_.samples;
    return kQuarters * access_.load(at(row, group) + pattern_.alpha_sample * bytes);
  }
  std::uint64_t sum = 0;
  const auto rows = luma_rows(*frame_, row, layer_->height_shift);
  for (int i = 0; i < 4; ++i) {
    const auto x = std::min((group << layer_->width_shift) + (i & layer_->width_shift), frame_->width - 1);
    const auto y = rows.first + std::min(i >> 1 & layer_->height_shift, rows.count - 1) * rows.step;
    sum += access_.load(over_->plane + y * over_->stride + x * alpha_bytes());
  }
  return sum;
}

bool PlanePainter::is_opaque(std::int32_t row, std::int32_t begin, std::int32_t end) const {
  const auto left = std::ptrdiff_t{begin} << layer_->width_shift;
  const auto right = std::min<std::ptrdiff_t>(std::ptrdiff_t{end} << layer_->width_shift, frame_->width);
  const auto rows = luma_rows(*frame_, row, layer_->height_shift);
  for (auto y = rows.first; y <= rows.last(); y += rows.step) {
    const auto* const alphas = over_->plane + y * over_->stride + left * alpha_bytes();
    if (!are_all(alphas, static_cast<std::size_t>((right - left) * alpha_bytes()), over_->opaque_alphas)) return false;
  }
  return true;
}

void PlanePainter::composite(std::int32_t row, std::int32_t begin, std::int32_t end, Part part) const {
  const auto coverage = static_cast<std::uint32_t>(part + 1) * 255;
  for (auto group = begin; group < end; ++group) composite_group(row, group, coverage);
}

/// Composites a group by `over`, with any coverage.
void PlanePainter::composite_group(std::int32_t row, std::int32_t group, std::uint32_t coverage) const {
  const auto weight = std::uint64_t{over_->alpha} * coverage;
  if (weight == 0) return;
  const auto added = kQuarters * over_->opaque * weight;
  const auto kept = alpha_of(row, group) * (kFullWeight - weight);
  const auto total = added + kept;
  const auto bytes = step_ / pattern_.samples;
  auto* sample = at(row, group);
  for (std::uint32_t i = 0; i < pattern_.samples; ++i, sample += bytes) {
    const std::uint64_t d = access_.load(sample);
    const bool is_alpha = has_own_alpha() && i == pattern_.alpha_sample;
    const auto value = is_alpha ? (d * (kFullWeight - weight) + over_->opaque * weight + kFullWeight / 2) / kFullWeight
                                : (pattern_.codes[i] * added + d * kept + total / 2) / total;
    access_.store(sample, static_cast<std::uint32_t>(value));
  }
}

void PlanePainter::draw_coverage(std::int32_t row, std::int32_t begin, std::int32_t count,
                                 const std::uint16_t* coverages) const {
  if (over_) {
    const auto all_opaque = static_cast<std::uint64_t>(count) * kQuarters * over_->opaque;
    std::uint64_t sum = 0;
    for (std::int32_t i = 0; i < count; ++i) sum += alpha_of(row, begin + i);
    if (sum != all_opaque) {
      for (std::int32_t i = 0; i < count; ++i) composite_group(row, begin + i, coverages[i]);
      return;
    }
  }
  kernels_->fill_coverage(at(row, begin), static_cast<std::size_t>(count), coverages, pattern_);
}

void PlanePainter::draw_shares(std::int32_t row, std::int32_t begin, std::int32_t count, const std::uint16_t* sums,
                               const std::uint16_t* pixels) const {
  auto* sample = at(row, begin);
  for (std::int32_t i = 0; i < count; ++i, sample += step_) {
    const auto full = std::uint64_t{255} * 255 * pixels[i];
    const auto weight = std::uint64_t{pattern_.alphas[0]} * sums[i];
    if (weight == 0) continue;
    const std::uint64_t d = access_.load(sample);
    access_.store(sample,
                  static_cast<std::uint32_t>((d * (full - weight) + pattern_.codes[0] * weight + full / 2) / full));
  }
}

}  // namespace sam2::composite
