// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
// Which mask a frame shows: rates, stamps of the file, offsets, ends, odd buffers, counting.
#include "support/mask_clock.hpp"
#include "support/pipeline.hpp"

using namespace sam2::test;

namespace {

Array seconds_array(const std::string& name, const std::vector<double>& values) {
  return make_array(name, "<f8", {values.size()}, values);
}

}  // namespace

START_TEST(test_rate_is_the_property_else_the_files_else_that_of_the_caps) {
  const auto stamps = frames_at(30, 0, 7);
  const MaskFile without({tiny_masks(100)});
  const MaskFile ten({tiny_masks(100), double_scalar("fps", 10)});
  assert_indices(MaskClock(without, {}).indices(stamps), {0, 1, 2, 3, 4, 5, 6}, "caps");
  assert_indices(MaskClock(ten, {}).indices(stamps), {0, 0, 0, 1, 1, 1, 2}, "file");
  assert_indices(MaskClock(ten, {{"framerate", "15/1"}}).indices(stamps), {0, 0, 1, 1, 2, 2, 3}, "property");
  assert_indices(MaskClock(ten, {{"framerate", "60/1"}}).indices(stamps), {0, 2, 4, 6, 8, 10, 12}, "above the video's");
  assert_indices(MaskClock(ten, {}, "").indices(stamps), {0, 0, 0, 1, 1, 1, 2}, "file, no rate in the caps");
}
END_TEST

START_TEST(test_rate_may_change_while_playing) {
  const MaskFile masks({tiny_masks(100)});
  MaskClock clock(masks, {{"time-origin", "stream"}});
  fail_unless_equals_int(clock.index(frame_at(30, 30)), 30);
  clock.set("framerate", "10/1");
  fail_unless_equals_int(clock.index(frame_at(31, 30)), 10);
  clock.set("framerate", "0/1");
  fail_unless_equals_int(clock.index(frame_at(32, 30)), 32);
  clock.set_caps(caps_text("GRAY8", 4, 1, "framerate=15/1"));
  fail_unless_equals_int(clock.index(frame_at(16, 15)), 16);
}
END_TEST

START_TEST(test_frame_numbers_may_be_sparse_and_unsorted) {
  // Row 1 is frame 2, row 2 frame 4, row 0 frame 8; then the median of gaps of 2 and 4 frames, which is 3.
  const MaskFile masks({tiny_masks(3), int64_array("frame_indices", {8, 2, 4})});
  assert_indices(MaskClock(masks, {}).indices(frames_at(30, 0, 15)),
                 {-1, -1, 1, 1, 2, 2, 2, 2, 0, 0, 0, -1, -1, -1, -1}, "30/1");
}
END_TEST

START_TEST(test_stamps_of_the_file_go_before_any_rate) {
  const MaskFile seconds({tiny_masks(3), seconds_array("timestamps", {0.0, 0.1, 0.33}), double_scalar("fps", 30)});
  const MaskFile nanoseconds({tiny_masks(3), int64_array("pts", {0, 100'000'000, 330'000'000})});
  const std::vector<int> expected = {0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 2, 2};
  assert_indices(MaskClock(seconds, {}).indices(frames_at(30, 0, 12)), expected, "seconds");
  assert_indices(MaskClock(nanoseconds, {}).indices(frames_at(30, 0, 12)), expected, "nanoseconds");
  assert_indices(MaskClock(nanoseconds, {{"timing", "timestamps"}}).indices(frames_at(30, 0, 12)), expected,
                 "asked for");
  assert_indices(MaskClock(seconds, {{"timing", "framerate"}}).indices(frames_at(30, 0, 4)), {0, 1, 2, -1},
                 "framerate");
}
END_TEST

START_TEST(test_timing_buffers_counts_whatever_the_stamps) {
  const MaskFile masks(
      {tiny_masks(4), int64_array("frame_indices", {9, 7, 5, 3}), seconds_array("timestamps", {1, 2, 3, 4})});
  const std::vector<Stamp> stamps = {{700_ms, 1}, {0, 9_ms}, {}, {50_ms, 5_ms}, {60_ms, 1_ms}, {61_ms, 1_ms}};
  MaskClock clear(masks, {{"timing", "buffers"}});
  assert_indices(clear.indices(stamps), {0, 1, 2, 3, -1, -1}, "clear");
  fail_unless_equals_int(clear.warnings(), 0);
  assert_indices(MaskClock(masks, {{"timing", "buffers"}, {"at-end", "hold"}}).indices(stamps), {0, 1, 2, 3, 3, 3},
                 "hold");
  assert_indices(MaskClock(masks, {{"timing", "buffers"}, {"at-end", "loop"}}).indices(stamps), {0, 1, 2, 3, 0, 1},
                 "loop");
}
END_TEST

