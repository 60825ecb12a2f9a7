// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
// Which frame of a stream a frame is: even and uneven streams, lost frames, seeks.
#include "timing/frame_counter.hpp"

#include "support/buffers.hpp"
#include "support/gst_check.hpp"

using namespace sam2;
using namespace sam2::timing;
using sam2::test::test_seed;

namespace {

constexpr std::int64_t kMs = 1'000'000;
constexpr FrameCounter::Rates kRates{{30, 1}, {30, 1}};
constexpr std::int64_t kPeriod = 33'333'333;

using Number = std::optional<std::int64_t>;

/// A stream into a counter.
class Stream {
 public:
  explicit Stream(FrameCounter::Rates rates = kRates, bool complete = false) : rates_(rates) {
    counter_.set_complete(complete);
  }

  /// The next frame in order.
  Number pass(std::int64_t time, std::int64_t duration = kPeriod, bool marked = false) {
    CountedFrame frame;
    frame.time = time;
    frame.lookup = time + kPeriod / 2;
    frame.duration = duration;
    frame.is_first = !begun_;
    frame.follows = begun_;
    frame.is_marked = marked;
    begun_ = true;
    return counter_.next(frame, rates_);
  }
  /// The next frame, while downstream is late.
  Number pass_late(std::int64_t time) {
    CountedFrame frame;
    frame.time = time;
    frame.lookup = time + kPeriod / 2;
    frame.duration = kPeriod;
    frame.follows = true;
    frame.may_be_late = true;
    return counter_.next(frame, rates_);
  }
  /// The first frame after a seek, of which only the end is true.
  Number seek(std::int64_t position, std::int64_t duration) {
    CountedFrame frame;
    frame.time = position;
    frame.duration = duration;
    frame.may_be_cut = true;
    return counter_.next(frame, rates_);
  }
  FrameCounter& counter() { return counter_; }

 private:
  FrameCounter counter_;
  FrameCounter::Rates rates_;
  bool begun_ = false;
};

/// Begins of frames of 8 to 97 ms.
std::vector<std::int64_t> uneven_begins(std::mt19937& random, std::size_t count) {
  std::vector<std::int64_t> begins = {0};
  while (begins.size() <= count) begins.push_back(begins.back() + std::int64_t(8 + random() % 90) * kMs);
  return begins;
}

}  // namespace

