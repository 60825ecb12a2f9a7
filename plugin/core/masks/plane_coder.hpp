// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "masks/plane_runs.hpp"
#include "npz/npy_header.hpp"
#include "runs/run_mask.hpp"

namespace sam2::masks {

/// The elements of one plane in memory; strides in bytes.
struct PlaneView {
  const std::byte* data = nullptr;
  std::size_t row_stride = 0;
  std::size_t column_stride = 0;
  runs::Size size;
};

/// What of an element goes into the runs.
struct Coding {
  enum class Kind {
    NonZero,  ///< 1 for all but 0 and NaN
    Above,    ///< 1 for what is strictly above `threshold`
    Guess,    ///< floats: Above 0 or 0.5; the first plane that is not all zero tells logits from probabilities
    Values,   ///< the value itself, as far as it fits into 32 bits
  };
  Kind kind = Kind::NonZero;
  double threshold = 0;
};

/// Turns planes of elements into runs.
class PlaneCoder {
 public:
  /// `type` is Bool, Signed, Unsigned or Float.
  PlaneCoder(const npz::ElementType& type, Coding coding) : type_(type), coding_(coding) {}

  /// Width and height at most 65535. Memory is kept from call to call.
  void code(const PlaneView& plane, PlaneRuns& runs);

 private:
  const std::byte* native_row(const PlaneView& plane, std::int32_t y);
  void code_row(const std::byte* row, std::int32_t y, std::size_t width, PlaneRuns& runs);
  bool guess_threshold(const PlaneView& plane);

  npz::ElementType type_;
  Coding coding_;
  std::vector<std::byte> row_;
  std::vector<std::uint8_t> marks_;
  std::vector<std::int32_t> values_;
};

}  // namespace sam2::masks