START_TEST(test_ts_offset_shows_masks_later_or_earlier) {
  const MaskFile masks({tiny_masks(8)});
  const auto stamps = frames_at(10, 0, 6);
  assert_indices(MaskClock(masks, {{"ts-offset", "200000000"}}, "10/1").indices(stamps), {-1, -1, 0, 1, 2, 3}, "later");
  assert_indices(MaskClock(masks, {{"ts-offset", "-200000000"}}, "10/1").indices(stamps), {2, 3, 4, 5, 6, 7},
                 "earlier");
  for (const auto* extreme : {"9223372036854775807", "-9223372036854775808"}) {
    assert_indices(MaskClock(masks, {{"ts-offset", extreme}}, "10/1").indices(stamps), {-1, -1, -1, -1, -1, -1},
                   extreme);
  }
}
END_TEST

START_TEST(test_time_origin_may_be_the_first_frame) {
  const MaskFile masks({tiny_masks(4)});
  const auto stamps = frames_at(10, 14, 3);
  MaskClock stream(masks, {{"time-origin", "stream"}}, "10/1");
  assert_indices(stream.indices(stamps), {-1, -1, -1}, "stream");
  fail_unless_equals_int(stream.infos(), 1);
  MaskClock shifted(masks, {{"time-origin", "first-frame"}}, "10/1");
  assert_indices(shifted.indices(stamps), {0, 1, 2}, "first-frame");
  fail_unless_equals_int(shifted.infos(), 0);
  // It stays the origin after a seek.
  shifted.seek_to(1600_ms);
  assert_indices(shifted.indices(frames_at(10, 16, 2)), {2, 3}, "after a seek");
  assert_indices(MaskClock(masks, {{"time-origin", "first-frame"}, {"ts-offset", "100000000"}}, "10/1").indices(stamps),
                 {-1, 0, 1}, "and ts-offset");
}
END_TEST

START_TEST(test_a_stream_that_does_not_begin_at_zero_is_told_once_and_by_how_much) {
  const MaskFile masks({tiny_masks(4)});
  MaskClock late(masks, {{"time-origin", "stream"}}, "10/1");
  late.process(make_buffer(Bytes(4, 0), 1400_ms, 100_ms));
  const auto texts = late.texts(GST_MESSAGE_INFO);
  fail_unless_equals_uint64(texts.size(), 1);
  fail_unless(texts[0].find("1.4") != std::string::npos &&
                  texts[0].find("time-origin=first-frame") != std::string::npos &&
                  texts[0].find("ts-offset=1400000000") != std::string::npos,
              "%s", texts[0].c_str());
  MaskClock punctual(masks, {{"time-origin", "stream"}}, "10/1");
  punctual.indices({{4_ms, 100_ms}, {100_ms, 100_ms}});
  fail_unless_equals_int(punctual.infos(), 0);
}
END_TEST

START_TEST(test_max_hold_ends_a_mask_whose_successor_is_late) {
  const MaskFile masks({tiny_masks(3), int64_array("frame_indices", {0, 4, 5})});
  const auto stamps = frames_at(10, 0, 8);
  assert_indices(MaskClock(masks, {{"max-hold", "200000000"}}, "10/1").indices(stamps), {0, 0, -1, -1, 1, 2, 2, -1},
                 "two frames");
  assert_indices(MaskClock(masks, {{"max-hold", "18446744073709551615"}}, "10/1").indices(stamps),
                 {0, 0, 0, 0, 1, 2, 2, -1}, "none");
}
END_TEST

START_TEST(test_after_the_last_mask_at_end_decides) {
  const MaskFile masks({tiny_masks(3)});
  const auto stamps = frames_at(10, 0, 8);
  assert_indices(MaskClock(masks, {}, "10/1").indices(stamps), {0, 1, 2, -1, -1, -1, -1, -1}, "default");
  assert_indices(MaskClock(masks, {{"at-end", "hold"}}, "10/1").indices(stamps), {0, 1, 2, 2, 2, 2, 2, 2}, "hold");
  assert_indices(MaskClock(masks, {{"at-end", "loop"}}, "10/1").indices(stamps), {0, 1, 2, 0, 1, 2, 0, 1}, "loop");
}
END_TEST

