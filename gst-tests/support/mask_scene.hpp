// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

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

inline masks::RunMask runs_of(const Rectangle& rectangle) {
  masks::RunMask mask;
  mask.reset(rectangle.y);
  for (int i = 0; i < rectangle.height; ++i) {
    mask.add_span(rectangle.x, rectangle.x + rectangle.width);
    mask.end_row();
  }
  return mask;
}

/// A file of `objects` objects whose entry k is frame number frames[k] (k where `frames` is empty) with the rectangles
/// entries[k].
inline std::shared_ptr<const masks::MaskSet> make_scene(const std::vector<std::vector<Rectangle>>& entries,
                                                        std::uint32_t objects,
                                                        const std::vector<std::int64_t>& frames = {}) {
  masks::MemoryBudget budget(0);
  masks::MaskSetBuilder builder(budget);
  builder.set_kind({1000, 1000}, false, "TNHW");
  for (std::uint32_t i = 0; i < objects; ++i) {
    fail_unless(builder.add_object({i, std::int32_t(i + 1), "object " + std::to_string(i)}).has_value());
  }
  for (std::size_t k = 0; k < entries.size(); ++k) {
    fail_unless(builder.add_entry(frames.empty() ? std::int64_t(k) : frames[k]).has_value());
    for (const auto& rectangle : entries[k]) {
      fail_unless(builder.add_mask(k, rectangle.object, runs_of(rectangle)).has_value());
    }
  }
  return builder.finish([](auto&&...) {});
}

}  // namespace sam2::test
