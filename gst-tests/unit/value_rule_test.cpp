// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "masks/value_rule.hpp"

#include "masks/run_encoder.hpp"
#include "support/gst_check.hpp"

namespace {

using namespace sam2;
using namespace sam2::masks;
using npz::ElementKind;
using npz::ElementType;
using Kind = ValueRule::Kind;

constexpr std::int32_t kWidth = 40;
constexpr std::int32_t kHeight = 30;
constexpr ElementType kByte{ElementKind::Unsigned, 1, false};
constexpr ElementType kWord{ElementKind::Unsigned, 2, false};
constexpr ElementType kLong{ElementKind::Signed, 4, false};
constexpr ElementType kFloat{ElementKind::Float, 4, false};

/// What the encoder made of one plane.
struct Outcome {
  std::vector<std::int32_t> pixels;
  bool are_labels = false;
  bool is_from_0 = false;
  std::string warning;
};

/// `value(x, y)` is the element in column x and row y.
template <typename Number, typename Value>
Outcome encode(ElementType type, ValueRule rule, Value value) {
  std::vector<Number> elements;
  for (std::int32_t y = 0; y < kHeight; ++y)
    for (std::int32_t x = 0; x < kWidth; ++x) elements.push_back(static_cast<Number>(value(x, y)));
  RunEncoder encoder(type, rule);
  PlaneRuns runs;
  encoder.encode(
      {reinterpret_cast<const std::byte*>(elements.data()), sizeof(Number) * kWidth, sizeof(Number), {kWidth, kHeight}},
      runs);
  Outcome outcome{std::vector<std::int32_t>(elements.size()), runs.are_labels, runs.is_from_0, {}};
  for (const auto& span : runs.spans) {
    for (auto x = span.begin; x < span.end; ++x)
      outcome.pixels[static_cast<std::size_t>(span.row) * kWidth + x] = span.value;
  }
  for (const auto& warning : encoder.warnings()) outcome.warning += warning.message;
  return outcome;
}

/// A disc of radius 8 with a rim `softness` wide, 0 to 1.
double soft_disc(std::int32_t x, std::int32_t y, double softness) {
  return std::clamp((8 - std::hypot(x - 20.0, y - 15.0)) / softness + 0.5, 0.0, 1.0);
}

void assert_pixels(const Outcome& outcome, bool (*expected)(std::int32_t, std::int32_t), const char* what) {
  for (std::int32_t y = 0; y < kHeight; ++y)
    for (std::int32_t x = 0; x < kWidth; ++x)
      fail_unless(outcome.pixels[static_cast<std::size_t>(y * kWidth + x)] == (expected(x, y) ? 1 : 0),
                  "%s: pixel %d, %d", what, x, y);
}

bool in_disc(std::int32_t x, std::int32_t y) {
  return soft_disc(x, y, 3) > 0.5;
}

bool says(const Outcome& outcome, const char* text) {
  return outcome.warning.find(text) != std::string::npos;
}

const ValueRule kOpen{Kind::Auto};
const ValueRule kOpenObjects{Kind::Auto, 0, true};

START_TEST(test_properties_choose_the_rule_where_they_can) {
  constexpr ElementType kBool{ElementKind::Bool, 1, false};
  struct Case {
    ElementType type;
    Values values;
    std::optional<double> threshold;
    Kind kind;
    double cut;
  };
  for (const auto& c : {Case{kFloat, Values::Probabilities, {}, Kind::Above, 0.5},
                        {kFloat, Values::Probabilities, 0.25, Kind::Above, 0.25},
                        {kFloat, Values::Logits, {}, Kind::Above, 0},
                        {kByte, Values::Auto, 10, Kind::Above, 10},
                        {kByte, Values::Binary, 10, Kind::Above, 10},
                        {kByte, Values::Binary, {}, Kind::NonZero, 0},
                        {kByte, Values::Labels, {}, Kind::Labels, 0},
                        {kByte, Values::Auto, {}, Kind::Auto, 0},
                        // Truth values have no scale that 0.5 could cut.
                        {kBool, Values::Auto, 0.5, Kind::NonZero, 0.5},
                        {kBool, Values::Binary, 0.5, Kind::NonZero, 0.5}}) {
    npz::NpyHeader header;
    header.type = c.type;
    LoadOptions options;
    options.values = c.values;
    options.threshold = c.threshold;
    const auto rule = choose_value_rule(header, options, false);
    fail_unless(rule && rule->kind == c.kind && rule->threshold == c.cut, "values %d", int(c.values));
  }
}
END_TEST

START_TEST(test_floats_of_0_and_1_may_be_labels_only_where_no_axis_has_the_objects) {
  npz::ValueRange range;
  range.highest = 1;
  range.count = 10;
  fail_unless(decide_by_floats(range, kOpen).rule.may_be_labels);
  fail_unless(!decide_by_floats(range, kOpenObjects).rule.may_be_labels);
}
END_TEST

START_TEST(test_logits_near_0_and_1_are_not_grey_pictures) {
  // Between -0.25 and 1.2, but not at the ends of a scale from 0 to 1: few of them are within 0.02 of 0 or 1.
  const auto logit = [](std::int32_t x, std::int32_t y) { return ((x + y) % 30) * 0.05 - 0.25; };
  const auto outcome = encode<float>(kFloat, kOpenObjects, logit);
  fail_unless(outcome.warning.empty(), "%s", outcome.warning.c_str());
  for (std::int32_t y = 0; y < kHeight; ++y) {
    for (std::int32_t x = 0; x < kWidth; ++x) {
      fail_unless_equals_int(outcome.pixels[std::size_t(y * kWidth + x)], float(logit(x, y)) > 0 ? 1 : 0);
    }
  }
}
END_TEST

START_TEST(test_grey_pictures_of_every_type_are_cut_in_the_middle_with_a_warning) {
  for (const auto& rule : {kOpen, kOpenObjects}) {
    const auto grey = [](double scale) {
      return [scale](std::int32_t x, std::int32_t y) { return std::floor(scale * soft_disc(x, y, 3)); };
    };
    const auto bytes = encode<std::uint8_t>(kByte, rule, grey(255));
    const auto words = encode<std::uint16_t>(kWord, rule, grey(65535));
    const auto wholes = encode<float>(kFloat, rule, grey(255));
    const auto fractions =
        encode<float>(kFloat, rule, [](std::int32_t x, std::int32_t y) { return 254.9 * soft_disc(x, y, 3); });
    for (const auto* const outcome : {&bytes, &words, &wholes, &fractions}) {
      assert_pixels(*outcome, in_disc, "grey");
      fail_unless(!outcome->are_labels && says(*outcome, "grey pictures"), "%s", outcome->warning.c_str());
    }
  }
}
END_TEST

START_TEST(test_noise_at_both_ends_does_not_make_labels) {
  // As JPEG leaves them: noise of a few steps around 0 and 255 near the rim.
  const auto noisy = encode<std::uint8_t>(kByte, kOpen, [](std::int32_t x, std::int32_t y) {
    const auto noise = (7 * x + 13 * y + x * y) % 9;
    const auto distance = std::hypot(x - 20.0, y - 15.0) - 8;
    if (std::abs(distance) > 6) return distance < 0 ? 255 : 0;
    return distance < 0 ? 255 - noise : noise;
  });
  assert_pixels(
      noisy, [](std::int32_t x, std::int32_t y) { return std::hypot(x - 20.0, y - 15.0) < 8; }, "noise");
  fail_unless(says(noisy, "grey pictures"));
}
END_TEST

START_TEST(test_faint_grey_pictures_are_cut_at_half_of_what_they_reach) {
  // None is bright; many shades lie beside each other.
  for (const auto& [reach, cut] : {std::pair{100, 50}, {150, 127}}) {
    const auto shade = [reach = reach](std::int32_t x, std::int32_t y) { return int(reach * soft_disc(x, y, 16)); };
    const auto outcome = encode<std::uint8_t>(kByte, kOpen, shade);
    fail_unless(!outcome.are_labels && says(outcome, "grey pictures"), "%d", reach);
    for (std::int32_t y = 0; y < kHeight; ++y) {
      for (std::int32_t x = 0; x < kWidth; ++x) {
        fail_unless_equals_int(outcome.pixels[std::size_t(y * kWidth + x)], shade(x, y) > cut ? 1 : 0);
      }
    }
  }
}
END_TEST

START_TEST(test_thin_labels_beside_a_bright_one_stay_labels) {
  // Lines of one pixel beside an area: one value of lines, and six, of which there is more than of the area.
  for (const auto& [lines, area_begin] : {std::pair{1, 30}, {6, 36}}) {
    const auto value = [lines = lines, area_begin = area_begin](std::int32_t x, std::int32_t y) {
      if (x >= area_begin) return 250;
      return (x + y) % 2 == 0 ? 10 * (1 + y % lines) : 0;
    };
    const auto outcome = encode<std::uint8_t>(kByte, kOpen, value);
    fail_unless(outcome.are_labels && outcome.warning.empty(), "%d: %s", lines, outcome.warning.c_str());
    for (std::int32_t y = 0; y < kHeight; ++y) {
      for (std::int32_t x = 0; x < kWidth; ++x) {
        fail_unless_equals_int(outcome.pixels[std::size_t(y * kWidth + x)], value(x, y));
      }
    }
  }
}
END_TEST

START_TEST(test_only_beside_small_labels_255_is_the_background) {
  for (const auto& [largest, is_background] : {std::pair{20, true}, {200, false}}) {
    const auto outcome = encode<std::uint8_t>(kByte, kOpen, [largest = largest](std::int32_t x, std::int32_t y) {
      return x < 10 ? (y / 6) * largest / 4 : 255;
    });
    fail_unless(outcome.are_labels);
    fail_unless_equals_int(outcome.is_from_0, is_background);
    fail_unless_equals_int(says(outcome, "taken as background"), is_background);
  }
}
END_TEST

START_TEST(test_interpolated_floats_with_overshoot_are_cut_in_the_middle) {
  for (const double scale : {1.0, 255.0}) {
    const auto outcome = encode<float>(kFloat, kOpenObjects, [scale](std::int32_t x, std::int32_t y) {
      const auto value = soft_disc(x, y, 3);
      return scale * (value > 0 && value < 0.2 ? -0.08 : value < 1 && value > 0.8 ? 1.07 : value);
    });
    assert_pixels(outcome, in_disc, "overshoot");
    fail_unless(says(outcome, "grey pictures"));
  }
}
END_TEST

START_TEST(test_labels_stay_labels_whatever_their_values) {
  // Twelve squares of 10 pixels.
  const auto square = [](std::int32_t x, std::int32_t y) { return 1 + x / 10 + 4 * (y / 10); };
  for (const int factor : {1, 10, 20, 21}) {
    const auto outcome = encode<std::uint8_t>(
        kByte, kOpen, [&](std::int32_t x, std::int32_t y) { return x % 10 < 8 ? factor * square(x, y) : 0; });
    fail_unless(outcome.are_labels && outcome.warning.empty(), "factor %d: %s", factor, outcome.warning.c_str());
    fail_unless_equals_int(outcome.pixels[0], factor);
    fail_unless_equals_int(outcome.pixels[kWidth * kHeight - 3], 12 * factor);
  }
}
END_TEST

START_TEST(test_planes_of_objects_have_no_labels) {
  const auto outcome =
      encode<std::uint8_t>(kByte, kOpenObjects, [](std::int32_t x, std::int32_t y) { return in_disc(x, y) ? 7 : 0; });
  assert_pixels(outcome, in_disc, "objects");
  fail_unless(!outcome.are_labels && outcome.warning.empty());
  const auto negative =
      encode<std::int32_t>(kLong, kOpenObjects, [](std::int32_t x, std::int32_t y) { return in_disc(x, y) ? 1 : -1; });
  assert_pixels(negative, in_disc, "-1 is background");
  fail_unless(says(negative, "above 0"));
}
END_TEST

START_TEST(test_255_or_minus_one_around_labels_is_the_background) {
  const auto labels = [](int background) {
    return [background](std::int32_t x, std::int32_t y) { return in_disc(x, y) ? (x < 20 ? 0 : 2) : background; };
  };
  for (const auto& outcome :
       {encode<std::int32_t>(kLong, kOpen, labels(-1)), encode<std::uint8_t>(kByte, kOpen, labels(255)),
        encode<std::uint16_t>(kWord, kOpen, labels(65535)), encode<float>(kFloat, kOpen, labels(-1))}) {
    fail_unless(outcome.are_labels && outcome.is_from_0 && says(outcome, "background"));
    for (std::int32_t y = 0; y < kHeight; ++y)
      for (std::int32_t x = 0; x < kWidth; ++x)
        fail_unless_equals_int(outcome.pixels[static_cast<std::size_t>(y * kWidth + x)], !in_disc(x, y) ? 0
                                                                                         : x < 20       ? 1
                                                                                                        : 3);
  }
}
END_TEST

START_TEST(test_a_few_pixels_of_minus_one_leave_0_the_background) {
  const auto outcome = encode<std::int32_t>(kLong, kOpen, [](std::int32_t x, std::int32_t y) {
    return y == 0 ? -1 : in_disc(x, y) ? 5 : 0;
  });
  fail_unless(outcome.are_labels && !outcome.is_from_0 && outcome.warning.empty());
  fail_unless_equals_int(outcome.pixels[15 * kWidth + 20], 5);
}
END_TEST

START_TEST(test_values_between_labels_are_left_out_with_a_warning) {
  const auto outcome = encode<float>(kFloat, kOpen, [](std::int32_t x, std::int32_t y) {
    return y > 20 ? 0 : x < 10 ? 1 : x == 10 ? 2.4 : x < 30 ? 3 : 0;
  });
  fail_unless(outcome.are_labels && says(outcome, "interpolation"));
  fail_unless_equals_int(outcome.pixels[9], 1);
  fail_unless_equals_int(outcome.pixels[10], 0);
  fail_unless_equals_int(outcome.pixels[11], 3);
}
END_TEST

START_TEST(test_floats_above_one_without_negative_ones_are_a_guess) {
  const auto ramp = [](std::int32_t x, std::int32_t y) { return in_disc(x, y) ? 0.3 + x / 7.0 : 0; };
  const auto outcome = encode<float>(kFloat, kOpen, ramp);
  assert_pixels(outcome, in_disc, "ramp");
  fail_unless(says(outcome, "above 0"));
  const auto logits =
      encode<float>(kFloat, kOpen, [&](std::int32_t x, std::int32_t y) { return in_disc(x, y) ? ramp(x, y) : -3.25; });
  assert_pixels(logits, in_disc, "logits");
  fail_unless(logits.warning.empty());
}
END_TEST

START_TEST(test_the_largest_value_beside_small_labels_is_void) {
  VoidLabels labels;
  fail_unless(!labels.is_void(255) && !labels.warning());
  fail_unless(!labels.is_void(1) && !labels.is_void(3) && labels.is_void(255) && labels.is_void(65535));
  fail_unless(labels.warning() && labels.warning()->message.find("labels up to 3 ") != std::string::npos);
  VoidLabels many;
  fail_unless(!many.is_void(101) && !many.is_void(255));
}
END_TEST

Suite* value_rule_suite() {
  auto* const suite = suite_create("value_rule");
  auto* const test_case = tcase_create("value_rule");
  suite_add_tcase(suite, test_case);
  tcase_add_test(test_case, test_properties_choose_the_rule_where_they_can);
  tcase_add_test(test_case, test_floats_of_0_and_1_may_be_labels_only_where_no_axis_has_the_objects);
  tcase_add_test(test_case, test_logits_near_0_and_1_are_not_grey_pictures);
  tcase_add_test(test_case, test_grey_pictures_of_every_type_are_cut_in_the_middle_with_a_warning);
  tcase_add_test(test_case, test_noise_at_both_ends_does_not_make_labels);
  tcase_add_test(test_case, test_faint_grey_pictures_are_cut_at_half_of_what_they_reach);
  tcase_add_test(test_case, test_thin_labels_beside_a_bright_one_stay_labels);
  tcase_add_test(test_case, test_only_beside_small_labels_255_is_the_background);
  tcase_add_test(test_case, test_interpolated_floats_with_overshoot_are_cut_in_the_middle);
  tcase_add_test(test_case, test_labels_stay_labels_whatever_their_values);
  tcase_add_test(test_case, test_planes_of_objects_have_no_labels);
  tcase_add_test(test_case, test_255_or_minus_one_around_labels_is_the_background);
  tcase_add_test(test_case, test_a_few_pixels_of_minus_one_leave_0_the_background);
  tcase_add_test(test_case, test_values_between_labels_are_left_out_with_a_warning);
  tcase_add_test(test_case, test_floats_above_one_without_negative_ones_are_a_guess);
  tcase_add_test(test_case, test_the_largest_value_beside_small_labels_is_void);
  return suite;
}

}  // namespace

GST_CHECK_MAIN(value_rule);
