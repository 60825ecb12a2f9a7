// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
// The same frame shows the same mask after any seek, at any rate, in any segment.
#include "support/mask_clock.hpp"

using namespace sam2::test;

namespace {

struct Rate {
  int numerator, denominator;

  [[nodiscard]] std::string text() const { return std::to_string(numerator) + "/" + std::to_string(denominator); }
  /// When frame k begins, in ns rounded to a unit that a container stamps in.
  [[nodiscard]] GstClockTime stamp(GstClockTime k, GstClockTime unit) const {
    return gst_util_uint64_scale_round(k * guint64(denominator), GST_SECOND / unit, guint64(numerator)) * unit;
  }
};

constexpr Rate kRates[] = {{30000, 1001}, {24000, 1001}, {60000, 1001}, {24, 1}, {25, 1}, {30, 1}, {60, 1}, {120, 1}};
constexpr GstClockTime kUnits[] = {1, GST_USECOND, GST_MSECOND};
/// Within a minute, an hour, a day.
constexpr GstClockTime kBases[] = {0, 1000, 100'000, 2'600'000};
constexpr std::size_t kEntries = 64;

enum class MasksBy { Number, Timestamp };

/// A file of kEntries frames from `base` on.
MaskFile masks_from(GstClockTime base, MasksBy by, const Rate& rate) {
  std::vector<std::int64_t> keys;
  for (std::size_t i = 0; i < kEntries; ++i) {
    keys.push_back(std::int64_t(by == MasksBy::Number ? base + i : rate.stamp(base + i, 1)));
  }
  return MaskFile({tiny_masks(kEntries), int64_array(by == MasksBy::Number ? "frame_indices" : "timestamps", keys)});
}

enum class DurationIs { Nominal, ToTheNextStamp };

/// For each rate, unit, base and kind of duration.
void for_each_stamping(MasksBy by, const std::function<void(const Rate&, GstClockTime unit, GstClockTime base,
                                                            DurationIs, MaskClock&, const std::string&)>& check) {
  for (const auto base : kBases) {
    for (const auto& rate : kRates) {
      const auto masks = masks_from(base, by, rate);
      MaskClock clock(masks, {}, rate.text());
      for (const auto unit : kUnits) {
        for (const auto kind : {DurationIs::Nominal, DurationIs::ToTheNextStamp}) {
          std::ostringstream what;
          what << rate.text() << " in units of " << unit << " ns from frame " << base
               << (kind == DurationIs::Nominal ? ", nominal durations" : ", durations to the next stamp");
          check(rate, unit, base, kind, clock, what.str());
        }
      }
    }
  }
}

Stamp stamp_of(const Rate& rate, GstClockTime k, GstClockTime unit, DurationIs kind) {
  const auto begin = rate.stamp(k, unit);
  const auto duration = kind == DurationIs::Nominal
                            ? gst_util_uint64_scale_int(GST_SECOND, rate.denominator, rate.numerator)
                            : rate.stamp(k + 1, unit) - begin;
  return {begin, duration};
}

}  // namespace

START_TEST(test_whole_frames_show_their_masks_however_stamps_are_rounded) {
  for_each_stamping(MasksBy(_i), [](const Rate& rate, GstClockTime unit, GstClockTime base, DurationIs kind,
                                    MaskClock& clock, const std::string& what) {
    clock.seek_to(0);
    for (std::size_t i = 0; i < kEntries; ++i) {
      const auto index = clock.index(stamp_of(rate, base + i, unit, kind));
      fail_unless(index == int(i), "%s: frame %zu shows %d", what.c_str(), i, index);
    }
  });
}
END_TEST

START_TEST(test_frame_clipped_by_an_accurate_seek_keeps_its_mask) {
  const auto seed = test_seed();
  std::mt19937 random(seed);
  for_each_stamping(MasksBy(_i), [&](const Rate& rate, GstClockTime unit, GstClockTime base, DurationIs kind,
                                     MaskClock& clock, const std::string& what) {
    for (std::size_t i = 0; i < kEntries - 1; i += 5) {
      const auto whole = stamp_of(rate, base + i, unit, kind);
      // What is left of the frame: from nearly all down to 1 us.
      for (const auto rest :
           std::initializer_list<GstClockTime>{whole.duration - 1, whole.duration / 2, 2 * GST_MSECOND, GST_MSECOND,
                                               100 * GST_USECOND, GST_USECOND, 1 + random() % (whole.duration - 1)}) {
        const auto position = whole.pts + whole.duration - rest;
        clock.seek_to(position);
        const auto index = clock.index({position, rest});
        fail_unless(index == int(i), "%s: the last %" G_GUINT64_FORMAT " ns of frame %zu show %d", what.c_str(), rest,
                    i, index);
        // The next frame is whole again.
        const auto next = clock.index(stamp_of(rate, base + i + 1, unit, kind));
        fail_unless(next == int(i + 1), "%s: frame %zu shows %d after a seek", what.c_str(), i + 1, next);
      }
    }
  });
}
END_TEST

START_TEST(test_a_seek_to_the_beginning_of_a_frame_shows_its_mask) {
  for_each_stamping(MasksBy(_i), [](const Rate& rate, GstClockTime unit, GstClockTime base, DurationIs kind,
                                    MaskClock& clock, const std::string& what) {
    for (std::size_t i = 0; i < kEntries; i += 9) {
      const auto stamp = stamp_of(rate, base + i, unit, kind);
      clock.seek_to(stamp.pts);
      const auto index = clock.index(stamp);
      fail_unless(index == int(i), "%s: frame %zu shows %d", what.c_str(), i, index);
    }
  });
}
END_TEST

START_TEST(test_segment_start_and_time_map_stamps_to_stream_time) {
  const MaskFile masks({tiny_masks(30)});
  MaskClock clock(masks, {}, "10/1");
  // As an edit list makes it: the first PTS is not stream time 0.
  clock.send_segment([](GstSegment& segment) { segment.start = 3600 * GST_SECOND; });
  assert_indices(clock.indices({{3600 * GST_SECOND, 100_ms}, {3600 * GST_SECOND + 100_ms, 100_ms}}), {0, 1}, "start");
  clock.send_segment([](GstSegment& segment) {
    segment.start = 500_ms;
    segment.time = 2000_ms;
    segment.base = 99 * GST_SECOND;
  });
  assert_indices(clock.indices({{500_ms, 100_ms}, {900_ms, 100_ms}}), {20, 24}, "start and time");
  // A segment's offset has been played already; it shifts running time, not stream time.
  clock.send_segment([](GstSegment& segment) {
    segment.start = segment.time = 1000_ms;
    segment.offset = 200_ms;
  });
  assert_indices(clock.indices({{1200_ms, 100_ms}, {1300_ms, 100_ms}}), {12, 13}, "offset");
}
END_TEST

START_TEST(test_the_second_frame_tells_whether_an_edit_list_cut_the_first_one) {
  const MaskFile masks({tiny_masks(30), double_scalar("fps", 25)});
  // Frames vary: the rate of the caps is that of the average, and durations are that of the first frame.
  MaskClock varying(masks, {}, "59/3");
  varying.send_segment([](GstSegment& segment) { segment.start = 77_ms; });
  assert_indices(varying.indices({{77_ms, 33_ms}, {127_ms, 33_ms}, {154_ms, 33_ms}, {245_ms, 33_ms}}), {0, 1, 2, 3},
                 "whole");
  // Cut by 30 of 40 ms.
  MaskClock fixed(masks, {}, "25/1");
  fixed.send_segment([](GstSegment& segment) { segment.start = 70_ms; });
  assert_indices(fixed.indices({{70_ms, 10_ms}, {80_ms, 40_ms}, {120_ms, 40_ms}}), {0, 1, 2}, "cut");
}
END_TEST

START_TEST(test_frames_outside_the_segment_count_by_extrapolation) {
  const MaskFile masks({tiny_masks(30)});
  MaskClock clock(masks, {}, "10/1");
  clock.send_segment([](GstSegment& segment) {
    segment.start = 1000_ms;
    segment.stop = 1500_ms;
    segment.time = 500_ms;
  });
  assert_indices(clock.indices({{800_ms, 100_ms},
                                {500_ms, 100_ms},
                                {400_ms, 100_ms},
                                {0, 100_ms},
                                {1400_ms, 100_ms},
                                {1500_ms, 100_ms},
                                {1700_ms, 100_ms}}),
                 {3, 0, -1, -1, 9, 10, 12}, "outside");
}
END_TEST

START_TEST(test_reverse_playback_shows_the_masks_backwards) {
  const MaskFile masks({tiny_masks(30)});
  MaskClock clock(masks, {}, "10/1");
  clock.seek_to([](GstSegment& segment) {
    segment.rate = -1.0;
    segment.stop = 1050_ms;
    segment.position = 1050_ms;
  });
  // The first one is clipped at the segment's stop.
  assert_indices(clock.indices({{1000_ms, 50_ms}, {900_ms, 100_ms}, {800_ms, 100_ms}, {0, 100_ms}}), {10, 9, 8, 0},
                 "-1");
  clock.seek_to([](GstSegment& segment) {
    segment.rate = -2.0;
    segment.stop = 1000_ms + 1000;
  });
  assert_indices(clock.indices({{1000_ms, 1000}, {900_ms, 100_ms}}), {10, 9}, "clipped to 1 us");
}
END_TEST

START_TEST(test_rate_does_not_change_the_masks) {
  const MaskFile masks({tiny_masks(30)});
  MaskClock clock(masks, {}, "10/1");
  for (const double rate : {0.25, 2.0, 16.0}) {
    clock.seek_to([=](GstSegment& segment) {
      segment.rate = rate;
      segment.start = segment.time = 300_ms;
    });
    assert_indices(clock.indices(frames_at(10, 3, 4)), {3, 4, 5, 6}, std::to_string(rate));
  }
}
END_TEST

START_TEST(test_applied_rate_scales_stream_time) {
  const MaskFile masks({tiny_masks(40)});
  MaskClock clock(masks, {}, "10/1");
  // Upstream plays at double speed itself: a frame of 50 ms is a frame of the content.
  clock.seek_to([](GstSegment& segment) { segment.applied_rate = 2.0; });
  assert_indices(clock.indices({{0, 50_ms}, {50_ms, 50_ms}, {100_ms, 50_ms}, {1000_ms, 50_ms}}), {0, 1, 2, 20}, "2");
  clock.seek_to([](GstSegment& segment) { segment.applied_rate = 0.5; });
  assert_indices(clock.indices({{0, 200_ms}, {200_ms, 200_ms}, {2000_ms, 200_ms}}), {0, 1, 10}, "0.5");
  // And backwards: stream time falls from `time` + (stop - start) as PTS rise.
  clock.seek_to([](GstSegment& segment) {
    segment.applied_rate = -1.0;
    segment.start = 0;
    segment.stop = 3000_ms;
    segment.time = 0;
  });
  assert_indices(clock.indices({{0, 100_ms}, {100_ms, 100_ms}, {2900_ms, 100_ms}}), {29, 28, 0}, "-1");
}
END_TEST

START_TEST(test_loops_show_the_same_masks_again) {
  const MaskFile masks({tiny_masks(30)});
  MaskClock clock(masks, {}, "10/1");
  for (GstClockTime loop = 0; loop < 3; ++loop) {
    // No flush: running time goes on, stream time comes again.
    clock.send_segment([=](GstSegment& segment) {
      segment.start = segment.time = 200_ms;
      segment.stop = 500_ms;
      segment.base = loop * 300_ms;
    });
    assert_indices(clock.indices(frames_at(10, 2, 3)), {2, 3, 4}, "loop");
  }
}
END_TEST

START_TEST(test_random_seeks_show_what_linear_playback_shows) {
  // Sparse masks, which hold until the next one.
  const auto seed = test_seed();
  std::mt19937 random(seed);
  std::vector<std::int64_t> numbers;
  for (std::int64_t k = 0; k < 200; k += 1 + std::int64_t(random() % 4)) numbers.push_back(k);
  const MaskFile masks({tiny_masks(numbers.size()), int64_array("frame_indices", numbers)});
  MaskClock clock(masks, {{"at-end", "hold"}}, "24000/1001");
  const Rate rate{24000, 1001};
  std::vector<int> linear;
  for (GstClockTime k = 0; k < 200; ++k) {
    linear.push_back(clock.index(stamp_of(rate, k, 1, DurationIs::ToTheNextStamp)));
    const auto expected = std::ranges::upper_bound(numbers, std::int64_t(k)) - numbers.begin() - 1;
    fail_unless_equals_int(linear.back(), int(expected));
  }
  for (int i = 0; i < 2000; ++i) {
    const auto k = random() % 200;
    const auto whole = stamp_of(rate, k, 1, DurationIs::ToTheNextStamp);
    const auto rest = 1000 + random() % (whole.duration - 1000);
    clock.seek_to(whole.pts + whole.duration - rest);
    fail_unless_equals_int(clock.index({whole.pts + whole.duration - rest, rest}), linear[k]);
  }
}
END_TEST

static Suite* seeking_suite() {
  auto* suite = suite_create("sam2overlay_seeking");
  auto* tests = tcase_create("seeking");
  suite_add_tcase(suite, tests);
  tcase_add_loop_test(tests, test_whole_frames_show_their_masks_however_stamps_are_rounded, 0, 2);
  tcase_add_loop_test(tests, test_frame_clipped_by_an_accurate_seek_keeps_its_mask, 0, 2);
  tcase_add_loop_test(tests, test_a_seek_to_the_beginning_of_a_frame_shows_its_mask, 0, 2);
  tcase_add_test(tests, test_segment_start_and_time_map_stamps_to_stream_time);
  tcase_add_test(tests, test_the_second_frame_tells_whether_an_edit_list_cut_the_first_one);
  tcase_add_test(tests, test_frames_outside_the_segment_count_by_extrapolation);
  tcase_add_test(tests, test_reverse_playback_shows_the_masks_backwards);
  tcase_add_test(tests, test_rate_does_not_change_the_masks);
  tcase_add_test(tests, test_applied_rate_scales_stream_time);
  tcase_add_test(tests, test_loops_show_the_same_masks_again);
  tcase_add_test(tests, test_random_seeks_show_what_linear_playback_shows);
  return suite;
}

GST_CHECK_MAIN(seeking)
