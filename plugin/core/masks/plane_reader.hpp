// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/memory_budget.hpp"
#include "base/result.hpp"
#include "masks/array_schema.hpp"
#include "masks/plane_cutter.hpp"
#include "masks/plane_view.hpp"
#include "npz/byte_stream.hpp"
#include "npz/limits.hpp"
#include "npz/npy_header.hpp"

namespace sam2::masks {

/// One plane, and where it belongs. The open axis of a layout counts as `frame`.
struct Plane {
  std::uint64_t frame = 0;   ///< along T or K
  std::uint64_t object = 0;  ///< along N
  std::uint64_t index = 0;   ///< position in the file, of the plane or of its array
  PlaneView view;            ///< valid until the next plane
};

/// Where planes come from, one after the other.
class PlaneSource {
 public:
  virtual ~PlaneSource() = default;

  /// Nothing after the last one.
  virtual Result<std::optional<Plane>> next() = 0;
};

enum class MemoryOrder { C, Fortran };

/// Reads the (H,W) planes of an array one after the other. Where H and W are the two axes that vary fastest, only one
/// plane is ever in memory; other orders cannot stream, and are read as a whole.
class PlaneReader final : public PlaneSource {
 public:
  /// `data` gives the elements of an array of the layout's shape, and must outlive the reader, as must the budget.
  /// Errors: NoSpace (a limit, max-memory), those of `data`.
  static Result<PlaneReader> make(npz::ByteStream& data, const Layout& layout, const npz::ElementType& type,
                                  MemoryOrder order, const npz::Limits& limits, MemoryBudget& budget);

  [[nodiscard]] std::uint64_t plane_count() const { return plane_count_; }
  /// False where the array was too odd to stream.
  [[nodiscard]] bool is_streaming() const { return is_streaming_; }

  /// Memory that was taken from the budget.
  [[nodiscard]] std::uint64_t buffer_bytes() const { return buffer_bytes_; }

  /// Reads the planes [begin, end) only. `data` begins with the first of them. Only for a reader that streams and has
  /// given no plane yet.
  void select(std::uint64_t begin, std::uint64_t end) {
    next_plane_ = begin;
    plane_count_ = end;
  }
  /// Bytes of one plane, if the reader streams.
  [[nodiscard]] std::uint64_t plane_bytes() const { return buffer_bytes_; }

  /// Errors: those of `data`.
  Result<std::optional<Plane>> next() override;

 private:
  struct Axis {
    char letter;
    std::uint64_t size;
    std::uint64_t stride;  ///< elements
  };

  explicit PlaneReader(npz::ByteStream& data) : data_(&data) {}

  Result<void> set_axes(const Layout& layout, MemoryOrder order, const npz::Limits& limits);
  Result<void> allocate(std::uint64_t element_count, std::uint64_t element_size, MemoryBudget& budget);
  Result<void> fill_buffer();
  Result<void> fill_plane(Plane& plane);

  npz::ByteStream* data_;
  std::optional<PlaneCutter> cutter_;  ///< where rows of bytes come as runs
  std::vector<Axis> outer_;            ///< slowest first, as the planes follow each other
  std::uint64_t plane_count_ = 1;
  std::uint64_t next_plane_ = 0;
  bool is_streaming_ = true;
  std::size_t element_size_ = 1;
  PlaneView view_;
  std::size_t buffer_bytes_ = 0;
  std::vector<std::byte> buffer_;
};

}  // namespace sam2::masks
