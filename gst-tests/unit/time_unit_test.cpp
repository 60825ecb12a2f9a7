// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "masks/time_unit.hpp"

#include "support/gst_check.hpp"

using namespace sam2::masks;

namespace {

std::vector<double> times(double spacing, double from = 0, int count = 60) {
  std::vector<double> all;
  for (int i = 0; i < count; ++i) all.push_back(from + i * spacing);
  return all;
}

void check_unit(double spacing, bool is_float, double nanoseconds, bool is_guess) {
  const auto unit = find_time_unit(times(spacing), is_float);
  fail_unless(std::abs(unit.nanoseconds - nanoseconds) < 1e-6 && unit.is_guess == is_guess, "spacing %g: %s", spacing,
              unit.name);
}

}  // namespace

START_TEST(test_usual_frame_rates_are_found_in_every_unit) {
  for (const double rate : {24.0, 25.0, 30000 / 1001.0, 30.0, 50.0, 60.0, 120.0}) {
    check_unit(1 / rate, true, 1e9, false);
    check_unit(1e9 / rate, false, 1, false);
    for (const bool is_float : {true, false}) {
      check_unit(1e3 / rate, is_float, 1e6, true);
      check_unit(1e6 / rate, is_float, 1e3, true);
      check_unit(9e4 / rate, is_float, 1e9 / 9e4, true);
    }
    check_unit(1e9 / rate, true, 1, true);
  }
}
END_TEST

START_TEST(test_masks_that_are_seconds_apart_are_in_seconds) {
  for (const double spacing : {0.5, 1.0, 4.0, 8.0}) check_unit(spacing, true, 1e9, false);
}
END_TEST

START_TEST(test_a_single_time_has_the_usual_unit) {
  fail_unless(find_time_unit(std::vector<double>{5000}, true).nanoseconds == 1e9);
  fail_unless(find_time_unit(std::vector<double>{5}, false).nanoseconds == 1);
  fail_unless(find_time_unit({}, false).nanoseconds == 1);
}
END_TEST

START_TEST(test_a_unit_that_would_last_for_years_is_not_taken) {
  fail_unless(find_time_unit(std::vector<double>{5, 10, 15, 1e12}, false).nanoseconds == 1);
}
END_TEST

START_TEST(test_times_from_an_epoch_count_from_the_first_one) {
  const auto ns = times(33366700, 1.7e18);
  fail_unless(find_epoch(ns, find_time_unit(ns, false)) == 1.7e18);
  const auto seconds = times(0.04, 1.7e9);
  fail_unless(find_epoch(seconds, find_time_unit(seconds, true)) == 1.7e9);
  const auto hour = times(0.04, 3600);
  fail_unless(find_epoch(hour, find_time_unit(hour, true)) == 0, "a stream may begin an hour on");
}
END_TEST

static Suite* time_unit_suite() {
  auto* const suite = suite_create("time_unit");
  auto* const cases = tcase_create("time_unit");
  tcase_add_test(cases, test_usual_frame_rates_are_found_in_every_unit);
  tcase_add_test(cases, test_masks_that_are_seconds_apart_are_in_seconds);
  tcase_add_test(cases, test_a_single_time_has_the_usual_unit);
  tcase_add_test(cases, test_a_unit_that_would_last_for_years_is_not_taken);
  tcase_add_test(cases, test_times_from_an_epoch_count_from_the_first_one);
  suite_add_tcase(suite, cases);
  return suite;
}

GST_CHECK_MAIN(time_unit)
