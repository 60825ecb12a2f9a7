// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <numeric>

#include "masks/mask_set_builder.hpp"
#include "support/gst_check.hpp"

namespace sam2::test {

/// A rectangle [x, x + width) x [y, y + height) that is `object`'s mask.
struct Rectangle {
  std::uint32_t object;
  int x;
  int y;
  int width = 20;
  int height = 20;
};

inline runs::RunMask runs_of(const Rectangle& rectangle) {
  runs::RunMask mask;
  mask.reset(rectangle.y);
  for (int i = 0; i < rectangle.height; ++i) {
    mask.add_span(rectangle.x, rectangle.x + rectangle.width);
    mask.end_row();
  }
  return mask;
}

/// A file of `objects` objects whose entry k is frame number frames[k] (k where `frames` is empty) with the rectangles
/// entries[k]; nothing is published yet.
inline masks::MaskSetBuilder build_scene(const std::vector<std::vector<Rectangle>>& entries, std::uint32_t objects,
                                         const std::vector<std::int64_t>& frames = {}) {
  static MemoryBudget budget(0);
  masks::MaskSetBuilder builder(budget);
  builder.set_kind({1000, 1000}, false, "TNHW");
  std::vector<std::int64_t> numbers(entries.size());
  std::iota(numbers.begin(), numbers.end(), 0);
  fail_unless(builder.add_entries(frames.empty() ? numbers : frames).has_value());
  std::vector<const masks::ObjectInfo*> infos;
  for (std::uint32_t i = 0; i < objects; ++i) {
    auto added = builder.add_object({i, std::int32_t(i + 1), "object " + std::to_string(i), i});
    fail_unless(added.has_value());
    infos.push_back(*added);
  }
  for (std::size_t k = 0; k < entries.size(); ++k) {
    for (const auto& rectangle : entries[k]) {
      fail_unless(builder.add_mask(k, infos[rectangle.object], runs_of(rectangle)).has_value());
    }
  }
  return builder;
}

/// The same, all of it published.
inline std::shared_ptr<const masks::MaskSet> make_scene(const std::vector<std::vector<Rectangle>>& entries,
                                                        std::uint32_t objects,
                                                        const std::vector<std::int64_t>& frames = {}) {
  auto builder = build_scene(entries, objects, frames);
  builder.publish_all();
  return builder.set();
}

}  // namespace sam2::test
