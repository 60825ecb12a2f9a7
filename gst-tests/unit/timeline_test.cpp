// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "timing/timeline.hpp"

#include "support/gst_check.hpp"

using namespace sam2;
using namespace sam2::timing;

namespace {

struct Rate {
  std::int32_t n;
  std::int32_t d;
};

constexpr Rate kRates[] = {{30000, 1001}, {24000, 1001}, {60000, 1001}, {120000, 1001},
                           {24, 1},       {25, 1},       {30, 1},       {240, 1}};
constexpr std::int64_t kUnits[] = {1, 1'000, 1'000'000};

// Exact begin of frame k in ns, as a long double (64-bit mantissa): an oracle without the integer formula under test.
long double begin_of(std::int64_t frame, Rate rate) {
  return static_cast<long double>(frame) * 1e9L * static_cast<long double>(rate.d) / static_cast<long double>(rate.n);
}

std::int64_t rounded_to(long double time, std::int64_t unit) {
  return static_cast<std::int64_t>(std::floor(time / static_cast<long double>(unit) + 0.5L)) * unit;
}

// A timeline of `count` frames from `first` on.
Timeline frames_from(std::int64_t first, std::size_t count, Rate rate, const TimelineOptions& options = {}) {
  std::vector<std::int64_t> numbers(count);
  for (std::size_t k = 0; k < count; ++k) numbers[k] = first + static_cast<std::int64_t>(k);
  return Timeline::from_frame_numbers(numbers, {rate.n, rate.d}, options);
}

std::int64_t shown(const Timeline& timeline, std::int64_t time) {
  const auto entry = timeline.entry_at(time);
  return entry ? static_cast<std::int64_t>(*entry) : -1;
}

}  // namespace

START_TEST(test_every_frame_finds_its_own_mask_at_all_rates_and_stamp_roundings) {
  for (const auto rate : kRates) {
    const auto period = static_cast<std::int64_t>(begin_of(1, rate));
    for (const std::int64_t first : {0LL, 100'000LL, 9'990'000LL}) {
      const auto timeline = frames_from(first, 10'000, rate);
      for (const auto unit : kUnits) {
        for (std::int64_t k = 0; k < 10'000; ++k) {
          const auto begin = rounded_to(begin_of(first + k, rate), unit);
          const auto duration = rounded_to(begin_of(first + k + 1, rate), unit) - begin;
          for (const auto known : {duration, std::int64_t{0}}) {
            const auto found = shown(timeline, begin + lookup_offset(period, known));
            fail_unless(found == k, "rate %d/%d, unit %d ns, frame %d: found %d", rate.n, rate.d,
                        static_cast<int>(unit), static_cast<int>(first + k), static_cast<int>(first + found));
          }
        }
      }
    }
  }
}
END_TEST

START_TEST(test_a_frame_clipped_at_its_end_keeps_its_mask) {
  std::mt19937 random(7);
  for (const auto rate : kRates) {
    const auto period = static_cast<std::int64_t>(begin_of(1, rate));
    const auto timeline = frames_from(0, 3000, rate);
    for (std::int64_t k = 0; k < 3000; ++k) {
      const auto begin = rounded_to(begin_of(k, rate), 1);
      const auto duration = 1 + static_cast<std::int64_t>(random() % static_cast<std::uint32_t>(period - 1));
      fail_unless_equals_int64(shown(timeline, begin + lookup_offset(period, duration)), k);
    }
  }
}
END_TEST

START_TEST(test_lookup_offset_follows_its_formula) {
  fail_unless_equals_int64(lookup_offset(40'000'000, 0), 20'000'000);
  fail_unless_equals_int64(lookup_offset(40'000'000, 40'000'000), 20'000'000);
  fail_unless_equals_int64(lookup_offset(40'000'000, 50'000'000), 20'000'000);
  fail_unless_equals_int64(lookup_offset(40'000'000, 10'000'000), 5'000'000);
  fail_unless_equals_int64(lookup_offset(40'000'000, 1'000), 1'000'000);
  fail_unless_equals_int64(lookup_offset(2'000'000, 10), 500'000);
  fail_unless_equals_int64(lookup_offset(0, 0), 0);
}
END_TEST

START_TEST(test_a_mask_holds_until_the_next_and_the_last_for_the_median_spacing) {
  const std::int64_t frames[] = {0, 4, 8, 20};
  const auto timeline = Timeline::from_frame_numbers(frames, {10, 1}, {});
  constexpr std::int64_t kFrame = 100'000'000;
  fail_unless_equals_int64(shown(timeline, -1), -1);
  fail_unless_equals_int64(shown(timeline, 0), 0);
  fail_unless_equals_int64(shown(timeline, 4 * kFrame - 1), 0);
  fail_unless_equals_int64(shown(timeline, 4 * kFrame), 1);
  fail_unless_equals_int64(shown(timeline, 20 * kFrame - 1), 2);
  fail_unless_equals_int64(shown(timeline, 20 * kFrame), 3);
  fail_unless_equals_int64(shown(timeline, 24 * kFrame - 1), 3);
  fail_unless_equals_int64(shown(timeline, 24 * kFrame), -1);
  fail_unless_equals_int64(timeline.median_spacing(), 4 * kFrame);
}
END_TEST

START_TEST(test_the_median_of_an_even_number_of_gaps_is_the_mean_of_the_middle_two) {
  const std::int64_t frames[] = {0, 1, 11, 12, 17};
  constexpr std::int64_t kFrame = 100'000'000;
  fail_unless_equals_int64(Timeline::from_frame_numbers(frames, {10, 1}, {}).median_spacing(), 3 * kFrame);
  const std::int64_t stamps[] = {0, 5 * kFrame, 6 * kFrame};
  const auto timeline = Timeline::from_timestamps(stamps, kFrame, {});
  fail_unless_equals_int64(shown(timeline, 9 * kFrame - 1), 2);
  fail_unless_equals_int64(shown(timeline, 9 * kFrame), -1);
}
END_TEST

START_TEST(test_max_hold_ends_a_mask_whose_successor_is_late) {
  TimelineOptions options;
  options.max_hold = 250'000'000;
  const std::int64_t frames[] = {0, 1, 8};
  const auto timeline = Timeline::from_frame_numbers(frames, {10, 1}, options);
  fail_unless_equals_int64(shown(timeline, 0), 0);
  fail_unless_equals_int64(shown(timeline, 100'000'000), 1);
  fail_unless_equals_int64(shown(timeline, 349'999'999), 1);
  fail_unless_equals_int64(shown(timeline, 350'000'000), -1);
  fail_unless_equals_int64(shown(timeline, 800'000'000), 2);
}
END_TEST

START_TEST(test_the_entry_that_began_last_is_known_even_if_it_holds_no_more) {
  TimelineOptions options;
  options.max_hold = 5;
  const std::vector<std::int64_t> times{300, 100, 200, 200};
  const auto timeline = Timeline::from_timestamps(times, 10, options);
  for (std::int64_t time = -50; time < 900; ++time) {
    std::optional<std::size_t> expected;
    for (const std::size_t entry : {1, 2, 3, 0}) {
      if (times[entry] <= time) expected = entry;
    }
    fail_unless(timeline.entry_begun_at(time) == expected, "at %d", static_cast<int>(time));
  }
  const auto numbered = frames_from(3, 2, {25, 1});
  fail_unless(!numbered.entry_begun_at(119'999'999) && numbered.entry_begun_at(120'000'000) == std::size_t{0});
  fail_unless(numbered.entry_begun_at(1'000'000'000'000) == std::size_t{1});
}
END_TEST

START_TEST(test_at_end_holds_or_loops) {
  TimelineOptions options;
  const std::int64_t frames[] = {0, 1, 2};
  options.at_end = AtEnd::Hold;
  const auto held = Timeline::from_frame_numbers(frames, {1, 1}, options);
  fail_unless_equals_int64(shown(held, 1'000'000'000'000), 2);
  fail_unless_equals_int64(shown(held, -1), -1);
  options.at_end = AtEnd::Loop;
  const auto looped = Timeline::from_frame_numbers(frames, {1, 1}, options);
  for (std::int64_t seconds = 0; seconds < 100; ++seconds) {
    fail_unless_equals_int64(shown(looped, seconds * kNanosecondsPerSecond + 5), seconds % 3);
  }
  fail_unless_equals_int64(shown(looped, -1), -1);
}
END_TEST

START_TEST(test_a_loop_repeats_the_gap_before_the_first_mask) {
  TimelineOptions options;
  options.at_end = AtEnd::Loop;
  const std::int64_t frames[] = {2, 3};
  const auto timeline = Timeline::from_frame_numbers(frames, {1, 1}, options);
  const std::int64_t expected[] = {-1, -1, 0, 1, -1, -1, 0, 1};
  for (std::int64_t seconds = 0; seconds < 8; ++seconds) {
    fail_unless_equals_int64(shown(timeline, seconds * kNanosecondsPerSecond), expected[seconds]);
  }
}
END_TEST

START_TEST(test_entries_in_any_order_are_shown_in_order_of_time) {
  const std::int64_t frames[] = {2, 0, 1};
  const auto timeline = Timeline::from_frame_numbers(frames, {1, 1}, {});
  fail_unless_equals_int64(shown(timeline, 0), 1);
  fail_unless_equals_int64(shown(timeline, 1'000'000'000), 2);
  fail_unless_equals_int64(shown(timeline, 2'000'000'000), 0);
}
END_TEST

START_TEST(test_of_entries_with_the_same_time_the_last_counts) {
  const std::int64_t times[] = {0, 0, 500};
  const auto timeline = Timeline::from_timestamps(times, 40, {});
  fail_unless_equals_int64(shown(timeline, 0), 1);
  fail_unless_equals_int64(shown(timeline, 999), 2);
  fail_unless_equals_int64(shown(timeline, 1000), -1);
}
END_TEST

START_TEST(test_timestamps_may_be_uneven_and_a_lone_one_holds_a_frame) {
  const std::int64_t times[] = {10, 15, 100};
  const auto timeline = Timeline::from_timestamps(times, 40, {});
  fail_unless_equals_int64(shown(timeline, 9), -1);
  fail_unless_equals_int64(shown(timeline, 14), 0);
  fail_unless_equals_int64(shown(timeline, 99), 1);
  const std::int64_t one[] = {10};
  const auto lone = Timeline::from_timestamps(one, 40, {});
  fail_unless_equals_int64(shown(lone, 49), 0);
  fail_unless_equals_int64(shown(lone, 50), -1);
}
END_TEST

START_TEST(test_extreme_times_and_frame_numbers_neither_wrap_nor_fail) {
  constexpr auto kLowest = std::numeric_limits<std::int64_t>::min();
  constexpr auto kHighest = std::numeric_limits<std::int64_t>::max();
  const std::int64_t frames[] = {kLowest, 0, kHighest};
  for (const auto at_end : {AtEnd::Clear, AtEnd::Hold, AtEnd::Loop}) {
    TimelineOptions options;
    options.at_end = at_end;
    options.max_hold = kHighest;
    const auto timeline = Timeline::from_frame_numbers(frames, {std::numeric_limits<std::int32_t>::max(), 1}, options);
    for (const auto time : {kLowest, std::int64_t{-1}, std::int64_t{0}, kHighest}) (void)timeline.entry_at(time);
    (void)timeline.median_spacing();
  }
  const auto empty = Timeline::from_frame_numbers({}, {30, 1}, {});
  fail_unless_equals_int64(shown(empty, 0), -1);
}
END_TEST

START_TEST(test_counting_buffers_clears_holds_or_loops_at_the_end) {
  fail_unless(entry_of_buffer(2, 3, AtEnd::Clear) == std::optional<std::size_t>(2));
  fail_unless(!entry_of_buffer(3, 3, AtEnd::Clear));
  fail_unless(entry_of_buffer(9, 3, AtEnd::Hold) == std::optional<std::size_t>(2));
  fail_unless(entry_of_buffer(7, 3, AtEnd::Loop) == std::optional<std::size_t>(1));
  fail_unless(!entry_of_buffer(0, 0, AtEnd::Loop));
}
END_TEST

START_TEST(test_an_entry_is_near_within_the_slack_on_either_side) {
  const std::vector<std::int64_t> times = {300, 0, 100};
  const auto timeline = Timeline::from_timestamps(times, 40, {});
  fail_unless(timeline.time_near(0, 0) == std::optional<std::int64_t>(0));
  fail_unless(timeline.time_near(95, 5) == std::optional<std::int64_t>(100));
  fail_unless(timeline.time_near(105, 5) == std::optional<std::int64_t>(100));
  fail_unless(timeline.time_near(301, 5) == std::optional<std::int64_t>(300));
  fail_unless(!timeline.time_near(94, 5) && !timeline.time_near(106, 5) && !timeline.time_near(-6, 5));
  fail_unless(!timeline.time_near(306, 5) && !timeline.time_near(200, 5));
  // Of several, the nearest.
  fail_unless(timeline.time_near(40, 200) == std::optional<std::int64_t>(0));
  fail_unless(timeline.time_near(60, 200) == std::optional<std::int64_t>(100));
  fail_unless(timeline.all_begin_before(301) && !timeline.all_begin_before(300));
}
END_TEST

static Suite* timeline_suite() {
  Suite* suite = suite_create("timeline");
  TCase* chain = tcase_create("general");
  suite_add_tcase(suite, chain);
  tcase_add_test(chain, test_every_frame_finds_its_own_mask_at_all_rates_and_stamp_roundings);
  tcase_add_test(chain, test_a_frame_clipped_at_its_end_keeps_its_mask);
  tcase_add_test(chain, test_lookup_offset_follows_its_formula);
  tcase_add_test(chain, test_a_mask_holds_until_the_next_and_the_last_for_the_median_spacing);
  tcase_add_test(chain, test_the_median_of_an_even_number_of_gaps_is_the_mean_of_the_middle_two);
  tcase_add_test(chain, test_max_hold_ends_a_mask_whose_successor_is_late);
  tcase_add_test(chain, test_the_entry_that_began_last_is_known_even_if_it_holds_no_more);
  tcase_add_test(chain, test_at_end_holds_or_loops);
  tcase_add_test(chain, test_a_loop_repeats_the_gap_before_the_first_mask);
  tcase_add_test(chain, test_entries_in_any_order_are_shown_in_order_of_time);
  tcase_add_test(chain, test_of_entries_with_the_same_time_the_last_counts);
  tcase_add_test(chain, test_timestamps_may_be_uneven_and_a_lone_one_holds_a_frame);
  tcase_add_test(chain, test_extreme_times_and_frame_numbers_neither_wrap_nor_fail);
  tcase_add_test(chain, test_counting_buffers_clears_holds_or_loops_at_the_end);
  tcase_add_test(chain, test_an_entry_is_near_within_the_slack_on_either_side);
  return suite;
}

GST_CHECK_MAIN(timeline);
