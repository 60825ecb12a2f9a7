// SPDX-License-Identifier: LGPL-2.1-or-later
#include "masks/value_rule.hpp"

#include <cmath>
#include <string>

namespace sam2::masks {

using npz::ElementKind;

namespace {

Error contradiction(const std::string& values, const std::string& reason) {
  return {ErrorCode::Settings, "values=" + values + " does not go with " + reason};
}

}  // namespace

Result<Coding> choose_coding(const npz::NpyHeader& header, const LoadOptions& options, bool has_objects) {
  using Kind = Coding::Kind;
  const auto kind = header.type.kind;
  const bool is_float = kind == ElementKind::Float;
  const auto type = "an array of type '" + header.descr + "'";
  const auto above = [&](double threshold) { return Coding{Kind::Above, options.threshold.value_or(threshold)}; };
  // Truth values have no scale that a threshold could cut.
  const bool cuts = options.threshold && kind != ElementKind::Bool;
  if (options.threshold && std::isnan(*options.threshold)) {
    return Error{ErrorCode::Settings, "threshold is not a number"};
  }
  switch (options.values) {
    case Values::Labels:
      if (has_objects) return contradiction("labels", "an axis of objects; set values=binary, or axes");
      return Coding{Kind::Values};
    case Values::Logits:
      if (!is_float) return contradiction("logits", type + ", expected floats; set values=auto");
      return above(0);
    case Values::Probabilities:
      if (!is_float) return contradiction("probabilities", type + ", expected floats; set values=auto");
      return above(0.5);
    case Values::Binary:
      return cuts ? above(0) : Coding{Kind::NonZero};
    case Values::Auto:
      break;
  }
  if (cuts) return above(0);
  if (is_float) return Coding{Kind::Guess};
  return Coding{kind == ElementKind::Bool || has_objects ? Kind::NonZero : Kind::Values};
}

LabelMaps label_maps_of(const npz::NpyHeader& header, const LoadOptions& options) {
  if (options.values == Values::Labels) return LabelMaps::Yes;
  const bool has_values = header.type.kind != ElementKind::Bool;
  return has_values && options.values == Values::Auto && !options.threshold ? LabelMaps::Possible : LabelMaps::No;
}

}  // namespace sam2::masks
