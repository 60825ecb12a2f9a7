// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
// When a frame is, for each kind of frame. All numbers are computed by hand, in ms.
#include "element/frame_clock.hpp"

#include <functional>

#include "support/gst_check.hpp"
#include "support/owned.hpp"

using namespace sam2::element;
using sam2::test::Owned;

namespace {

constexpr std::int64_t kMs = 1'000'000;
constexpr FrameClock::Periods kEven{40 * kMs, 40 * kMs, false};
constexpr FrameClock::Periods kVarying{40 * kMs, 40 * kMs, true};

GstSegment made(const std::function<void(GstSegment&)>& change) {
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  change(segment);
  return segment;
}

/// A clock and the segment that it is in.
class Clock {
 public:
  Clock() {
    clock_.on_stream_start("stream");
    begin([](GstSegment&) {});
  }

  void begin(const std::function<void(GstSegment&)>& change) {
    segment_ = made(change);
    clock_.on_segment(segment_);
  }
  /// An accurate seek, in a stream whose PTS are 1000 ms ahead of stream time.
  void seek(std::int64_t position) {
    clock_.on_flush();
    begin([&](GstSegment& segment) {
      segment.start = GstClockTime(1000 * kMs + position);
      segment.time = GstClockTime(position);
    });
  }
  FrameTime pass(GstClockTime pts, GstClockTime duration, const FrameClock::Periods& periods) {
    const Owned<GstBuffer> buffer(gst_buffer_new());
    GST_BUFFER_PTS(buffer.get()) = pts;
    GST_BUFFER_DURATION(buffer.get()) = duration;
    return clock_.next(segment_, buffer.get(), periods);
  }
  FrameClock& clock() { return clock_; }

 private:
  FrameClock clock_;
  GstSegment segment_{};
};

constexpr GstClockTime operator""_ms(unsigned long long value) {
  return value * GST_MSECOND;
}

void assert_time(const FrameTime& time, double stream_time, double uncut, double lookup) {
  fail_unless(time.stream_time == std::int64_t(stream_time * kMs) && time.uncut_time == std::int64_t(uncut * kMs) &&
                  time.lookup == std::int64_t(lookup * kMs),
              "stream time %f, uncut %f, lookup %f", double(time.stream_time) / kMs, double(time.uncut_time) / kMs,
              double(time.lookup) / kMs);
}

}  // namespace

START_TEST(test_a_plain_frame_is_looked_up_half_a_frame_later) {
  Clock clock;
  auto time = clock.pass(0, 40_ms, kEven);
  assert_time(time, 0, 0, 20);
  fail_unless(time.slack == kMs && time.is_whole && !time.follows && !time.may_be_cut && time.number == 0);
  time = clock.pass(40_ms, 40_ms, kEven);
  assert_time(time, 40, 40, 60);
  fail_unless(time.follows && time.number == 1);
  // Without a PTS it begins where the one before ended; without a duration it is one period long.
  assert_time(clock.pass(GST_CLOCK_TIME_NONE, GST_CLOCK_TIME_NONE, kEven), 80, 80, 100);
  assert_time(clock.pass(GST_CLOCK_TIME_NONE, 40_ms, kEven), 120, 120, 140);
  fail_unless(clock.clock().first_stream_time() == 0);
}
END_TEST

START_TEST(test_a_frame_that_a_seek_has_cut_is_placed_by_its_end) {
  Clock clock;
  clock.pass(0, 40_ms, kEven);
  clock.seek(110 * kMs);
  // The frame from 80 to 120.
  const auto time = clock.pass(1110_ms, 10_ms, kEven);
  assert_time(time, 110, 80, 100);
  fail_unless(time.may_be_cut && !time.is_whole && !time.follows);
  assert_time(clock.pass(1120_ms, 40_ms, kEven), 120, 120, 140);
}
END_TEST

