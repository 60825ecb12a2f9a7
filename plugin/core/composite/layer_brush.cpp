// SPDX-License-Identifier: LGPL-2.1-or-later
#include "composite/layer_brush.hpp"

#include <algorithm>
#include <cstring>

namespace sam2::composite {
namespace {

/// Weight of an opaque colour in a sample that is covered wholly.
constexpr std::uint64_t kFullWeight = std::uint64_t{255} * kFullCoverage;

/// The layer that holds nothing but alpha, or nullptr.
const SampleLayer* find_alpha_plane(const FrameFormat& format) {
  for (const auto& layer : format.sample_layers()) {
    if (format.group_samples(layer) == 1 && layer.channels[0] == Channel::Alpha) return &layer;
  }
  return nullptr;
}

std::uint64_t load_sample(const std::uint8_t* at, SampleType type) {
  if (type == SampleType::Byte) return *at;
  std::uint16_t sample = 0;
  std::memcpy(&sample, at, sizeof sample);
  return sample;
}

void store_sample(std::uint8_t* at, SampleType type, std::uint64_t value) {
  if (type == SampleType::Byte) {
    *at = static_cast<std::uint8_t>(value);
    return;
  }
  const auto sample = static_cast<std::uint16_t>(value);
  std::memcpy(at, &sample, sizeof sample);
}

bool are_all_255(const std::uint8_t* bytes, std::size_t count) {
  std::uint64_t all = ~std::uint64_t{0};
  std::uint64_t eight = 0;
  if (count >= sizeof eight) {
    for (std::size_t i = 0; i + sizeof eight <= count; i += sizeof eight) {
      std::memcpy(&eight, bytes + i, sizeof eight);
      all &= eight;
    }
    std::memcpy(&eight, bytes + count - sizeof eight, sizeof eight);
    return (all & eight) == ~std::uint64_t{0};
  }
  return std::all_of(bytes, bytes + count, [](auto byte) { return byte == 255; });
}

}  // namespace

LayerBrush::LayerBrush(const FrameView& frame, const FrameFormat& format, const SampleLayer& layer, const Paint& paint,
                       const std::array<std::uint16_t, 4>& codes, const RowKernels& kernels)
    : frame_(&frame),
      layer_(&layer),
      kernels_(&kernels),
      type_(format.type),
      step_(layer.step),
      plane_(frame.planes[layer.plane]),
      stride_(frame.strides[layer.plane]),
      alpha_(paint.alpha),
      opaque_((1U << format.depth) - 1) {
  pattern_.samples = static_cast<std::uint32_t>(format.group_samples(layer));
  for (std::uint32_t i = 0; i < pattern_.samples; ++i) {
    const auto channel = layer.channels[i];
    pattern_.codes[i] = codes[i];
    pattern_.alphas[i] = channel == Channel::None ? 0 : paint.alpha;
    if (channel != Channel::Alpha || pattern_.samples == 1) continue;
    has_alpha_ = true;
    pattern_.alpha_sample = i;
  }
  // An alpha plane by itself is blended towards opaque, which is what `over` does to it.
  const auto* const alpha_plane = find_alpha_plane(format);
  if (alpha_plane != nullptr && layer.plane != alpha_plane->plane) {
    alpha_plane_ = frame.planes[alpha_plane->plane];
    alpha_stride_ = frame.strides[alpha_plane->plane];
  }
}

void LayerBrush::draw_rows(const runs::RunMask& mask, RowRange rows) const {
  if (rows.first >= rows.end) return;
  const auto first = static_cast<std::size_t>(rows.first - mask.top());
  const auto* const ends = mask.row_ends().data() + first;
  (has_alpha_ ? kernels_->over_rows : kernels_->solid_rows)(
      {at(rows.first, 0), stride_, step_, frame_->width, static_cast<std::size_t>(rows.end - rows.first),
       mask.spans().data(), first == 0 ? 0 : ends[-1], ends},
      pattern_);
}

void LayerBrush::draw_runs(std::span<const Run> runs, Part part) const {
  if (part == kWhole) {
    (has_alpha_ ? kernels_->over : kernels_->solid)(plane_, runs.data(), runs.size(), pattern_);
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
  kernels_->weighted(plane_, runs.data(), runs.size(), pattern);
}

void LayerBrush::draw_blocks(std::span<const Block> blocks) const {
  kernels_->blocks(plane_, blocks.data(), blocks.size(), pattern_);
}

/// Sum of the alphas of four luma samples that the sample covers. Those beyond an odd edge are the edge's again, which
/// leaves the mean what it is.
std::uint64_t LayerBrush::alpha_of(std::int32_t row, std::int32_t group) const {
  if (has_alpha_) {
    const auto bytes = step_ / pattern_.samples;
    return kQuarters * load_sample(at(row, group) + pattern_.alpha_sample * bytes, type_);
  }
  std::uint64_t sum = 0;
  for (int i = 0; i < 4; ++i) {
    const auto x = std::min((group << layer_->width_shift) + (i & layer_->width_shift), frame_->width - 1);
    const auto y = std::min((row << layer_->height_shift) + (i >> 1 & layer_->height_shift), frame_->height - 1);
    sum += alpha_plane_[y * alpha_stride_ + x];
  }
  return sum;
}

bool LayerBrush::is_opaque(std::int32_t row, std::int32_t begin, std::int32_t end) const {
  const auto left = std::ptrdiff_t{begin} << layer_->width_shift;
  const auto right = std::min<std::ptrdiff_t>(std::ptrdiff_t{end} << layer_->width_shift, frame_->width);
  const auto first = row << layer_->height_shift;
  const auto last = std::min(first + layer_->height_shift, frame_->height - 1);
  for (auto y = first; y <= last; ++y) {
    if (!are_all_255(alpha_plane_ + y * alpha_stride_ + left, static_cast<std::size_t>(right - left))) return false;
  }
  return true;
}

void LayerBrush::composite(std::int32_t row, std::int32_t begin, std::int32_t end, Part part) const {
  const auto coverage = static_cast<std::uint32_t>(part + 1) * 255;
  for (auto group = begin; group < end; ++group) composite_group(row, group, coverage);
}

/// `over` of a group with any coverage.
void LayerBrush::composite_group(std::int32_t row, std::int32_t group, std::uint32_t coverage) const {
  const auto weight = std::uint64_t{alpha_} * coverage;
  if (weight == 0) return;
  const auto added = kQuarters * opaque_ * weight;
  const auto kept = alpha_of(row, group) * (kFullWeight - weight);
  const auto total = added + kept;
  const auto bytes = step_ / pattern_.samples;
  auto* sample = at(row, group);
  for (std::uint32_t i = 0; i < pattern_.samples; ++i, sample += bytes) {
    const auto d = load_sample(sample, type_);
    const bool is_alpha = has_alpha_ && i == pattern_.alpha_sample;
    store_sample(sample, type_,
                 is_alpha ? (d * (kFullWeight - weight) + opaque_ * weight + kFullWeight / 2) / kFullWeight
                          : (pattern_.codes[i] * added + d * kept + total / 2) / total);
  }
}

void LayerBrush::cover(std::int32_t row, std::int32_t begin, std::int32_t count, const std::uint16_t* coverages) const {
  if (has_alpha_ || alpha_plane_ != nullptr) {
    const auto all_opaque = static_cast<std::uint64_t>(count) * kQuarters * opaque_;
    std::uint64_t sum = 0;
    for (std::int32_t i = 0; i < count; ++i) sum += alpha_of(row, begin + i);
    if (sum != all_opaque) {
      for (std::int32_t i = 0; i < count; ++i) composite_group(row, begin + i, coverages[i]);
      return;
    }
  }
  kernels_->covered(at(row, begin), static_cast<std::size_t>(count), coverages, pattern_);
}

}  // namespace sam2::composite