START_TEST(test_a_still_is_shown_on_every_frame) {
  auto picture = mask_array(1, 2, 2, 2, [](auto, auto, auto, auto) { return true; });
  picture.shape = {2, 2, 2};
  const MaskFile masks({picture});
  MaskClock clock(masks, {{"ts-offset", "5000000000"}}, "", "NHW");
  assert_indices(clock.indices({{0, 1}, {}, {3600 * GST_SECOND, 1}, {G_MAXUINT64 - 1, 0}}), {0, 0, 0, 0}, "still");
  clock.seek_to(10 * GST_SECOND);
  fail_unless_equals_int(clock.index({10 * GST_SECOND, 1}), 0);
  fail_unless_equals_int(clock.warnings() + clock.infos(), 0);
}
END_TEST

START_TEST(test_segment_in_bytes_is_no_obstacle) {
  const MaskFile masks({tiny_masks(10)});
  MaskClock clock(masks, {}, "10/1");
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_BYTES);
  clock.send(gst_event_new_segment(&segment));
  // A CRITICAL would fail the test by itself.
  assert_indices(clock.indices({{0, 100_ms}, {100_ms, 100_ms}, {}, {700_ms, 100_ms}, {}}), {0, 1, 2, 7, 8}, "BYTES");
}
END_TEST

START_TEST(test_buffers_without_stamps_follow_the_ones_before) {
  const MaskFile masks({tiny_masks(40)});
  MaskClock clock(masks, {}, "10/1");
  assert_indices(clock.indices({{}, {}, {GST_CLOCK_TIME_NONE, 100_ms}, {500_ms, GST_CLOCK_TIME_NONE}, {}, {}}),
                 {0, 1, 2, 5, 6, 7}, "from the beginning");
  clock.seek_to(2000_ms);
  assert_indices(clock.indices({{}, {}, {}}), {20, 21, 22}, "after a seek");
}
END_TEST

START_TEST(test_odd_stamps_have_a_defined_mask) {
  const MaskFile masks({tiny_masks(10)});
  const Stamp odd[] = {{700_ms, 0},     {700_ms, GST_CLOCK_TIME_NONE},      {300_ms, 100_ms}, {200_ms, G_MAXUINT64 - 1},
                       {G_MAXINT64, 1}, {G_MAXUINT64 - 1, G_MAXUINT64 - 1}, {400_ms, 1}};
  MaskClock clock(masks, {{"time-origin", "stream"}}, "10/1");
  assert_indices(clock.indices({std::begin(odd), std::end(odd)}), {7, 7, 3, 2, -1, -1, 4}, "odd");
  // And nothing of it lasts.
  assert_indices(clock.indices({{}, {600_ms, 100_ms}}), {4, 6}, "afterwards");
}
END_TEST

START_TEST(test_stamps_of_a_year_are_exact) {
  constexpr std::int64_t kFrame = 1'000'000'007;
  const MaskFile masks({tiny_masks(3), int64_array("frame_indices", {kFrame, kFrame + 1, kFrame + 2})});
  MaskClock clock(masks, {}, "30000/1001");
  for (int k = -1; k < 4; ++k) {
    const auto pts = gst_util_uint64_scale_round(guint64(kFrame + k), 1001 * GST_SECOND, 30000);
    fail_unless(pts > (guint64{1} << 54));
    fail_unless_equals_int(clock.index({pts, 33'366'667}), k >= 0 && k < 3 ? k : -1);
  }
}
END_TEST

START_TEST(test_dropped_and_doubled_frames_keep_the_others_in_time) {
  const MaskFile masks({tiny_masks(10)});
  MaskClock clock(masks, {}, "10/1");
  const auto at = [](GstClockTime k) { return frame_at(k, 10); };
  assert_indices(clock.indices({at(0), at(0), at(3), at(4), at(4), at(9), at(8), at(1)}), {0, 0, 3, 4, 4, 9, 8, 1},
                 "drops");
}
END_TEST

