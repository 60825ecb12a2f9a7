// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>

#include "masks/mask_loader.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace sam2::fuzz {

/// A finding, where the condition does not hold.
inline void require(bool condition) {
  if (!condition) std::abort();
}

/// One of the ways to load, chosen by a number that the input does not spend any bytes on.
inline masks::LoadOptions options_of(std::size_t number) {
  masks::LoadOptions options;
  options.max_memory = std::uint64_t{1} << 22;
  options.values = static_cast<masks::Values>(number % 5);
  constexpr const char* kAxes[] = {nullptr, nullptr, nullptr, "NHW", "HWT", "TNHW", "KHW", "WH"};
  if (const auto* const axes = kAxes[number / 5 % 8]) options.axes = axes;
  if (number % 3 == 0) options.threshold = static_cast<double>(number % 7) - 1;
  return options;
}

/// What every set of masks promises to those who draw it.
inline void check(const masks::MaskSet& set) {
  runs::RunMask mask;
  require(!set.is_still() || set.entry_count() <= 1);
  require(set.timestamps().empty() || set.timestamps().size() == set.entry_count());
  require(set.published_count() == set.entry_count());
  for (std::size_t entry = 0; entry < set.entry_count(); ++entry) {
    for (const auto& stored : set.masks(entry)) {
      require(stored.object != nullptr);
      set.unpack(stored, mask);
      const auto box = runs::region_props(mask).box;
      require(!mask.empty() && box == stored.props.box && runs::region_props(mask).area == stored.props.area);
      require(box.left >= 0 && box.top >= 0 && box.left + box.width <= set.size().width &&
              box.top + box.height <= set.size().height);
    }
  }
}

/// Loads, and checks what comes of it.
inline void load(std::span<const std::byte> bytes, const masks::LoadOptions& options) {
  const auto loaded = masks::load_masks_from_memory(bytes, "fuzzed", options);
  if (!loaded) {
    require(!loaded.error().message.empty() && loaded.error().code != ErrorCode::Internal);
    return;
  }
  check(*loaded->masks);
}

}  // namespace sam2::fuzz
