// SPDX-License-Identifier: LGPL-2.1-or-later
#include "masks/plane_coder.hpp"

#include "npz/element_values.hpp"
#include "support/gst_check.hpp"

namespace {

using namespace sam2;
using namespace sam2::masks;
using namespace sam2::runs;
using npz::ElementKind;
using npz::ElementType;

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
std::vector<std::int32_t> code(const std::vector<Number>& values, std::int32_t width, ElementType type, Coding coding) {
  PlaneCoder coder(type, coding);
  PlaneRuns runs;
  const auto view = view_of(values, width);
  coder.code(view, runs);
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
    const auto pixels = code(values, width, kByte, {Coding::Kind::Values});
    fail_unless(std::equal(values.begin(), values.end(), pixels.begin()), "width %d", width);
    const auto marks = code(values, width, kByte, {Coding::Kind::NonZero});
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
      PlaneCoder coder(type, {Coding::Kind::NonZero});
      PlaneRuns runs;
      coder.code(view_of(values, 200), runs);
      ck_assert_uint_eq(runs.spans.size(), gap == 0 || gap == 199 ? 1 : 2);
      ck_assert_uint_eq(runs.spans.front().end, gap == 0 ? 200 : gap);
      ck_assert_int_eq(runs.spans.back().value, 1);
    }
  }
}
END_TEST

START_TEST(test_equal_neighbours_are_one_run_and_rows_are_apart) {
  PlaneCoder coder(kByte, {Coding::Kind::Values});
  PlaneRuns runs;
  coder.code(view_of(std::vector<std::uint8_t>{0, 3, 3, 3, 2, 2, 0, 2}, 4), runs);
  ck_assert_uint_eq(runs.spans.size(), 3);
  fail_unless(runs.spans[0].row == 0 && runs.spans[0].begin == 1 && runs.spans[0].end == 4 && runs.spans[0].value == 3);
  fail_unless(runs.spans[1].row == 1 && runs.spans[1].begin == 0 && runs.spans[1].end == 2 && runs.spans[1].value == 2);
}
END_TEST

START_TEST(test_nothing_but_above_the_threshold_is_object) {
  const float inf = HUGE_VALF;
  const std::vector<float> values{0, -0.0f, 1e-30f, 0.5f, 0.50001f, -1024, NAN, inf, -inf, 1};
  using Row = std::vector<std::int32_t>;
  fail_unless(code(values, 10, kFloat, {Coding::Kind::Above, 0}) == Row({0, 0, 1, 1, 1, 0, 0, 1, 0, 1}));
  fail_unless(code(values, 10, kFloat, {Coding::Kind::Above, 0.5}) == Row({0, 0, 0, 0, 1, 0, 0, 1, 0, 1}));
  fail_unless(code(values, 10, kFloat, {Coding::Kind::Above, -2000}) == Row({1, 1, 1, 1, 1, 1, 0, 1, 0, 1}));
  fail_unless(code(values, 10, kFloat, {Coding::Kind::NonZero}) == Row({0, 0, 1, 1, 1, 1, 0, 1, 1, 1}));
}
END_TEST

