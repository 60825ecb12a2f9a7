// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "drawing/effect.hpp"

#if SAM2_HAVE_OPENCV
#include <algorithm>
#include <cmath>
#include <opencv2/photo.hpp>

#include "drawing/smooth_rows.hpp"

namespace sam2::drawing {
namespace {

/// Fills a region from its surroundings: their means in small blocks, continued by OpenCV's inpainting after Telea.
class InpaintSource final : public EffectSource {
 public:
  /// `region` is the object. Pixels of Region::unknown are not read.
  void prepare(const Picture& picture, const Region& region, RegionKind, const Look&) override {
    picture_.emplace(picture);
    const auto box = surroundings(region.box, picture.size());
    keep_known(*region.unknown, box);
    // More blocks cost more time and show no more than what the surroundings repeat.
    constexpr std::int32_t kBlocks = 32;
    const auto longer = std::max(box.width, box.height);
    const auto size = std::max(1, (longer + kBlocks - 1) / kBlocks);
    means_.reduce(picture, known_, BlockGrid::over(box, size));
    for (const auto& layer : picture.format.sample_layers()) keep_whole_blocks(layer, box);
    means_.finish();
    for (std::size_t i = 0; i < picture.format.layer_count; ++i) inpaint(means_.layer(i));
    rows_.reset(picture, means_, region.columns);
  }

  const std::uint8_t* row(const composite::SampleLayer& layer, std::int32_t row, std::int32_t begin,
                          std::int32_t end) override {
    return rows_.row(layer, row, begin, end);
  }

 private:
  /// The box and a quarter of its size around it.
  static runs::Box surroundings(runs::Box box, runs::Size frame) {
    const auto reach = std::max(8, std::max(box.width, box.height) / 4);
    const auto left = std::max(box.left - reach, 0) & ~1;
    const auto top = std::max(box.top - reach, 0) & ~1;
    const auto right = std::min(box.left + box.width + reach, frame.width);
    const auto bottom = std::min(box.top + box.height + reach, frame.height);
    return {left, top, right - left, bottom - top};
  }

  /// Makes known_ the pixels of the box outside of `unknown`.
  void keep_known(const runs::RunMask& unknown, const runs::Box& box) {
    known_.reset(box.top);
    const auto right = box.left + box.width;
    for (auto y = box.top; y < box.top + box.height; ++y) {
      auto at = box.left;
      for (const auto& span : unknown.row(y)) {
        known_.add_span(at, std::min(span.begin, right));
        at = std::max(at, span.end);
      }
      known_.add_span(at, right);
      known_.end_row();
    }
  }

  /// Makes blocks unknown that the object touches: the pixels at its edge have some of its colour. All blocks stay as
  /// they are if none would be left.
  void keep_whole_blocks(const composite::SampleLayer& sample_layer, const runs::Box& box) {
    auto& layer = means_.layer(picture_->index_of(sample_layer));
    const auto& grid = means_.grid();
    weights_.assign(layer.weights.begin(), layer.weights.end());
    bool is_any_whole = false;
    std::size_t block = 0;
    for (std::int32_t row = 0; row < grid.rows; ++row) {
      const auto height =
          groups_in(row, grid.rows, grid.top, grid.size, box.top + box.height, sample_layer.height_shift);
      for (std::int32_t column = 0; column < grid.columns; ++column, ++block) {
        const auto width =
            groups_in(column, grid.columns, grid.left, grid.size, box.left + box.width, sample_layer.width_shift);
        const bool is_whole = weights_[block] > 0 && weights_[block] >= width * height;
        if (!is_whole) weights_[block] = 0;
        is_any_whole = is_any_whole || is_whole;
      }
    }
    if (is_any_whole) std::swap(layer.weights, weights_);
  }

  /// Sample groups along one side of a block.
  static float groups_in(std::int32_t block, std::int32_t count, std::int32_t origin, std::int32_t size,
                         std::int32_t end, int shift) {
    const auto group_at = [&](std::int32_t pixel) { return (pixel + (1 << shift) - 1) >> shift; };
    const auto first = origin + block * size;
    return static_cast<float>(group_at(block + 1 == count ? end : first + size) - group_at(first));
  }

  void inpaint(LayerMeans& layer) {
    const auto& grid = means_.grid();
    const auto is_unknown = [](float weight) { return weight == 0; };
    const auto unknown = std::count_if(layer.weights.begin(), layer.weights.end(), is_unknown);
    if (unknown == 0 || unknown == static_cast<std::ptrdiff_t>(layer.weights.size())) return;
    mask_.create(grid.rows, grid.columns, CV_8UC1);
    channel_.create(grid.rows, grid.columns, CV_32FC1);
    std::transform(layer.weights.begin(), layer.weights.end(), mask_.begin<std::uint8_t>(),
                   [&](float weight) { return static_cast<std::uint8_t>(is_unknown(weight) ? 255 : 0); });
    const auto most = static_cast<float>((1 << picture_->format.depth) - 1);
    // OpenCV adds the direction of the gradient, whose length is 1 whatever the values are.
    const auto scale = static_cast<float>(1 << 20) / most;
    for (std::size_t sample = 0; sample < layer.samples; ++sample) {
      auto* const channel = channel_.ptr<float>();
      for (std::size_t block = 0; block < layer.weights.size(); ++block) {
        channel[block] = scale * layer.means[block * layer.samples + sample];
      }
      cv::inpaint(channel_, mask_, filled_, 3, cv::INPAINT_TELEA);
      const auto* const filled = filled_.ptr<float>();
      for (std::size_t block = 0; block < layer.weights.size(); ++block) {
        if (is_unknown(layer.weights[block])) {
          layer.means[block * layer.samples + sample] = std::clamp(filled[block] / scale, 0.0F, most);
        }
      }
    }
  }

  std::optional<Picture> picture_;
  runs::RunMask known_;
  BlockMeans means_;
  SmoothRows rows_;
  std::vector<float> weights_;
  cv::Mat mask_;
  cv::Mat channel_;
  cv::Mat filled_;
};

}  // namespace

std::unique_ptr<EffectSource> make_inpaint() {
  return std::make_unique<InpaintSource>();
}

bool can_inpaint() {
  return true;
}

}  // namespace sam2::drawing
#else
namespace sam2::drawing {

std::unique_ptr<EffectSource> make_inpaint() {
  return nullptr;
}

bool can_inpaint() {
  return false;
}

}  // namespace sam2::drawing
#endif
