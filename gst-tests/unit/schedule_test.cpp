// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "timing/schedule.hpp"

#include "support/gst_check.hpp"

using namespace sam2;
using namespace sam2::timing;

namespace {

const std::int64_t kFrames[] = {0, 1, 2};
const std::int64_t kTimes[] = {0, 500'000'000, 1'000'000'000};

Schedule make(const ScheduleInput& input) {
  auto schedule = Schedule::make(input);
  fail_unless(schedule.has_value());
  return *schedule;
}

ScheduleInput with_rates(Fraction wanted, Fraction file, Fraction stream) {
  ScheduleInput input;
  input.frame_numbers = kFrames;
  input.wanted_rate = wanted;
  input.file_rate = file;
  input.stream_rate = stream;
  return input;
}

}  // namespace

START_TEST(test_the_wanted_rate_goes_before_the_files_and_that_before_the_streams) {
  fail_unless_equals_int64(make(with_rates({10, 1}, {20, 1}, {40, 1})).period(), 100'000'000);
  fail_unless_equals_int64(make(with_rates({0, 1}, {20, 1}, {40, 1})).period(), 50'000'000);
  fail_unless_equals_int64(make(with_rates({0, 1}, {0, 1}, {40, 1})).period(), 25'000'000);
  fail_unless(make(with_rates({0, 1}, {0, 1}, {40, 1})).entry_at(25'000'000) == std::optional<std::size_t>(1));
}
END_TEST

START_TEST(test_without_any_rate_buffers_are_counted_and_it_says_so) {
  const auto schedule = make(with_rates({0, 1}, {0, 1}, {0, 1}));
  fail_unless(schedule.basis() == Schedule::Basis::Buffers);
  fail_unless(schedule.lacks_rate());
  fail_unless(schedule.entry_of(2) == std::optional<std::size_t>(2));
  fail_unless(!schedule.entry_of(3));
}
END_TEST

START_TEST(test_counting_that_was_asked_for_is_no_makeshift) {
  auto input = with_rates({0, 1}, {20, 1}, {40, 1});
  input.timing = Timing::Buffers;
  const auto schedule = make(input);
  fail_unless(schedule.basis() == Schedule::Basis::Buffers);
  fail_unless(!schedule.lacks_rate());
}
END_TEST

START_TEST(test_timestamps_go_before_rates_unless_frame_rate_is_asked_for) {
  auto input = with_rates({10, 1}, {0, 1}, {0, 1});
  input.timestamps = kTimes;
  fail_unless(make(input).entry_at(499'999'999) == std::optional<std::size_t>(0));
  input.timing = Timing::Framerate;
  fail_unless(make(input).entry_at(100'000'000) == std::optional<std::size_t>(1));
}
END_TEST

START_TEST(test_with_sparse_timestamps_a_frame_is_that_of_the_stream) {
  auto input = with_rates({0, 1}, {0, 1}, {25, 1});
  input.timestamps = kTimes;
  fail_unless_equals_int64(make(input).period(), 40'000'000);
  input.stream_rate = {1, 1};
  fail_unless_equals_int64(make(input).period(), 500'000'000);
  input.stream_rate = {0, 1};
  fail_unless_equals_int64(make(input).period(), 500'000'000);
}
END_TEST

START_TEST(test_timestamps_asked_of_a_file_without_them_are_a_settings_error) {
  auto input = with_rates({10, 1}, {0, 1}, {0, 1});
  input.timing = Timing::Timestamps;
  const auto schedule = Schedule::make(input);
  fail_unless(!schedule.has_value());
  fail_unless(schedule.error().code == ErrorCode::Settings);
  fail_unless(schedule.error().message.find("timestamps") != std::string::npos);
}
END_TEST

START_TEST(test_a_still_needs_no_time) {
  ScheduleInput input;
  input.still = true;
  fail_unless(make(input).basis() == Schedule::Basis::Still);
}
END_TEST

START_TEST(test_period_is_positive_at_any_known_rate) {
  fail_unless_equals_int64(period_of({30000, 1001}), 33'366'666);
  fail_unless_equals_int64(period_of({2147483647, 1}), 1);
  fail_unless_equals_int64(period_of({1, 2147483647}), 2147483647000000000);
  fail_unless_equals_int64(period_of({0, 1}), 0);
}
END_TEST

static Suite* schedule_suite() {
  Suite* suite = suite_create("schedule");
  TCase* chain = tcase_create("general");
  suite_add_tcase(suite, chain);
  tcase_add_test(chain, test_the_wanted_rate_goes_before_the_files_and_that_before_the_streams);
  tcase_add_test(chain, test_without_any_rate_buffers_are_counted_and_it_says_so);
  tcase_add_test(chain, test_counting_that_was_asked_for_is_no_makeshift);
  tcase_add_test(chain, test_timestamps_go_before_rates_unless_frame_rate_is_asked_for);
  tcase_add_test(chain, test_with_sparse_timestamps_a_frame_is_that_of_the_stream);
  tcase_add_test(chain, test_timestamps_asked_of_a_file_without_them_are_a_settings_error);
  tcase_add_test(chain, test_a_still_needs_no_time);
  tcase_add_test(chain, test_period_is_positive_at_any_known_rate);
  return suite;
}

GST_CHECK_MAIN(schedule);
