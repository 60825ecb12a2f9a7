// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "masks/value_rule.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace sam2::masks {

using npz::ElementKind;
using Kind = ValueRule::Kind;

namespace {

/// Labels are small beside a value that means "no object".
constexpr std::int32_t kSmallLabels = 100;
/// -1 in unsigned bytes and words.
constexpr std::int32_t kFullScales[] = {255, 65535};
constexpr double kLargestLabel = 2147483647;

Error contradiction(const std::string& values, const std::string& reason) {
  return {ErrorCode::Settings, "values=" + values + " does not go with " + reason};
}

Error guess(std::string text) {
  return {ErrorCode::Format, std::move(text)};
}

ValueRule rule_of(Kind kind, const ValueRule& open, double threshold = 0) {
  return {kind, threshold, open.has_objects, {}, false, false, false};
}

/// "127.5", and whole numbers without a fraction.
std::string number_text(double number) {
  auto text = std::to_string(number);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

ValueDecision cut_grey(const ValueRule& open, double threshold) {
  return {rule_of(Kind::Above, open, threshold),
          guess("the masks are grey pictures: values above " + number_text(threshold) +
                " were taken as object; save masks without smoothing or JPEG, or set values=labels if the values are "
                "labels")};
}

/// How a plane's values are spread.
struct Spread {
  std::uint64_t zero = 0;      ///< pixels
  std::uint64_t negative = 0;  ///< pixels
  std::uint64_t largest = 0;   ///< pixels of the largest value
  std::int32_t lowest = 0;
  std::int32_t highest = 0;       ///< the largest value
  std::int32_t next_highest = 0;  ///< the largest value but one; 0 if there is none
};

Spread spread_of(const PlaneRuns& runs, std::uint64_t pixels) {
  Spread spread;
  std::uint64_t set = 0;
  for (const auto& span : runs.spans) {
    const auto length = static_cast<std::uint64_t>(span.end - span.begin);
    set += length;
    if (span.value < 0) spread.negative += length;
    spread.lowest = std::min(spread.lowest, span.value);
    if (span.value > spread.highest) {
      spread.next_highest = spread.highest;
      spread.highest = span.value;
      spread.largest = 0;
    } else if (span.value < spread.highest) {
      spread.next_highest = std::max(spread.next_highest, span.value);
    }
    if (span.value == spread.highest) spread.largest += length;
  }
  spread.zero = pixels - std::min(set, pixels);
  return spread;
}

/// The threshold of a grey picture of a mask, which blurring, scaling or JPEG leave: values of many shades form thin
/// rims and noise, while labels fill areas. Planes of objects have no labels anyway. Returns nullopt if the plane is
/// none.
std::optional<double> grey_threshold(const PlaneRuns& runs, const Spread& spread, bool has_objects) {
  constexpr double kBright = 0.78;
  constexpr std::size_t kFewShades = 3;
  constexpr std::size_t kManyShades = 12;
  constexpr std::size_t kShadesOfPictures = 64;
  constexpr std::uint16_t kThin = 2;
  if (spread.negative > 0 || spread.highest > kFullScales[1]) return std::nullopt;
  const double scale = spread.highest > kFullScales[0] ? kFullScales[1] : kFullScales[0];
  std::set<std::int32_t> shades;
  std::vector<std::uint16_t> lengths;
  std::uint64_t bright = 0;
  std::uint64_t dim = 0;
  for (const auto& span : runs.spans) {
    const auto length = static_cast<std::uint16_t>(span.end - span.begin);
    if (shades.size() <= kShadesOfPictures) shades.insert(span.value);
    if (span.value >= kBright * scale) {
      bright += length;
      continue;
    }
    dim += length;
    lengths.push_back(length);
  }
  if (shades.size() < kFewShades || lengths.empty()) return std::nullopt;
  const auto middle = lengths.begin() + static_cast<std::ptrdiff_t>(lengths.size() / 2);
  std::ranges::nth_element(lengths, middle);
  if (*middle > kThin) return std::nullopt;
  const bool is_picture = shades.size() >= kShadesOfPictures;
  const bool has_rims = bright > 0 && (has_objects || shades.size() >= kManyShades || dim < bright / 2);
  if (!is_picture && !has_rims) return std::nullopt;
  const double top = spread.highest > scale / 2 ? scale : spread.highest;
  return std::floor(top / 2);
}

/// The value that stands for the background where 0 is a label. Most of the plane has it.
std::optional<std::int32_t> background_beside_label_0(const Spread& spread, std::uint64_t pixels) {
  if (spread.lowest == -1 && spread.negative > spread.zero) return -1;
  for (const auto scale : kFullScales) {
    const bool has_small_labels = spread.next_highest > 0 && spread.next_highest <= kSmallLabels;
    if (spread.highest == scale && has_small_labels && spread.largest > pixels / 2) return scale;
  }
  return std::nullopt;
}

}  // namespace

Result<ValueRule> choose_value_rule(const npz::NpyHeader& header, const LoadOptions& options, bool has_objects) {
  const auto kind = header.type.kind;
  const bool is_float = kind == ElementKind::Float;
  const auto type = "an array of type '" + header.descr + "'";
  const auto rule = [&](Kind of, double threshold = 0) {
    return ValueRule{of, options.threshold.value_or(threshold), has_objects, {}, false, false, false};
  };
  // Truth values have no scale that a threshold could cut.
  const bool cuts = options.threshold && kind != ElementKind::Bool;
  if (options.threshold && std::isnan(*options.threshold)) {
    return Error{ErrorCode::Settings, "threshold is not a number"};
  }
  switch (options.values) {
    case Values::Labels:
      if (has_objects) return contradiction("labels", "an axis of objects; set values=binary, or axes");
      return rule(Kind::Labels);
    case Values::Logits:
      if (!is_float) return contradiction("logits", type + ", expected floats; set values=auto");
      return rule(Kind::Above);
    case Values::Probabilities:
      if (!is_float) return contradiction("probabilities", type + ", expected floats; set values=auto");
      return rule(Kind::Above, 0.5);
    case Values::Binary:
      return rule(cuts ? Kind::Above : Kind::NonZero);
    case Values::Auto:
      break;
  }
  if (cuts) return rule(Kind::Above);
  return rule(kind == ElementKind::Bool ? Kind::NonZero : Kind::Auto);
}

LabelMaps label_maps_of(const npz::NpyHeader& header, const LoadOptions& options) {
  if (options.values == Values::Labels) return LabelMaps::Yes;
  const bool has_values = header.type.kind != ElementKind::Bool;
  return has_values && options.values == Values::Auto && !options.threshold ? LabelMaps::Possible : LabelMaps::No;
}

std::optional<ValueDecision> decide_by_integers(const PlaneRuns& runs, std::uint64_t pixels, const ValueRule& open) {
  const auto spread = spread_of(runs, pixels);
  if (runs.spans.empty() || (spread.negative == pixels && spread.lowest == -1)) return std::nullopt;
  if (open.has_objects && spread.negative > 0) {
    return ValueDecision{rule_of(Kind::Above, open),
                         guess("values above 0 were taken as object, since there are values below 0; set "
                               "values=binary if all but 0 is object")};
  }
  const bool has_one_value = spread.next_highest == 0 && spread.negative == 0;
  if (has_one_value && (spread.highest == kFullScales[0] || spread.highest == kFullScales[1])) {
    auto rule = rule_of(Kind::NonZero, open);
    rule.is_only_255 = !open.has_objects && spread.highest == kFullScales[0];
    return ValueDecision{rule, {}};
  }
  if (const auto threshold = grey_threshold(runs, spread, open.has_objects)) return cut_grey(open, *threshold);
  if (open.has_objects) return ValueDecision{rule_of(Kind::NonZero, open), {}};
  ValueDecision decision{rule_of(Kind::Labels, open), {}};
  decision.rule.empty = background_beside_label_0(spread, pixels);
  if (decision.rule.empty) {
    decision.warning = guess("the value " + std::to_string(*decision.rule.empty) +
                             " was taken as background, and 0 as an object, since most of the mask has that value; "
                             "set values=labels if 0 is the background");
  }
  return decision;
}

bool is_of_integers(const npz::ValueRange& range) {
  return range.fractions == 0 && (range.lowest >= 0 || (range.lowest == -1 && range.zeros > 0)) &&
         range.highest <= kLargestLabel;
}

ValueDecision decide_by_floats(const npz::ValueRange& range, const ValueRule& open) {
  if (range.lowest >= 0 && range.highest <= 1) {
    auto rule = rule_of(Kind::Above, open, 0.5);
    rule.may_be_labels = range.fractions == 0 && !open.has_objects;
    return {rule, {}};
  }
  // Interpolation with overshoot keeps most values at both ends of the scale.
  constexpr double kOvershoot = 0.3;
  constexpr double kMostly = 0.6;
  for (const auto& [scale, at_ends] : {std::pair{1.0, range.near_unit}, std::pair{255.0, range.near_byte}}) {
    const bool is_within = range.lowest >= -kOvershoot * scale && range.highest <= (1 + kOvershoot) * scale;
    const bool is_used = range.highest >= scale / 2;
    if (is_within && is_used && static_cast<double>(at_ends) >= kMostly * static_cast<double>(range.count)) {
      return cut_grey(open, scale / 2);
    }
  }
  if (range.lowest < 0) return {rule_of(Kind::Above, open), {}};
  if (!open.has_objects && range.highest <= kLargestLabel && range.fractions * 2 <= range.count - range.zeros) {
    ValueDecision decision{rule_of(Kind::Labels, open), {}};
    decision.rule.leaves_out_fractions = true;
    decision.warning = guess(
        "the values are labels, but some lie between whole numbers, as interpolation leaves them: "
        "these were taken as no object; save label maps without interpolation, or set "
        "values=logits if all values above 0 are object");
    return decision;
  }
  return {rule_of(Kind::Above, open),
          guess("values above 0 were taken as object: they go beyond 1, as those of logits, but none is below 0; set "
                "values=probabilities or threshold to cut elsewhere, or values=logits to confirm")};
}

bool VoidLabels::is_void(std::int32_t value) {
  const bool is_full_scale = value == kFullScales[0] || value == kFullScales[1];
  if (is_full_scale && largest_ > 0 && largest_ <= kSmallLabels) {
    void_ = value;
    return true;
  }
  if (!is_full_scale) largest_ = std::max(largest_, value);
  return false;
}

std::optional<Error> VoidLabels::warning() const {
  if (void_ == 0) return std::nullopt;
  return guess("the value " + std::to_string(void_) + " beside labels up to " + std::to_string(largest_) +
               " was taken as no object; set values=labels if it is one");
}

}  // namespace sam2::masks