START_TEST(test_integers_are_compared_exactly) {
  const std::int64_t large = std::int64_t{1} << 62;
  const std::vector<std::int64_t> values{large, large + 1, -large, 0, std::numeric_limits<std::int64_t>::max()};
  const ElementType type{ElementKind::Signed, 8, false};
  using Row = std::vector<std::int32_t>;
  fail_unless(code(values, 5, type, {Coding::Kind::Above, std::ldexp(1, 62)}) == Row({0, 1, 0, 0, 1}));
  fail_unless(code(values, 5, type, {Coding::Kind::Above, -0.5}) == Row({1, 1, 0, 1, 1}));
  fail_unless(code(values, 5, type, {Coding::Kind::Above, 1e300}) == Row(5, 0));
  fail_unless(code(values, 5, type, {Coding::Kind::Above, -1e300}) == Row(5, 1));
  fail_unless(code(values, 5, type, {Coding::Kind::Above, HUGE_VAL}) == Row(5, 0));
  fail_unless(code(values, 5, type, {Coding::Kind::Above, std::ldexp(1, 63)}) == Row(5, 0));
  const std::vector<std::uint8_t> bytes{0, 254, 255};
  fail_unless(code(bytes, 3, kByte, {Coding::Kind::Above, 254.5}) == Row({0, 0, 1}));
  fail_unless(code(bytes, 3, kByte, {Coding::Kind::Above, 255}) == Row({0, 0, 0}));
  fail_unless(code(bytes, 3, kByte, {Coding::Kind::Above, -1}) == Row({1, 1, 1}));
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
    PlaneCoder coder(kFloat, {Coding::Kind::Guess});
    PlaneRuns runs;
    for (const auto& plane : planes) coder.code(view_of(plane, 3), runs);
    const std::vector<float> test{0.25f, 0.75f, 0};
    coder.code(view_of(test, 3), runs);
    return pixels_of(runs, {3, 1});
  };
  using Row = std::vector<std::int32_t>;
  const Row logits{1, 1, 0};
  const Row probabilities{0, 1, 0};
  fail_unless(mark_after({{-0.1f, 0, 0}}) == logits);
  fail_unless(mark_after({{1.1f, 0, 0}}) == logits);
  fail_unless(mark_after({{0, 0, 0}, {-1024, -1024, -1024}}) == logits);
  fail_unless(mark_after({{0, 1, 0}, {-5, 0, 0}}) == probabilities);
  fail_unless(mark_after({{NAN, 0, 0}, {-5, 0, 0}}) == logits);
  fail_unless(mark_after({}) == probabilities);
}
END_TEST

START_TEST(test_values_out_of_range_are_clipped_and_said) {
  PlaneRuns runs;
  const auto code_doubles = [&](const std::vector<double>& values) {
    PlaneCoder(kDouble, {Coding::Kind::Values}).code(view_of(values, static_cast<std::int32_t>(values.size())), runs);
  };
  code_doubles({1, 2147483647, -7});
  fail_unless(!runs.clipped && !runs.rounded);
  code_doubles({1e300});
  fail_unless(runs.clipped && runs.spans[0].value == 2147483647);
  code_doubles({-HUGE_VAL, NAN});
  fail_unless(!runs.clipped && runs.spans.size() == 1 && runs.spans[0].value < 0);
  code_doubles({0.5});
  fail_unless(runs.rounded);
  const std::vector<std::uint64_t> large{4294967296u};
  PlaneCoder({ElementKind::Unsigned, 8, false}, {Coding::Kind::Values}).code(view_of(large, 1), runs);
  fail_unless(runs.clipped && runs.spans.size() == 1);
}
END_TEST

START_TEST(test_strided_and_swapped_elements_are_gathered) {
  // (W,H) in memory, big-endian.
  const std::vector<std::uint16_t> columns{0x0100, 0, 0x0200, 0, 0x0300, 0x0400};
  PlaneCoder coder({ElementKind::Unsigned, 2, true}, {Coding::Kind::Values});
  PlaneRuns runs;
  coder.code({reinterpret_cast<const std::byte*>(columns.data()), 2, 4, {3, 2}}, runs);
  fail_unless(pixels_of(runs, {3, 2}) == std::vector<std::int32_t>({1, 2, 3, 0, 0, 4}));
}
END_TEST

Suite* plane_coder_suite() {
  auto* const suite = suite_create("plane_coder");
  auto* const test_case = tcase_create("plane_coder");
  suite_add_tcase(suite, test_case);
  tcase_add_test(test_case, test_values_of_every_width_and_place_come_back);
  tcase_add_test(test_case, test_any_byte_but_zero_is_true_and_a_single_zero_parts_two_runs);
  tcase_add_test(test_case, test_equal_neighbours_are_one_run_and_rows_are_apart);
  tcase_add_test(test_case, test_nothing_but_above_the_threshold_is_object);
  tcase_add_test(test_case, test_integers_are_compared_exactly);
  tcase_add_test(test_case, test_half_floats_have_the_value_that_ieee_754_gives_them);
  tcase_add_test(test_case, test_the_first_plane_that_is_not_zero_tells_logits_from_probabilities);
  tcase_add_test(test_case, test_values_out_of_range_are_clipped_and_said);
  tcase_add_test(test_case, test_strided_and_swapped_elements_are_gathered);
  return suite;
}

}  // namespace

GST_CHECK_MAIN(plane_coder);
