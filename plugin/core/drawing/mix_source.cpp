// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "drawing/mix_source.hpp"

#include <algorithm>
#include <cstring>

namespace sam2::drawing {

const std::uint8_t* MixSource::row(const composite::SampleLayer& layer, std::int32_t row, std::int32_t begin,
                                   std::int32_t end) {
  const auto pattern = mix_.pattern_of(picture_->format, layer);
  const composite::ByteSpan span{0, static_cast<std::size_t>(end - begin) * layer.step};
  groups_.resize(std::max(groups_.size(), span.bytes));
  std::memcpy(groups_.data(), picture_->groups(layer, row, begin), span.bytes);
  picture_->kernels.fill(groups_.data(), &span, 1, pattern);
  return groups_.data();
}

}  // namespace sam2::drawing
