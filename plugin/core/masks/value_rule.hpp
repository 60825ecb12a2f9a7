// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <cstdint>
#include <optional>

#include "base/result.hpp"
#include "masks/array_schema.hpp"
#include "masks/mask_loader.hpp"
#include "masks/plane_runs.hpp"
#include "npz/element_values.hpp"
#include "npz/npy_header.hpp"

namespace sam2::masks {

/// Which values of an element are object, and which object.
struct ValueRule {
  enum class Kind {
    NonZero,  ///< all but 0 and NaN
    Above,    ///< strictly above `threshold`
    Labels,   ///< value v is object v
    Auto,     ///< the first plane that is not empty decides
  };
  Kind kind = Kind::NonZero;
  double threshold = 0;
  bool has_objects = false;                ///< every plane belongs to one object, so values are no labels
  std::optional<std::int32_t> empty = {};  ///< Labels: the value of the background, if 0 is a label
  bool leaves_out_fractions = false;       ///< Labels: values between whole numbers are no object
  bool is_only_255 = false;                ///< NonZero: all values were 0 or 255; others would be a surprise
  bool may_be_labels = false;              ///< Above: so far all floats were 0 or 1; a later plane may say otherwise
};

/// The rule that follows from type and properties. `has_objects`: every plane belongs to one object.
/// Errors: Settings (properties that contradict the array).
Result<ValueRule> choose_value_rule(const npz::NpyHeader& header, const LoadOptions& options, bool has_objects);

/// Decides whether planes can be label maps.
[[nodiscard]] LabelMaps label_maps_of(const npz::NpyHeader& header, const LoadOptions& options);

/// What a plane says about an open rule.
struct ValueDecision {
  ValueRule rule;
  std::optional<Error> warning;  ///< what was taken for what, and how to overrule it
};

/// Decides by a plane of whole numbers, given as runs of its values, of which there are `pixels`. Returns nullopt for a
/// plane that is empty: all 0, or all -1.
[[nodiscard]] std::optional<ValueDecision> decide_by_integers(const PlaneRuns& runs, std::uint64_t pixels,
                                                              const ValueRule& open);

/// Decides by a plane of floats that are not all whole numbers of a label map; see is_of_integers().
[[nodiscard]] ValueDecision decide_by_floats(const npz::ValueRange& range, const ValueRule& open);

/// True if the floats are whole numbers that decide_by_integers() can judge.
[[nodiscard]] bool is_of_integers(const npz::ValueRange& range);

/// Finds labels that mark pixels without an object: the largest value of the type beside small labels, as in DAVIS and
/// Pascal VOC.
class VoidLabels {
 public:
  /// Values of a plane come in ascending order.
  [[nodiscard]] bool is_void(std::int32_t value);
  /// Says what was left out; nullopt if nothing was.
  [[nodiscard]] std::optional<Error> warning() const;

 private:
  std::int32_t largest_ = 0;  ///< of the labels so far, below the void ones
  std::int32_t void_ = 0;     ///< the value that was left out
};

}  // namespace sam2::masks