START_TEST(test_jittered_stamps_keep_their_masks) {
  const auto seed = test_seed();
  std::mt19937 random(seed);
  const MaskFile masks({tiny_masks(300)});
  MaskClock clock(masks, {}, "30000/1001");
  for (int k = 0; k < 300; ++k) {
    const auto exact = std::int64_t(gst_util_uint64_scale(guint64(k), 1001 * GST_SECOND, 30000));
    const auto jitter = std::uniform_int_distribution<std::int64_t>(-15'000'000, 15'000'000)(random);
    fail_unless_equals_int(clock.index({guint64(std::max<std::int64_t>(0, exact + jitter)), 33'366'667}), k);
  }
}
END_TEST

START_TEST(test_videorate_upstream_changes_frames_not_masks) {
  const MaskFile masks({tiny_masks(30)});
  const auto indices = [&](const std::string& rate) {
    return play(
               "videotestsrc num-buffers=30 ! video/x-raw,width=16,height=16,framerate=30/1 ! videorate ! "
               "video/x-raw,framerate=" +
               rate + " ! sam2overlay axes=TNHW framerate=30/1 post-messages=true location=" + masks.path() +
               " ! fakesink")
        .mask_indices();
  };
  std::vector<int> twice;
  // videorate does not double the last frame.
  for (int i = 0; i < 58; ++i) twice.push_back(i / 2);
  auto up = indices("60/1");
  fail_unless(up.size() >= 58, "%zu frames", up.size());
  up.resize(58);
  assert_indices(up, twice, "60/1");
  std::vector<int> every_second;
  for (int i = 0; i < 15; ++i) every_second.push_back(2 * i);
  auto down = indices("15/1");
  fail_unless(down.size() >= 15, "%zu frames", down.size());
  down.resize(15);
  assert_indices(down, every_second, "15/1");
}
END_TEST

START_TEST(test_dropping_upstream_loses_no_synchronism) {
  // Every frame number is told by its PTS, whatever is dropped.
  const MaskFile masks({tiny_masks(60)});
  const auto played = play(
      "videotestsrc num-buffers=60 ! video/x-raw,width=16,height=16,framerate=30/1 ! identity "
      "drop-probability=0.3 ! sam2overlay axes=TNHW post-messages=true location=" +
      masks.path() + " ! fakesink");
  fail_unless(played.frames.size() > 20 && played.frames.size() < 60);
  for (const auto& frame : played.frames) {
    guint64 pts = 0;
    gst_structure_get_uint64(gst_message_get_structure(frame.get()), "timestamp", &pts);
    int index = -2;
    gst_structure_get_int(gst_message_get_structure(frame.get()), "mask-index", &index);
    fail_unless_equals_int(index, int((pts + 16_ms) * 30 / GST_SECOND));
  }
}
END_TEST

START_TEST(test_without_any_rate_buffers_are_counted_with_one_warning) {
  for (const auto* framerate : {"0/1", ""}) {
    const MaskFile masks({tiny_masks(5)});
    MaskClock clock(masks, {}, framerate);
    const std::vector<Stamp> stamps = {{0, 1}, {400_ms, 1}, {410_ms, 1}, {}, {3 * GST_SECOND, 1}, {4 * GST_SECOND, 1}};
    assert_indices(clock.indices(stamps), {0, 1, 2, 3, 4, -1}, "counted");
    fail_unless_equals_int(clock.warnings(), 1);
    // Back to the beginning: counting starts over.
    clock.seek_to(0);
    assert_indices(clock.indices(stamps), {0, 1, 2, 3, 4, -1}, "from 0 again");
    fail_unless_equals_int(clock.warnings(), 1);
    // To somewhere else: nobody knows.
    clock.seek_to(400_ms);
    assert_indices(clock.indices(stamps), {-1, -1, -1, -1, -1, -1}, "after a seek");
    fail_unless_equals_int(clock.warnings(), 2);
    clock.seek_to(0);
    assert_indices(clock.indices({{0, 1}, {1, 1}}), {0, 1}, "and back");
    fail_unless_equals_int(clock.warnings(), 2);
  }
}
END_TEST

START_TEST(test_a_rate_that_arrives_late_ends_the_counting) {
  const MaskFile masks({tiny_masks(5)});
  MaskClock clock(masks, {}, "0/1");
  assert_indices(clock.indices({{0, 1}, {9 * GST_SECOND, 1}}), {0, 1}, "counted");
  clock.set("framerate", "10/1");
  assert_indices(clock.indices({{300_ms, 1}, {0, 1}}), {3, 0}, "by time");
}
END_TEST

