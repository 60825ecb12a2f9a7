// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "composite/color.hpp"

namespace sam2::composite {

/// Brings pixels into a frame that is filled only where it is drawn on. Whoever reads or writes pixels of such a frame
/// asks for them first.
class PixelLoader {
 public:
  /// Fills columns [begin, end) of a row of pixels, unless they were filled before. Does not allocate.
  virtual void load(std::int32_t row, std::int32_t begin, std::int32_t end) = 0;

 protected:
  ~PixelLoader() = default;
};

/// The writable pixels of a frame. The owner guarantees row_bytes() x row_count() accessible bytes in each plane.
struct FrameView {
  std::int32_t width = 0;                   ///< visible columns, in pixels
  std::int32_t height = 0;                  ///< visible rows, in pixels
  std::array<std::uint8_t*, 4> planes{};    ///< first visible sample of each plane
  std::array<std::ptrdiff_t, 4> strides{};  ///< bytes from one row of a plane to the next; may be negative
  /// True for interlaced frames: even and odd rows are two fields, and a chroma sample covers rows of one field.
  bool has_fields = false;
  PixelLoader* loader = nullptr;  ///< nullptr if all pixels are there
};

/// The rows of pixels that a row of samples covers: `count` of them, from `first` on, each `step` below the one before.
struct LumaRows {
  std::int32_t first;
  std::int32_t step;
  std::int32_t count;  ///< at most 2^height_shift; not positive below the frame

  [[nodiscard]] std::int32_t last() const { return first + (count - 1) * step; }
};

/// `height_shift` is log2 of the rows that a sample covers.
inline LumaRows luma_rows(const FrameView& frame, std::int32_t row, int height_shift) {
  if (!frame.has_fields || height_shift == 0) {
    const auto first = row << height_shift;
    return {first, 1, std::min(1 << height_shift, frame.height - first)};
  }
  const auto first = (row >> 1 << (height_shift + 1)) + (row & 1);
  return {first, 2, std::min(1 << height_shift, (frame.height - first + 1) >> 1)};
}

/// A colour and its opacity, from 0 (nothing) to 255 (opaque).
struct Paint {
  Rgb color;
  std::uint8_t alpha = 255;
};

/// Loads the pixels that a mask covers, and those between them in its rows.
template <typename Mask>
void load_pixels(const FrameView& frame, const Mask& mask) {
  if (frame.loader == nullptr) return;
  for (auto y = std::max(mask.top(), 0); y < std::min(mask.bottom(), frame.height); ++y) {
    const auto spans = mask.row(y);
    if (spans.empty()) continue;
    const auto begin = std::max(spans.front().begin, 0);
    const auto end = std::min(spans.back().end, frame.width);
    if (begin < end) frame.loader->load(y, begin, end);
  }
}

/// Loads all pixels.
inline void load_all(const FrameView& frame) {
  if (frame.loader == nullptr) return;
  for (std::int32_t y = 0; y < frame.height; ++y) frame.loader->load(y, 0, frame.width);
}

/// Half-open range of rows of a layer.
struct RowRange {
  std::int32_t first;
  std::int32_t end;
};

/// The rows of a layer that a mask can change, and perhaps some that it cannot.
template <typename Mask>
RowRange rows_of(const Mask& mask, const FrameView& frame, int height_shift) {
  const auto top = std::max(mask.top(), 0);
  const auto bottom = std::min(mask.bottom(), frame.height);
  if (top >= bottom) return {0, 0};
  if (frame.has_fields && height_shift > 0) {
    return {top >> (height_shift + 1) << 1, ((bottom - 1) >> (height_shift + 1) << 1) + 2};
  }
  return {top >> height_shift, ((bottom - 1) >> height_shift) + 1};
}

}  // namespace sam2::composite
