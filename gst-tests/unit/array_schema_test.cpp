// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "masks/array_schema.hpp"

#include "masks/axis_probe.hpp"
#include "support/gst_check.hpp"

namespace {

using namespace sam2;
using namespace sam2::masks;

using Shape = std::vector<std::uint64_t>;

NamedIntegers list_of(std::size_t length) {
  return {"list", std::vector<std::int64_t>(length)};
}

/// What lies beside the masks, by its length.
struct Beside {
  std::optional<std::size_t> ids = {};
  std::optional<std::size_t> frames = {};
  std::optional<std::size_t> times = {};
  std::optional<std::size_t> scores = {};
  std::size_t labels = 0;
  bool fps = false;
};

std::string letters_of(const Shape& shape, const Beside& beside = {}, LabelMaps labels = LabelMaps::Possible) {
  SideArrays side;
  if (beside.ids) side.ids = list_of(*beside.ids);
  if (beside.frames) side.frame_numbers = list_of(*beside.frames);
  if (beside.times) side.timestamps = list_of(*beside.times);
  if (beside.scores) side.scores = NamedTable{"scores", {*beside.scores}, std::vector<double>(*beside.scores)};
  side.labels.by_slot.resize(beside.labels);
  side.has_fps_array = beside.fps;
  const auto layout = choose_layout(shape, side, labels);
  return layout ? layout->letters() : "error " + std::to_string(static_cast<int>(layout.error().code));
}

void assert_letters(const std::string& found, const std::string& expected) {
  fail_unless(found == expected, "%s instead of %s", found.c_str(), expected.c_str());
}

START_TEST(test_rule_1_drops_axes_of_size_one) {
  assert_letters(letters_of({480, 720}), "HW");
  assert_letters(letters_of({1, 480, 720}), "1HW");
  assert_letters(letters_of({1, 1, 480, 720}), "11HW");
  assert_letters(letters_of({60, 1, 480, 720}), "?1HW");
  assert_letters(letters_of({1, 60, 480, 720}), "1?HW");
  assert_letters(letters_of({5, 3, 1, 480, 720}), "TN1HW");
  assert_letters(letters_of({480, 1}), "HW");
  assert_letters(letters_of({24, 32, 1}), "HW1");
  assert_letters(letters_of({5, 3, 24, 32, 1}), "TNHW1");
  assert_letters(letters_of({5, 3, 24, 1}), "TNHW");
  assert_letters(letters_of({2, 3, 4, 480, 720}), "error " + std::to_string(static_cast<int>(ErrorCode::Format)));
}
END_TEST

START_TEST(test_rule_1_takes_a_short_last_axis_for_objects) {
  assert_letters(letters_of({480, 720, 15}), "HWN");
  assert_letters(letters_of({480, 720, 16}), "?HW");
  assert_letters(letters_of({64, 64, 3}), "HWN");
  assert_letters(letters_of({63, 64, 3}), "?HW");
  assert_letters(letters_of({64, 63, 3}), "?HW");
  assert_letters(letters_of({480, 720, 1}), "HW1");
  assert_letters(letters_of({7, 480, 720, 3}), "THWN");
  assert_letters(letters_of({7, 480, 720, 1}), "?HW1");
}
END_TEST

START_TEST(test_rule_2_takes_ids_of_the_first_axis_alone_for_objects_first) {
  assert_letters(letters_of({5, 3, 40, 50}), "TNHW");
  assert_letters(letters_of({5, 3, 40, 50}, {.ids = 3}), "TNHW");
  assert_letters(letters_of({5, 3, 40, 50}, {.ids = 5}), "NTHW");
  assert_letters(letters_of({5, 5, 40, 50}, {.ids = 5}), "TNHW");
}
END_TEST

START_TEST(test_rule_3_goes_by_the_side_arrays_in_order) {
  const Shape shape{6, 40, 50};
  assert_letters(letters_of(shape, {.ids = 6, .frames = 6, .times = 6, .scores = 6}), "KHW");
  assert_letters(letters_of(shape, {.ids = 6, .times = 6}), "THW");
  assert_letters(letters_of(shape, {.frames = 6, .scores = 6}), "THW");
  assert_letters(letters_of(shape, {.ids = 6, .fps = true}), "NHW");
  assert_letters(letters_of(shape, {.scores = 6, .fps = true}), "?HW");
  assert_letters(letters_of(shape, {.labels = 6, .fps = true}), "NHW");
  assert_letters(letters_of(shape, {.fps = true}), "THW");
  assert_letters(letters_of(shape, {.ids = 1}), "THW");
  assert_letters(letters_of(shape, {.scores = 5, .labels = 7}), "?HW");
  assert_letters(letters_of(shape, {.ids = 6}, LabelMaps::Yes), "THW");
  assert_letters(letters_of({1, 40, 50}, {.frames = 1}), "THW");
  assert_letters(letters_of({1, 40, 50}, {.times = 1}), "THW");
  assert_letters(letters_of({1, 40, 50}, {.ids = 1, .fps = true}), "1HW");
  assert_letters(letters_of({1, 40, 50}, {.ids = 1, .frames = 1}), "KHW");
  assert_letters(letters_of({40, 50}, {.frames = 1}), "HW");
  assert_letters(letters_of({60, 1, 40, 50}, {.ids = 1, .frames = 60}), "T1HW");
}
END_TEST

START_TEST(test_axes_of_the_user_are_taken_as_they_are) {
  const auto layout = parse_layout({3, 1, 40, 50}, "K1HW");
  fail_unless(layout.has_value());
  assert_letters(layout->axes(), "KHW");
  fail_if(layout->is_still());
  fail_unless(parse_layout({40, 50, 3}, "HWN")->is_still());
}
END_TEST

/// A plane of one row with runs of `value`.
PlaneRuns plane_of(std::vector<std::pair<int, int>> spans, std::int32_t value = 1) {
  PlaneRuns plane;
  for (const auto& [begin, end] : spans)
    plane.spans.push_back({0, static_cast<std::uint16_t>(begin), static_cast<std::uint16_t>(end), value});
  return plane;
}

char decide(const std::vector<PlaneRuns>& planes, bool may_be_labels = false) {
  AxisProbe probe(planes.size());
  for (const auto& plane : planes) {
    if (!probe.is_ready()) probe.add(plane);
  }
  return probe.decide(may_be_labels);
}

START_TEST(test_rule_4_goes_by_the_median_overlap) {
  // Intersection over union of exactly 0.3: 3 of 10.
  fail_unless_equals_int(decide({plane_of({{0, 5}}), plane_of({{2, 10}})}), 'T');
  fail_unless_equals_int(decide({plane_of({{0, 5}}), plane_of({{3, 10}})}), 'N');
  // 1, 0, 1: the median is 1. 1, 0: it is 0.5. 0, 0, 1: it is 0.
  const auto a = plane_of({{0, 2}, {4, 6}});
  const auto b = plane_of({{2, 4}, {6, 9}});
  fail_unless_equals_int(decide({a, a, b, b}), 'T');
  fail_unless_equals_int(decide({a, a, b}), 'T');
  fail_unless_equals_int(decide({a, b, a, a}), 'N');
  fail_unless_equals_int(decide({}), 'N');
  fail_unless_equals_int(decide({a}), 'N');
}
END_TEST

START_TEST(test_rule_4_counts_only_pixels_of_the_same_row) {
  auto below = plane_of({{0, 5}});
  below.spans[0].row = 1;
  fail_unless_equals_int(decide({plane_of({{0, 5}}), below}), 'N');
}
END_TEST

START_TEST(test_rule_4_skips_planes_without_masks_and_stops_after_16_pairs) {
  std::vector<PlaneRuns> planes(40);
  planes.push_back(plane_of({{0, 5}}));
  planes.push_back(plane_of({{0, 5}}));
  planes.push_back(plane_of({{0, 5}}));
  // Appearing is a pair without overlap; two stay.
  fail_unless_equals_int(decide(planes), 'T');
  planes.assign(17, plane_of({{0, 5}}));
  for (int i = 0; i < 100; ++i) planes.push_back(plane_of({{i % 2 * 10 + 10, i % 2 * 10 + 15}}));
  fail_unless_equals_int(decide(planes), 'T');
}
END_TEST

START_TEST(test_rule_3_takes_several_values_for_label_maps_but_not_255_alone) {
  const std::vector<PlaneRuns> apart{plane_of({{0, 5}}, 2), plane_of({{5, 9}}, 1)};
  fail_unless_equals_int(decide(apart, true), 'T');
  fail_unless_equals_int(decide(apart, false), 'N');
  fail_unless_equals_int(decide({plane_of({{0, 5}}, 255), plane_of({{5, 9}}, 255)}, true), 'N');
  fail_unless_equals_int(decide({plane_of({{0, 5}}, 255), plane_of({{5, 9}}, 1)}, true), 'T');
  fail_unless_equals_int(decide({plane_of({{0, 5}}, 1), plane_of({{5, 9}}, 1)}, true), 'N');
}
END_TEST

Suite* array_schema_suite() {
  auto* const suite = suite_create("array_schema");
  auto* const test_case = tcase_create("array_schema");
  suite_add_tcase(suite, test_case);
  tcase_add_test(test_case, test_rule_1_drops_axes_of_size_one);
  tcase_add_test(test_case, test_rule_1_takes_a_short_last_axis_for_objects);
  tcase_add_test(test_case, test_rule_2_takes_ids_of_the_first_axis_alone_for_objects_first);
  tcase_add_test(test_case, test_rule_3_goes_by_the_side_arrays_in_order);
  tcase_add_test(test_case, test_axes_of_the_user_are_taken_as_they_are);
  tcase_add_test(test_case, test_rule_4_goes_by_the_median_overlap);
  tcase_add_test(test_case, test_rule_4_counts_only_pixels_of_the_same_row);
  tcase_add_test(test_case, test_rule_4_skips_planes_without_masks_and_stops_after_16_pairs);
  tcase_add_test(test_case, test_rule_3_takes_several_values_for_label_maps_but_not_255_alone);
  return suite;
}

}  // namespace

GST_CHECK_MAIN(array_schema);
