// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "masks/array_schema.hpp"
#include "masks/keyed_arrays.hpp"
#include "masks/plane_reader.hpp"
#include "masks/side_arrays.hpp"
#include "npz/npz_file.hpp"

namespace sam2::masks {

/// Reads the planes of arrays that make up the masks together, one array after the other.
class KeyedPlaneReader final : public PlaneSource {
 public:
  /// Looks at all headers. With `axes`, each array has those. Everything must outlive the reader.
  /// Errors: those of the arrays, WrongType, Format (arrays of different types or sizes), Settings, NoSpace (a limit).
  static Result<KeyedPlaneReader> make(const npz::NpzFile& file, const KeyedArrays& arrays,
                                       const std::optional<std::string>& axes, MemoryBudget& budget);

  /// What the arrays are together.
  [[nodiscard]] const Layout& layout() const { return layout_; }
  /// Of the first array that is not empty.
  [[nodiscard]] const npz::NpyHeader& header() const { return header_; }

  /// The frames have different numbers of objects, and no keys tell which is which.
  [[nodiscard]] bool is_anonymous() const { return is_anonymous_; }

  /// A reader of the same arrays in another handle of the file, which reads no headers. Everything must outlive it.
  [[nodiscard]] KeyedPlaneReader fork(const npz::NpzFile& file, const KeyedArrays& arrays,
                                      const std::optional<std::string>& axes, MemoryBudget& budget) const;
  /// Reads the planes of the arrays [begin, end) only.
  void select(std::size_t begin, std::size_t end);

  /// Errors: those of the arrays, which the message names.
  Result<std::optional<Plane>> next() override;

 private:
  KeyedPlaneReader(const npz::NpzFile& file, const KeyedArrays& arrays, const std::optional<std::string>& axes,
                   MemoryBudget& budget)
      : file_(&file), arrays_(&arrays), axes_(&axes), budget_(&budget), end_(arrays.members.size()) {}

  Result<void> read_headers();
  Result<Layout> layout_of(const npz::NpyHeader& header) const;
  Result<void> check_same(const npz::NpyHeader& header, const Layout& layout) const;
  Result<void> open(const std::string& name);
  Result<std::optional<Plane>> next_of_member();

  const npz::NpzFile* file_;
  const KeyedArrays* arrays_;
  const std::optional<std::string>* axes_;
  MemoryBudget* budget_;
  Layout layout_{{0, 0}, "HW"};
  npz::NpyHeader header_;
  bool is_anonymous_ = false;
  std::size_t member_ = 0;
  std::size_t end_;  ///< behind the last array that is read
  std::optional<npz::ArrayReader> array_;
  std::optional<PlaneReader> planes_;
};

/// The numbers of the keys become the frame numbers and ids of `side`.
void take_numbers(const KeyedArrays& arrays, SideArrays& side);

}  // namespace sam2::masks
