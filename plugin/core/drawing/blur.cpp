// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "drawing/smooth_rows.hpp"

namespace sam2::drawing {
namespace {

/// Shows smoothed means of the blocks of a region, interpolated.
class BlurSource final : public EffectSource {
 public:
  void prepare(const Picture& picture, const Region& region, RegionKind kind, const Look& look) override {
    means_.reduce(picture, *region.runs, grid_of(region, kind, picture.size(), look.effect_strength));
    means_.smooth();
    means_.finish();
    rows_.reset(picture, means_, region.columns);
  }

  const std::uint8_t* row(const composite::SampleLayer& layer, std::int32_t row, std::int32_t begin,
                          std::int32_t end) override {
    return rows_.row(layer, row, begin, end);
  }

  void write(const composite::SampleLayer& layer, std::int32_t row, std::int32_t begin, std::int32_t end,
             std::uint8_t* groups) override {
    rows_.write(layer, row, begin, end, groups);
  }

 private:
  BlockMeans means_;
  SmoothRows rows_;
};

}  // namespace

std::unique_ptr<EffectSource> make_blur() {
  return std::make_unique<BlurSource>();
}

}  // namespace sam2::drawing
