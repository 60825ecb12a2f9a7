// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "masks/run_encoder.hpp"

#include "npz/element_values.hpp"
#include "support/gst_check.hpp"

namespace {

using namespace sam2;
using namespace sam2::masks;
using namespace sam2::runs;
using npz::ElementKind;
using npz::ElementType;
using Kind = ValueRule::Kind;

/// Elements of one type in memory, row by row.
template <typename Number>
PlaneView view_of(const std::vector<Number>& values, std::int32_t width) {
  const auto height = static_cast<std::int32_t>(values.size()) / width;
  return {reinterpret_cast<const std::byte*>(values.data()),
          sizeof(Number) * static_cast<std::size_t>(width),
          sizeof(Number),
          {width, height}};
}

/// The plane that the runs stand for.
std::vector<std::int32_t> pixels_of(const PlaneRuns& runs, Size size) {
  std::vector<std::int32_t> pixels(static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height));
  for (const auto& span : runs.spans) {
    fail_unless(span.begin < span.end && span.value != 0);
    for (auto x = span.begin; x < span.end; ++x) {
      auto& pixel = pixels.at(span.row * static_cast<std::size_t>(size.width) + x);
      fail_unless(pixel == 0, "pixel in two runs");
      pixel = span.value;
    }
  }
  return pixels;
}

template <typename Number>
std::vector<std::int32_t> encode(const std::vector<Number>& values, std::int32_t width, ElementType type,
                                 ValueRule rule) {
  RunEncoder encoder(type, rule);
  PlaneRuns runs;
  const auto view = view_of(values, width);
  encoder.encode(view, runs);
  return pixels_of(runs, view.size);
}

constexpr ElementType kByte{ElementKind::Unsigned, 1, false};
constexpr ElementType kFloat{ElementKind::Float, 4, false};
constexpr ElementType kDouble{ElementKind::Float, 8, false};

START_TEST(test_values_of_every_width_and_place_come_back) {
  std::mt19937 random(11);
  for (std::int32_t width = 1; width < 140; ++width) {
    std::vector<std::uint8_t> values(static_cast<std::size_t>(width) * 5);
    for (auto& value : values) value = static_cast<std::uint8_t>(random() % 7 < 5 ? 0 : 1 + random() % 2 * 200);
    // Long runs, too.
    std::fill(values.begin() + width, values.begin() + 2 * width, std::uint8_t{9});
    const auto pixels = encode(values, width, kByte, {Kind::Labels});
    fail_unless(std::equal(values.begin(), values.end(), pixels.begin()), "width %d", width);
    const auto marks = encode(values, width, kByte, {Kind::NonZero});
    for (std::size_t i = 0; i < values.size(); ++i)
      fail_unless(marks[i] == (values[i] != 0 ? 1 : 0), "width %d", width);
  }
}
END_TEST

START_TEST(test_any_byte_but_zero_is_true_and_a_single_zero_parts_two_runs) {
  for (const ElementType type : {kByte, ElementType{ElementKind::Bool, 1, false}, {ElementKind::Signed, 1, false}}) {
    for (std::size_t gap = 0; gap < 200; ++gap) {
      std::vector<std::uint8_t> values(200);
      for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<std::uint8_t>(1 + (i * 37 + gap) % 255);
      values[gap] = 0;
      RunEncoder encoder(type, {Kind::NonZero});
      PlaneRuns runs;
      encoder.encode(view_of(values, 200), runs);
      fail_unless_equals_uint64(runs.spans.size(), gap == 0 || gap == 199 ? 1 : 2);
      fail_unless_equals_uint64(runs.spans.front().end, gap == 0 ? 200 : gap);
      fail_unless_equals_int(runs.spans.back().value, 1);
    }
  }
}
END_TEST

START_TEST(test_equal_neighbours_are_one_run_and_rows_are_apart) {
  RunEncoder encoder(kByte, {Kind::Labels});
  PlaneRuns runs;
  encoder.encode(view_of(std::vector<std::uint8_t>{0, 3, 3, 3, 2, 2, 0, 2}, 4), runs);
  fail_unless_equals_uint64(runs.spans.size(), 3);
  fail_unless(runs.spans[0].row == 0 && runs.spans[0].begin == 1 && runs.spans[0].end == 4 && runs.spans[0].value == 3);
  fail_unless(runs.spans[1].row == 1 && runs.spans[1].begin == 0 && runs.spans[1].end == 2 && runs.spans[1].value == 2);
}
END_TEST

START_TEST(test_only_values_above_the_threshold_are_object) {
  const float inf = HUGE_VALF;
  const std::vector<float> values{0, -0.0f, 1e-30f, 0.5f, 0.50001f, -1024, NAN, inf, -inf, 1};
  using Row = std::vector<std::int32_t>;
  fail_unless(encode(values, 10, kFloat, {Kind::Above, 0}) == Row({0, 0, 1, 1, 1, 0, 0, 1, 0, 1}));
  fail_unless(encode(values, 10, kFloat, {Kind::Above, 0.5}) == Row({0, 0, 0, 0, 1, 0, 0, 1, 0, 1}));
  fail_unless(encode(values, 10, kFloat, {Kind::Above, -2000}) == Row({1, 1, 1, 1, 1, 1, 0, 1, 0, 1}));
  fail_unless(encode(values, 10, kFloat, {Kind::NonZero}) == Row({0, 0, 1, 1, 1, 1, 0, 1, 1, 1}));
}
END_TEST

