// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <optional>
#include <vector>

#include "drawing/effect.hpp"

namespace sam2::drawing {

/// Mixes each sample with a value for its channel.
class MixSource : public EffectSource {
 public:
  /// Makes the mix for frames like `picture`.
  using MakeMix = composite::ChannelMix (*)(const Picture& picture, const Look& look);

  explicit MixSource(MakeMix make_mix) : make_mix_(make_mix) {}

  void prepare(const Picture& picture, const Region&, RegionKind, const Look& look) override {
    picture_.emplace(picture);
    mix_ = make_mix_(picture, look);
  }
  [[nodiscard]] const composite::ChannelMix* mix() const override { return &mix_; }
  /// For frames that have been drawn on: the samples of the picture, mixed or as they were.
  const std::uint8_t* row(const composite::SampleLayer& layer, std::int32_t row, std::int32_t begin,
                          std::int32_t end) override;

 protected:
  std::optional<Picture> picture_;
  std::vector<std::uint8_t> groups_;  ///< of the latest row

 private:
  MakeMix make_mix_;
  composite::ChannelMix mix_;
};

}  // namespace sam2::drawing
