// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "base/frame_rate.hpp"

#include "support/gst_check.hpp"

namespace {

using sam2::Fraction;
using sam2::frame_rate_of;

void assert_rate(double number, std::int32_t numerator, std::int32_t denominator) {
  const auto rate = frame_rate_of(number);
  fail_unless(rate == Fraction({numerator, denominator}), "%.9g is %d/%d", number, rate ? rate->numerator : 0,
              rate ? rate->denominator : 0);
}

START_TEST(test_whole_rates_are_exact) {
  for (const int rate : {1, 24, 25, 30, 60, 1000, 2147483647}) assert_rate(rate, rate, 1);
}
END_TEST

START_TEST(test_ntsc_rates_are_known_however_they_are_rounded) {
  for (const double rate : {23.976, 23.98, 24000 / 1001.0}) assert_rate(rate, 24000, 1001);
  for (const double rate : {29.97, 29.970029, 30000 / 1001.0, static_cast<double>(29.97f)})
    assert_rate(rate, 30000, 1001);
  assert_rate(59.94, 60000, 1001);
  assert_rate(119.88, 120000, 1001);
}
END_TEST

START_TEST(test_other_rates_become_the_simplest_fraction) {
  assert_rate(12.5, 25, 2);
  assert_rate(0.5, 1, 2);
  assert_rate(1 / 3.0, 1, 3);
  assert_rate(static_cast<double>(1 / 3.0f), 1, 3);
  assert_rate(14.985, 2997, 200);
  assert_rate(0.001, 1, 1000);
  const auto odd = frame_rate_of(3.14159265358979);
  fail_unless(odd && std::abs(odd->numerator / static_cast<double>(odd->denominator) - 3.14159265358979) < 1e-6);
}
END_TEST

START_TEST(test_invalid_rates_are_not_parsed) {
  for (const double rate : {0.0, -0.0, -30.0, std::nan(""), HUGE_VAL, -HUGE_VAL, 2147483648.0, 1e300, 1e-300, 1e-12}) {
    fail_if(frame_rate_of(rate).has_value(), "%g", rate);
  }
}
END_TEST

Suite* frame_rate_suite() {
  auto* const suite = suite_create("frame_rate");
  auto* const test_case = tcase_create("frame_rate");
  suite_add_tcase(suite, test_case);
  tcase_add_test(test_case, test_whole_rates_are_exact);
  tcase_add_test(test_case, test_ntsc_rates_are_known_however_they_are_rounded);
  tcase_add_test(test_case, test_other_rates_become_the_simplest_fraction);
  tcase_add_test(test_case, test_invalid_rates_are_not_parsed);
  return suite;
}

}  // namespace

GST_CHECK_MAIN(frame_rate);