START_TEST(test_integers_are_compared_exactly) {
  const std::int64_t large = std::int64_t{1} << 62;
  const std::vector<std::int64_t> values{large, large + 1, -large, 0, std::numeric_limits<std::int64_t>::max()};
  const ElementType type{ElementKind::Signed, 8, false};
  using Row = std::vector<std::int32_t>;
  fail_unless(encode(values, 5, type, {Kind::Above, std::ldexp(1, 62)}) == Row({0, 1, 0, 0, 1}));
  fail_unless(encode(values, 5, type, {Kind::Above, -0.5}) == Row({1, 1, 0, 1, 1}));
  fail_unless(encode(values, 5, type, {Kind::Above, 1e300}) == Row(5, 0));
  fail_unless(encode(values, 5, type, {Kind::Above, -1e300}) == Row(5, 1));
  fail_unless(encode(values, 5, type, {Kind::Above, HUGE_VAL}) == Row(5, 0));
  fail_unless(encode(values, 5, type, {Kind::Above, std::ldexp(1, 63)}) == Row(5, 0));
  const std::vector<std::uint8_t> bytes{0, 254, 255};
  fail_unless(encode(bytes, 3, kByte, {Kind::Above, 254.5}) == Row({0, 0, 1}));
  fail_unless(encode(bytes, 3, kByte, {Kind::Above, 255}) == Row({0, 0, 0}));
  fail_unless(encode(bytes, 3, kByte, {Kind::Above, -1}) == Row({1, 1, 1}));
}
END_TEST

START_TEST(test_half_floats_have_the_value_that_ieee_754_gives_them) {
  const std::vector<std::pair<std::uint16_t, double>> known{
      {0x0000, 0},        {0x8000, -0.0},           {0x3c00, 1},
      {0xc000, -2},       {0x7bff, 65504},          {0x0400, 0x1p-14},
      {0x0001, 0x1p-24},  {0x03ff, 1023 * 0x1p-24}, {0x3555, 0.333251953125},
      {0x7c00, HUGE_VAL}, {0xfc00, -HUGE_VAL}};
  const ElementType half{ElementKind::Float, 2, false};
  for (const auto& [bits, value] : known) {
    const auto found = read_number(half, reinterpret_cast<const std::byte*>(&bits), 0);
    fail_unless(found == value && std::signbit(found) == std::signbit(value), "%04x is %g", bits, found);
  }
  const std::uint16_t nan = 0x7e00;
  fail_unless(std::isnan(read_number(half, reinterpret_cast<const std::byte*>(&nan), 0)));
}
END_TEST

START_TEST(test_the_first_plane_that_is_not_zero_tells_logits_from_probabilities) {
  const auto mark_after = [](const std::vector<std::vector<float>>& planes) {
    RunEncoder encoder(kFloat, {Kind::Auto});
    PlaneRuns runs;
    for (const auto& plane : planes) encoder.encode(view_of(plane, 3), runs);
    const std::vector<float> test{0.25f, 0.75f, 0};
    encoder.encode(view_of(test, 3), runs);
    return pixels_of(runs, {3, 1});
  };
  using Row = std::vector<std::int32_t>;
  const Row logits{1, 1, 0};
  const Row probabilities{0, 1, 0};
  fail_unless(mark_after({{-0.1f, 0.3f, 0}}) == logits);
  fail_unless(mark_after({{1.1f, 3.3f, 0}}) == logits);
  fail_unless(mark_after({{0, 0, 0}, {-1024, -1024, -1024}}) == logits);
  fail_unless(mark_after({{0, 0.9f, 0}, {-5, 0, 0}}) == probabilities);
  fail_unless(mark_after({{NAN, 0, 0}, {-5, 0, 0}}) == logits);
  // Zeros and ones alone are masks, labels or probabilities.
  fail_unless(mark_after({{0, 1, 0}, {-5, 0, 0}}) == logits);
  fail_unless(mark_after({{0, 1, 0}}) == probabilities);
  fail_unless(mark_after({}) == probabilities);
}
END_TEST

START_TEST(test_floats_of_zero_and_one_become_labels_with_the_first_larger_value) {
  RunEncoder encoder(kFloat, {Kind::Auto});
  PlaneRuns runs;
  encoder.encode(view_of(std::vector<float>{0, 1, 1}, 3), runs);
  fail_unless(!runs.are_labels && pixels_of(runs, {3, 1}) == std::vector<std::int32_t>({0, 1, 1}));
  encoder.encode(view_of(std::vector<float>{0, 0, 0}, 3), runs);
  fail_unless(runs.spans.empty());
  encoder.encode(view_of(std::vector<float>{2, 1, 0}, 3), runs);
  fail_unless(runs.are_labels && pixels_of(runs, {3, 1}) == std::vector<std::int32_t>({2, 1, 0}));
  fail_unless(encoder.warnings().empty());
}
END_TEST

