// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "masks/side_arrays.hpp"
#include "runs/run_mask.hpp"

namespace sam2::masks {

/// What each axis of the mask array stands for: T frame, N object, K (frame, object) pair, H, W, 1 none (its size is
/// 1). kOpenAxis is one of T or N, and only the masks themselves can tell which.
class Layout {
 public:
  static constexpr char kOpenAxis = '?';

  /// One letter for each size of `shape`.
  Layout(std::vector<std::uint64_t> shape, std::string letters)
      : shape_(std::move(shape)), letters_(std::move(letters)) {}

  [[nodiscard]] const std::vector<std::uint64_t>& shape() const { return shape_; }
  [[nodiscard]] const std::string& letters() const { return letters_; }
  [[nodiscard]] bool has(char letter) const { return letters_.find(letter) != std::string::npos; }
  /// Size of the axis; 1 where there is none.
  [[nodiscard]] std::uint64_t size_of(char letter) const;
  /// The letters without the axes that stand for nothing, e.g. "TNHW".
  [[nodiscard]] std::string axes() const;

  [[nodiscard]] bool is_open() const { return has(kOpenAxis); }
  /// Makes the open axis `letter`.
  void settle(char letter);

  /// What lies beside the masks speaks for objects on the open axis, but does not decide.
  [[nodiscard]] bool prefers_objects() const { return prefers_objects_; }
  void set_prefers_objects(bool prefers) { prefers_objects_ = prefers; }

  /// A still has no time: it is shown on every frame.
  [[nodiscard]] bool is_still() const { return !has('T') && !has('K'); }
  /// More than one mask may belong to a frame, each in a plane of its own.
  [[nodiscard]] bool has_objects() const { return size_of('N') > 1 || has('K'); }

 private:
  std::vector<std::uint64_t> shape_;
  std::string letters_;
  bool prefers_objects_ = false;
};

/// Whether every pixel holds an object's number, one plane a frame.
enum class LabelMaps { No, Possible, Yes };

/// Decides the axes by shape and side arrays, as far as those tell. Errors: Format.
Result<Layout> choose_layout(const std::vector<std::uint64_t>& shape, const SideArrays& side, LabelMaps labels);

/// Decides the axes of an array that is known to be of one moment. Errors: Format.
Result<Layout> choose_frame_layout(const std::vector<std::uint64_t>& shape);

/// Takes the axes as the user says. Errors: Settings.
Result<Layout> parse_layout(const std::vector<std::uint64_t>& shape, std::string_view axes);

/// Drops ids, frame numbers and timestamps with another length than the (settled) layout needs, with a warning for
/// each. Errors: Format, Settings (pairs without their frame numbers and ids).
Result<void> fit_side_arrays(const Layout& layout, SideArrays& side);

/// The shape that the file's `shape` array says np.packbits took, and how many bits each row of it has in the packed
/// array.
struct PackedShape {
  std::vector<std::uint64_t> shape;
  std::uint64_t row_bits = 0;
};

/// Nothing where the array is not packed.
[[nodiscard]] std::optional<PackedShape> find_packed_shape(const npz::NpyHeader& header, const SideArrays& side);

}  // namespace sam2::masks