START_TEST(test_a_new_stream_starts_over) {
  const MaskFile masks({tiny_masks(5)});
  MaskClock counted(masks, {}, "0/1");
  assert_indices(counted.indices({{0, 1}, {1, 1}, {2, 1}}), {0, 1, 2}, "first");
  counted.send(gst_event_new_stream_start("another"));
  counted.send_segment([](GstSegment&) {});
  assert_indices(counted.indices({{0, 1}, {1, 1}}), {0, 1}, "another");
  counted.send(gst_event_new_stream_start("another"));
  counted.send_segment([](GstSegment&) {});
  assert_indices(counted.indices({{0, 1}, {1, 1}}), {2, 3}, "the same, repeated");

  MaskClock shifted(masks, {{"time-origin", "first-frame"}}, "10/1");
  assert_indices(shifted.indices({{1000_ms, 100_ms}, {1100_ms, 100_ms}}), {0, 1}, "first");
  shifted.send(gst_event_new_stream_start("another"));
  shifted.send_segment([](GstSegment&) {});
  assert_indices(shifted.indices({{7000_ms, 100_ms}, {7100_ms, 100_ms}}), {0, 1}, "another");
}
END_TEST

START_TEST(test_concatenated_clips_each_start_at_the_first_mask) {
  const MaskFile masks({tiny_masks(6)});
  const std::string clip = " videotestsrc num-buffers=4 ! video/x-raw,format=I420,width=16,height=16,framerate=30/1 ! ";
  // By time, and counted.
  for (const std::string change : {"", "capssetter caps=video/x-raw,framerate=0/1 ! "}) {
    const auto played = play("concat name=c ! sam2overlay axes=TNHW post-messages=true location=" + masks.path() +
                             " ! fakesink" + clip + change + "c." + clip + change + "c.");
    assert_indices(played.mask_indices(), {0, 1, 2, 3, 0, 1, 2, 3}, change);
  }
}
END_TEST

static Suite* timing_suite() {
  auto* suite = suite_create("sam2overlay_timing");
  auto* tests = tcase_create("timing");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_rate_is_the_property_else_the_files_else_that_of_the_caps);
  tcase_add_test(tests, test_rate_may_change_while_playing);
  tcase_add_test(tests, test_frame_numbers_may_be_sparse_and_unsorted);
  tcase_add_test(tests, test_stamps_of_the_file_go_before_any_rate);
  tcase_add_test(tests, test_timing_buffers_counts_whatever_the_stamps);
  tcase_add_test(tests, test_ts_offset_shows_masks_later_or_earlier);
  tcase_add_test(tests, test_time_origin_may_be_the_first_frame);
  tcase_add_test(tests, test_a_stream_that_does_not_begin_at_zero_is_told_once_and_by_how_much);
  tcase_add_test(tests, test_max_hold_ends_a_mask_whose_successor_is_late);
  tcase_add_test(tests, test_after_the_last_mask_at_end_decides);
  tcase_add_test(tests, test_a_still_is_shown_on_every_frame);
  tcase_add_test(tests, test_segment_in_bytes_is_no_obstacle);
  tcase_add_test(tests, test_buffers_without_stamps_follow_the_ones_before);
  tcase_add_test(tests, test_odd_stamps_have_a_defined_mask);
  tcase_add_test(tests, test_stamps_of_a_year_are_exact);
  tcase_add_test(tests, test_dropped_and_doubled_frames_keep_the_others_in_time);
  tcase_add_test(tests, test_jittered_stamps_keep_their_masks);
  tcase_add_test(tests, test_videorate_upstream_changes_frames_not_masks);
  tcase_add_test(tests, test_dropping_upstream_loses_no_synchronism);
  tcase_add_test(tests, test_without_any_rate_buffers_are_counted_with_one_warning);
  tcase_add_test(tests, test_a_rate_that_arrives_late_ends_the_counting);
  tcase_add_test(tests, test_a_new_stream_starts_over);
  tcase_add_test(tests, test_concatenated_clips_each_start_at_the_first_mask);
  return suite;
}

GST_CHECK_MAIN(timing)
