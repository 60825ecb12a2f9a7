// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "runs/run_mask.hpp"

namespace sam2::tracking {

/// Changes a mask step by step into the same object's next mask.
///
/// The two are laid over each other, box on box if they cover each other better that way (what moves), else as they are
/// (what stays, and changes its outline). A pixel that is in one of them only changes sides at the fraction that its
/// city-block distances from both outlines have of their sum, so that outlines move evenly. Masks that have too little
/// in common for that are not blended: the nearer one is shown, moved from box to box.
class MaskMorph {
 public:
  /// The fraction that is the whole interval.
  static constexpr std::int32_t kWhole = 1 << 14;

  /// Makes the mask at `fraction` (0 to kWhole) of the interval. Does not allocate once the memory of both has grown.
  void make(std::int32_t fraction, runs::RunMask& mask);

 private:
  friend class MaskMorpher;

  /// Pixels of a row that are in both masks, or in one only.
  struct Stretch {
    std::int32_t begin;
    std::int32_t end;
    bool changes;
  };

  [[nodiscard]] runs::Box box_after(std::int32_t fraction) const;
  void make_shape(std::int32_t fraction);

  runs::Box begin_;
  runs::Box end_;
  runs::Size size_;                      ///< in which the masks are laid over each other
  std::array<runs::RunMask, 2> shapes_;  ///< both masks in that size; only where they are not blended
  bool is_blended_ = false;
  std::vector<std::size_t> row_ends_;  ///< in stretches_
  std::vector<Stretch> stretches_;
  /// The fraction at which each pixel changes; negative: the pixel appears there, positive: it disappears.
  std::vector<std::int16_t> changes_;
  runs::RunMask shape_;
};

/// Makes morphs; keeps its memory from one to the next.
class MaskMorpher {
 public:
  /// The boxes are those of the masks, which must not be empty.
  void set(MaskMorph& morph, const runs::RunMask& from, const runs::Box& from_box, const runs::RunMask& to,
           const runs::Box& to_box);

 private:
  using Distances = std::vector<std::int16_t>;

  static void measure(const runs::RunMask& mask, runs::Size size, Distances& distances);
  void find_changes(MaskMorph& morph);
  [[nodiscard]] std::int16_t change_at(std::int32_t width, std::int32_t x, std::int32_t y) const;

  std::array<runs::RunMask, 2> placed_;
  std::array<Distances, 2> distances_;
};

/// Returns the point at `fraction` of the interval.
[[nodiscard]] runs::Point point_after(std::int32_t fraction, runs::Point begin, runs::Point end);

/// Scales the fraction of `mask` in `from` to `to`: pixel (X, Y) of `to` takes pixel (floor((X + 1/2) w / W),
/// floor((Y + 1/2) h / H)) of `from`.
void fit_box(const runs::RunMask& mask, const runs::Box& from, const runs::Box& to, runs::RunMask& fitted);

}  // namespace sam2::tracking