START_TEST(test_values_beside_255_that_come_late_are_reported_once) {
  RunEncoder encoder(kByte, {Kind::Auto});
  PlaneRuns runs;
  encoder.encode(view_of(std::vector<std::uint8_t>{0, 255, 255}, 3), runs);
  fail_unless(encoder.warnings().empty() && !runs.are_labels);
  for (int i = 0; i < 2; ++i) {
    encoder.encode(view_of(std::vector<std::uint8_t>{0, 1, 2}, 3), runs);
    fail_unless(!runs.are_labels && pixels_of(runs, {3, 1}) == std::vector<std::int32_t>({0, 1, 1}));
    fail_unless(encoder.warnings().size() == 1);
  }
}
END_TEST

START_TEST(test_labels_that_count_from_0_are_stored_with_one_more) {
  RunEncoder encoder({ElementKind::Signed, 2, false}, {Kind::Auto});
  PlaneRuns runs;
  encoder.encode(view_of(std::vector<std::int16_t>{-1, -1, -1, -1}, 4), runs);
  fail_unless(runs.spans.empty() && encoder.warnings().empty());
  encoder.encode(view_of(std::vector<std::int16_t>{-1, -1, 0, 1}, 4), runs);
  fail_unless(runs.are_labels && runs.is_from_0);
  fail_unless(pixels_of(runs, {4, 1}) == std::vector<std::int32_t>({0, 0, 1, 2}));
  fail_unless(encoder.warnings().size() == 1);
}
END_TEST

START_TEST(test_values_out_of_range_are_clipped_and_said) {
  PlaneRuns runs;
  const auto encode_doubles = [&](const std::vector<double>& values) {
    RunEncoder(kDouble, {Kind::Labels}).encode(view_of(values, static_cast<std::int32_t>(values.size())), runs);
  };
  encode_doubles({1, 2147483647, -7});
  fail_unless(!runs.clipped && !runs.rounded);
  encode_doubles({1e300});
  fail_unless(runs.clipped && runs.spans[0].value == 2147483647);
  encode_doubles({-HUGE_VAL, NAN});
  fail_unless(!runs.clipped && runs.spans.size() == 1 && runs.spans[0].value < 0);
  encode_doubles({0.5});
  fail_unless(runs.rounded);
  const std::vector<std::uint64_t> large{4294967296u};
  RunEncoder({ElementKind::Unsigned, 8, false}, {Kind::Labels}).encode(view_of(large, 1), runs);
  fail_unless(runs.clipped && runs.spans.size() == 1);
}
END_TEST

START_TEST(test_strided_and_swapped_elements_are_gathered) {
  // (W,H) in memory, big-endian.
  const std::vector<std::uint16_t> columns{0x0100, 0, 0x0200, 0, 0x0300, 0x0400};
  RunEncoder encoder({ElementKind::Unsigned, 2, true}, {Kind::Labels});
  PlaneRuns runs;
  encoder.encode({reinterpret_cast<const std::byte*>(columns.data()), 2, 4, {3, 2}}, runs);
  fail_unless(pixels_of(runs, {3, 2}) == std::vector<std::int32_t>({1, 2, 3, 0, 0, 4}));
}
END_TEST

Suite* run_encoder_suite() {
  auto* const suite = suite_create("run_encoder");
  auto* const test_case = tcase_create("run_encoder");
  suite_add_tcase(suite, test_case);
  tcase_add_test(test_case, test_values_of_every_width_and_place_come_back);
  tcase_add_test(test_case, test_any_byte_but_zero_is_true_and_a_single_zero_parts_two_runs);
  tcase_add_test(test_case, test_equal_neighbours_are_one_run_and_rows_are_apart);
  tcase_add_test(test_case, test_only_values_above_the_threshold_are_object);
  tcase_add_test(test_case, test_integers_are_compared_exactly);
  tcase_add_test(test_case, test_half_floats_have_the_value_that_ieee_754_gives_them);
  tcase_add_test(test_case, test_the_first_plane_that_is_not_zero_tells_logits_from_probabilities);
  tcase_add_test(test_case, test_floats_of_zero_and_one_become_labels_with_the_first_larger_value);
  tcase_add_test(test_case, test_values_beside_255_that_come_late_are_reported_once);
  tcase_add_test(test_case, test_labels_that_count_from_0_are_stored_with_one_more);
  tcase_add_test(test_case, test_values_out_of_range_are_clipped_and_said);
  tcase_add_test(test_case, test_strided_and_swapped_elements_are_gathered);
  return suite;
}

}  // namespace

GST_CHECK_MAIN(run_encoder);