START_TEST(test_an_even_stream_never_varies_however_stamps_are_rounded) {
  for (const FrameCounter::Rates rates : {FrameCounter::Rates{{30, 1}, {30, 1}},
                                          {{24000, 1001}, {24000, 1001}},
                                          {{60, 1}, {60, 1}},
                                          {{30000, 1001}, {2997, 100}}}) {
    for (const std::int64_t unit : std::initializer_list<std::int64_t>{1, 1000, kMs}) {
      Stream stream(rates, true);
      for (std::int64_t k = 0; k < 500; ++k) {
        const auto exact = (2 * k * 1'000'000'000 * rates.stream.denominator / rates.stream.numerator + 1) / 2;
        fail_unless(stream.pass((exact + unit / 2) / unit * unit) == Number(k));
      }
      fail_unless(!stream.counter().varies() && !stream.counter().is_irregular());
    }
  }
}
END_TEST

START_TEST(test_uneven_frames_are_counted_and_found_again) {
  std::mt19937 random(test_seed());
  const auto begins = uneven_begins(random, 300);
  for (const bool has_true_durations : {true, false}) {
    Stream stream;
    const auto length = [&](std::size_t k) { return begins[k + 1] - begins[k]; };
    for (std::size_t k = 0; k < 300; ++k) {
      const auto number = stream.pass(begins[k], has_true_durations ? length(k) : kPeriod);
      fail_unless(number == Number(k), "frame %zu", k);
    }
    fail_unless(stream.counter().varies());
    for (int i = 0; i < 500; ++i) {
      const auto k = random() % 299;
      fail_unless(stream.seek(begins[k], has_true_durations ? length(k) : kPeriod) == Number(k));
      // The rest of a frame ends where the decoder believes that the frame ends.
      const auto whole = has_true_durations ? length(k) : kPeriod;
      const auto cut = 1 + std::int64_t(random()) % (whole - 2);
      if (!std::ranges::binary_search(begins, begins[k] + cut)) {
        fail_unless(stream.seek(begins[k] + cut, whole - cut) == Number(k), "frame %zu", std::size_t(k));
      }
      fail_unless(stream.pass(begins[k + 1]) == Number(k + 1));
    }
  }
}
END_TEST

START_TEST(test_where_downstream_is_late_only_gaps_of_whole_periods_are_losses) {
  Stream even(kRates, true);
  even.pass(0);
  for (const int k : {1, 2, 5, 6, 9}) fail_unless(even.pass_late(k * kPeriod) == Number(k));
  // A decoder that hands out all frames, of different lengths.
  Stream uneven(kRates, true);
  uneven.pass(0);
  std::int64_t time = 0;
  std::int64_t number = 0;
  for (const int ms : {33, 50, 90, 67, 133, 20, 100}) {
    time += ms * kMs;
    fail_unless(uneven.pass_late(time) == Number(++number), "%d ms", ms);
  }
}
END_TEST

START_TEST(test_a_first_frame_that_was_not_cut_moves_the_stream) {
  Stream stream;
  fail_unless(stream.pass(20 * kMs) == Number(0));
  stream.counter().shift(-20 * kMs);
  fail_unless(stream.pass(50 * kMs) == Number(1));
  fail_unless(stream.counter().is_irregular() && stream.counter().begin_of(0) == 0);
  fail_unless(stream.seek(0, kPeriod) == Number(0));
}
END_TEST

START_TEST(test_behind_the_frames_seen_numbers_are_unknown) {
  Stream stream;
  for (const std::int64_t ms : {0, 10, 60, 71}) stream.pass(ms * kMs);
  fail_unless(stream.counter().varies());
  fail_unless(stream.seek(500 * kMs, 5 * kMs) == std::nullopt);
  fail_unless(stream.pass(505 * kMs) == std::nullopt);
  fail_unless(stream.seek(20 * kMs, kPeriod - 10 * kMs) == Number(1));
  fail_unless(stream.pass(60 * kMs) == Number(2));
  fail_unless(stream.pass(71 * kMs) == Number(3));
  // From what is known it goes on.
  fail_unless(stream.pass(80 * kMs) == Number(4));
  fail_unless(stream.counter().begin_of(4) == 80 * kMs);
}
END_TEST

START_TEST(test_marked_gaps_are_lost_frames) {
  Stream stream;
  std::int64_t k = 0;
  for (; k < 5; ++k) stream.pass(k * kPeriod);
  k += 3;
  fail_unless(stream.pass(k * kPeriod, kPeriod, true) == Number(k));
  // A mark without a gap is none.
  fail_unless(stream.pass((k + 1) * kPeriod, kPeriod, true) == Number(k + 1));
  fail_unless(!stream.counter().varies());
}
END_TEST

START_TEST(test_an_unmarked_gap_of_whole_periods_is_a_loss_unless_the_stream_is_complete) {
  for (const bool complete : {false, true}) {
    Stream stream(kRates, complete);
    stream.pass(0);
    stream.pass(kPeriod);
    fail_unless(stream.pass(4 * kPeriod) == Number(complete ? 2 : 4));
    fail_unless(stream.counter().varies() == complete);
    fail_unless(stream.pass(5 * kPeriod) == Number(complete ? 3 : 5));
  }
}
END_TEST

START_TEST(test_true_durations_tell_long_frames_from_lost_ones) {
  Stream stream;
  stream.pass(0, 40 * kMs);
  stream.pass(40 * kMs, 70 * kMs);
  fail_unless(stream.pass(110 * kMs, 50 * kMs) == Number(2));
  fail_unless(stream.pass(160 * kMs, 20 * kMs) == Number(3));
  // The frame of 20 ms ended 100 ms before: two frames at the rate of the caps are missing, and the next one is new.
  fail_unless(stream.pass(280 * kMs, 40 * kMs) == Number(7));
}
END_TEST

START_TEST(test_masks_of_every_third_frame_do_not_number_frames) {
  const FrameCounter::Rates sparse{{30, 1}, {10, 1}};
  fail_unless(!FrameCounter::is_mask_for_each_frame(sparse));
  Stream stream(sparse);
  for (std::int64_t k = 0; k < 30; ++k) stream.pass(k * kPeriod);
  fail_unless(!stream.counter().varies());
  // Nor where the caps have no rate, as long as frames come evenly.
  Stream unknown({{0, 1}, {10, 1}});
  for (std::int64_t k = 0; k < 30; ++k) unknown.pass(k * kPeriod);
  fail_unless(!unknown.counter().varies());
}
END_TEST

START_TEST(test_a_rate_that_videorate_lowered_without_marks_is_no_varying_one) {
  // 30 to 24 by dropping: 0, 1, 2, 3, 5, 6, 7, 8, 10 ...
  Stream stream({{24, 1}, {30, 1}}, true);
  for (std::int64_t k = 0; k < 100; ++k) {
    if (k % 5 != 4) stream.pass(k * kPeriod);
  }
  fail_unless(!stream.counter().varies());
}
END_TEST

START_TEST(test_repeated_stamps_are_one_frame_and_a_gap_of_hours_ends_the_count) {
  Stream stream;
  stream.pass(0);
  fail_unless(stream.pass(0) == Number(0));
  fail_unless(stream.pass(kPeriod) == Number(1));
  fail_unless(stream.pass(std::int64_t{3600} * 1000 * kMs, kPeriod, true) == std::nullopt);
  fail_unless(stream.pass(std::numeric_limits<std::int64_t>::max()) == std::nullopt);
  fail_unless(stream.seek(0, kPeriod) == Number(0));
}
END_TEST

START_TEST(test_frames_that_were_missing_at_first_get_their_numbers_when_they_come) {
  Stream stream;
  for (const std::int64_t ms : {0, 10, 60, 130}) stream.pass(ms * kMs);
  fail_unless(stream.seek(0, kPeriod) == Number(0));
  for (const auto& [ms, number] : {std::pair{10, 1}, {40, 2}, {60, 3}, {90, 4}}) {
    fail_unless(stream.pass(ms * kMs) == Number(number), "%d ms", ms);
  }
}
END_TEST

START_TEST(test_number_at_goes_by_the_table_and_then_by_the_rate) {
  Stream stream;
  for (const std::int64_t ms : {0, 10, 60}) stream.pass(ms * kMs);
  const auto& counter = stream.counter();
  fail_unless_equals_int64(counter.number_at(9 * kMs, kRates), 0);
  fail_unless_equals_int64(counter.number_at(10 * kMs, kRates), 1);
  fail_unless_equals_int64(counter.number_at(59 * kMs, kRates), 1);
  fail_unless_equals_int64(counter.number_at(60 * kMs + 3 * kPeriod, kRates), 5);
  fail_unless_equals_int64(counter.number_at(-2 * kPeriod, kRates), -2);
}
END_TEST

static Suite* frame_counter_suite() {
  auto* suite = suite_create("frame_counter");
  auto* tests = tcase_create("frame_counter");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_an_even_stream_never_varies_however_stamps_are_rounded);
  tcase_add_test(tests, test_uneven_frames_are_counted_and_found_again);
  tcase_add_test(tests, test_where_downstream_is_late_only_gaps_of_whole_periods_are_losses);
  tcase_add_test(tests, test_a_first_frame_that_was_not_cut_moves_the_stream);
  tcase_add_test(tests, test_behind_the_frames_seen_numbers_are_unknown);
  tcase_add_test(tests, test_marked_gaps_are_lost_frames);
  tcase_add_test(tests, test_an_unmarked_gap_of_whole_periods_is_a_loss_unless_the_stream_is_complete);
  tcase_add_test(tests, test_true_durations_tell_long_frames_from_lost_ones);
  tcase_add_test(tests, test_masks_of_every_third_frame_do_not_number_frames);
  tcase_add_test(tests, test_a_rate_that_videorate_lowered_without_marks_is_no_varying_one);
  tcase_add_test(tests, test_repeated_stamps_are_one_frame_and_a_gap_of_hours_ends_the_count);
  tcase_add_test(tests, test_frames_that_were_missing_at_first_get_their_numbers_when_they_come);
  tcase_add_test(tests, test_number_at_goes_by_the_table_and_then_by_the_rate);
  return suite;
}

GST_CHECK_MAIN(frame_counter)