START_TEST(test_a_cut_frame_of_varying_length_is_as_long_as_the_ones_before) {
  Clock clock;
  clock.pass(0, 40_ms, kVarying);
  clock.pass(40_ms, 40_ms, kVarying);
  clock.seek(110 * kMs);
  auto time = clock.pass(1110_ms, 10_ms, kVarying);
  // It begins at 110 - (40 - 10) ms. It is looked up 1 ms after the position, which is inside it.
  assert_time(time, 110, 80, 111);
  fail_unless(time.slack == kMs && time.uncertain_end == 120 * kMs);
  // If durations are true, nobody knows where it began.
  FrameClock::trust_duration(time);
  fail_unless(time.uncut_time == 110 * kMs && time.slack == kMs / 4);
}
END_TEST

START_TEST(test_lengths_that_differ_are_true) {
  Clock clock;
  clock.pass(0, 40_ms, kVarying);
  clock.pass(40_ms, 40_ms, kVarying);
  clock.pass(80_ms, 70_ms, kVarying);
  clock.seek(130 * kMs);
  const auto time = clock.pass(1130_ms, 20_ms, kVarying);
  assert_time(time, 130, 130, 131);
  fail_unless(!time.uncertain_end);
}
END_TEST

START_TEST(test_a_first_frame_without_duration_is_looked_up_where_the_seek_went) {
  Clock clock;
  clock.pass(0, GST_CLOCK_TIME_NONE, kVarying);
  clock.seek(110 * kMs);
  const auto time = clock.pass(1110_ms, GST_CLOCK_TIME_NONE, kVarying);
  assert_time(time, 110, 110, 110.001);
  fail_unless(time.slack == 0);
}
END_TEST

START_TEST(test_backwards_and_applied_rates_do_not_follow) {
  Clock clock;
  clock.pass(0, 40_ms, kEven);
  clock.clock().on_flush();
  clock.begin([](GstSegment& segment) {
    segment.rate = -1;
    segment.stop = 400_ms;
  });
  fail_unless(!clock.pass(360_ms, 40_ms, kEven).follows);
  fail_unless(!clock.pass(320_ms, 40_ms, kEven).follows);
  clock.clock().on_flush();
  clock.begin([](GstSegment& segment) { segment.applied_rate = 2; });
  fail_unless(!clock.pass(0, 20_ms, kEven).follows);
  const auto time = clock.pass(20_ms, 20_ms, kEven);
  fail_unless(!time.follows);
  assert_time(time, 40, 40, 60);
}
END_TEST

START_TEST(test_segments_of_an_edit_list_follow_each_other) {
  Clock clock;
  clock.pass(0, 40_ms, kEven);
  clock.begin([](GstSegment& segment) {
    segment.start = 5000_ms;
    segment.time = 40_ms;
  });
  fail_unless(clock.pass(5000_ms, 40_ms, kEven).follows);
  clock.begin([](GstSegment& segment) { segment.start = segment.time = 400_ms; });
  fail_unless(!clock.pass(400_ms, 40_ms, kEven).follows);
}
END_TEST

START_TEST(test_a_new_stream_forgets_and_a_repeated_event_does_not) {
  Clock clock;
  clock.pass(700_ms, 40_ms, kEven);
  fail_unless(!clock.clock().on_stream_start("stream"));
  fail_unless(clock.clock().first_stream_time() == 700 * kMs);
  fail_unless(clock.clock().on_stream_start("another"));
  fail_unless(!clock.clock().first_stream_time());
}
END_TEST

static Suite* frame_clock_suite() {
  auto* suite = suite_create("frame_clock");
  auto* tests = tcase_create("frame_clock");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_a_plain_frame_is_looked_up_half_a_frame_later);
  tcase_add_test(tests, test_a_frame_that_a_seek_has_cut_is_placed_by_its_end);
  tcase_add_test(tests, test_a_cut_frame_of_varying_length_is_as_long_as_the_ones_before);
  tcase_add_test(tests, test_lengths_that_differ_are_true);
  tcase_add_test(tests, test_a_first_frame_without_duration_is_looked_up_where_the_seek_went);
  tcase_add_test(tests, test_backwards_and_applied_rates_do_not_follow);
  tcase_add_test(tests, test_segments_of_an_edit_list_follow_each_other);
  tcase_add_test(tests, test_a_new_stream_forgets_and_a_repeated_event_does_not);
  return suite;
}

GST_CHECK_MAIN(frame_clock)
