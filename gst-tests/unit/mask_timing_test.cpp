// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
// Which entry a frame shows, for each way of finding it. Masks are numbered, the frames are 40 ms long.
#include "element/mask_timing.hpp"

#include <atomic>

#include "support/mask_scene.hpp"
#include "support/owned.hpp"

using namespace sam2;
using namespace sam2::element;
using namespace sam2::test;

namespace {

constexpr gint64 kMs = 1'000'000;
constexpr guint64 kNone = GST_CLOCK_TIME_NONE;
const std::atomic<bool> kNotCancelled{false};

struct Masks {
  std::vector<std::int64_t> frames;      ///< frame numbers; none: 0, 1, 2 ...
  std::vector<std::int64_t> timestamps;  ///< ms
  Fraction fps;                          ///< of the file
};

/// A MaskTiming with 100 entries, and a stream into it.
class Timing {
 public:
  explicit Timing(const Masks& masks = {}, const Fraction& rate = {25, 1}) : timing_(element_.get()) {
    gst_element_set_bus(element_.get(), bus_.get());
    gst_element_add_pad(element_.get(), gst_pad_new("sink", GST_PAD_SINK));
    auto builder = build_scene(std::vector<std::vector<Rectangle>>(100), 1, masks.frames);
    if (masks.fps.is_positive()) builder.set_fps(masks.fps);
    if (!masks.timestamps.empty()) {
      auto times = masks.timestamps;
      for (auto& time : times) time *= kMs;
      fail_unless(builder.set_timestamps(times).has_value());
    }
    builder.publish_all();
    masks_ = builder.set();
    tracks_ = std::make_shared<tracking::Tracks>(masks_, tracking::Tracking::Auto, 0);
    fail_unless(tracks_->follow(tracking::Tracks::End::Reached, kNotCancelled).has_value());
    timing_.set_stream_rate(rate);
    send(gst_event_new_stream_start("stream"));
    segment(0, 0);
  }
  ~Timing() { gst_element_set_bus(element_.get(), nullptr); }
  Timing(const Timing&) = delete;
  Timing& operator=(const Timing&) = delete;

  Settings& settings() { return settings_; }
  void segment(gint64 start, gint64 time, double rate = 1) {
    gst_segment_init(&segment_, GST_FORMAT_TIME);
    segment_.start = GstClockTime(start * kMs);
    segment_.time = GstClockTime(time * kMs);
    segment_.rate = rate;
    send(gst_event_new_segment(&segment_));
  }
  void seek(gint64 position, double rate = 1) {
    send(gst_event_new_flush_stop(TRUE));
    segment(position, position, rate);
  }
  void send(GstEvent* event) {
    timing_.on_event(event);
    gst_event_unref(event);
  }
  /// The entry that a frame shows, by times in ms; -1: none.
  int pass(double pts, double duration = 40, int flags = 0) {
    const Owned<GstBuffer> buffer(gst_buffer_new());
    GST_BUFFER_PTS(buffer.get()) = GstClockTime(pts * double(kMs));
    GST_BUFFER_DURATION(buffer.get()) = duration > 0 ? GstClockTime(duration * double(kMs)) : kNone;
    GST_BUFFER_FLAG_SET(buffer.get(), flags);
    timing_.update(*masks_, settings_);
    auto time = timing_.next(segment_, buffer.get(), settings_);
    const auto mask = timing_.mask_time_at(time, *tracks_, settings_);
    return mask ? int(mask->entry) : -1;
  }
  /// Text of the only message of a type; empty: none.
  std::string message(GstMessageType type) {
    std::string text;
    while (const Owned<GstMessage> message{gst_bus_pop_filtered(bus_.get(), type)}) {
      GError* error = nullptr;
      if (type == GST_MESSAGE_WARNING) gst_message_parse_warning(message.get(), &error, nullptr);
      if (type == GST_MESSAGE_INFO) gst_message_parse_info(message.get(), &error, nullptr);
      fail_unless(text.empty(), "two messages");
      text = error->message;
      g_error_free(error);
    }
    return text;
  }

 private:
  Owned<GstElement> element_{GST_ELEMENT(gst_object_ref_sink(gst_bin_new("masks")))};
  Owned<GstBus> bus_{gst_bus_new()};
  std::shared_ptr<const masks::MaskSet> masks_;
  std::shared_ptr<tracking::Tracks> tracks_;
  Settings settings_;
  GstSegment segment_{};
  MaskTiming timing_;
};

}  // namespace

START_TEST(test_masks_count_from_the_first_frame) {
  Timing timing;
  fail_unless_equals_int(timing.pass(780), 0);
  fail_unless_equals_int(timing.pass(820), 1);
  timing.seek(2030);
  // The frame from 2020 to 2060.
  fail_unless_equals_int(timing.pass(2030, 30), 31);
  fail_unless_equals_int(timing.pass(2060), 32);
  fail_unless(timing.message(GST_MESSAGE_WARNING).empty() && timing.message(GST_MESSAGE_INFO).empty());
  // Another stream begins anew.
  timing.send(gst_event_new_stream_start("another"));
  timing.segment(0, 0);
  fail_unless_equals_int(timing.pass(80), 0);
}
END_TEST

START_TEST(test_time_origin_chooses_what_masks_count_from) {
  Timing stream;
  stream.settings().time_origin = TimeOrigin::Stream;
  fail_unless_equals_int(stream.pass(800), 20);
  fail_unless(stream.message(GST_MESSAGE_INFO).find("ts-offset=800000000") != std::string::npos);
  Timing arriving;
  arriving.settings().time_origin = TimeOrigin::FirstFrame;
  arriving.seek(2000);
  fail_unless_equals_int(arriving.pass(2000), 0);
  fail_unless_equals_int(arriving.pass(2040), 1);
  Timing shifted;
  shifted.settings().ts_offset = 80 * kMs;
  fail_unless_equals_int(shifted.pass(800), -1);
  fail_unless_equals_int(shifted.pass(880), 0);
}
END_TEST

START_TEST(test_playing_that_begins_elsewhere_counts_from_stream_time_0_with_one_warning) {
  Timing timing;
  timing.seek(2000);
  fail_unless_equals_int(timing.pass(2000), 50);
  fail_unless_equals_int(timing.pass(2040), 51);
  const auto text = timing.message(GST_MESSAGE_WARNING);
  fail_unless(text.find("stream time 0") != std::string::npos && text.find("time-origin") != std::string::npos, "%s",
              text.c_str());
  // The first frame ends the doubt.
  timing.seek(0);
  fail_unless_equals_int(timing.pass(80), 0);
  timing.seek(2000);
  fail_unless_equals_int(timing.pass(2000), 48);
  fail_unless(timing.message(GST_MESSAGE_WARNING).empty());
}
END_TEST

START_TEST(test_times_of_a_longer_stream_stay_stream_times) {
  // Cut out of a longer one: its frames have their old times, and the masks their old numbers.
  std::vector<std::int64_t> numbers;
  std::vector<std::int64_t> times;
  for (std::int64_t k = 0; k < 100; ++k) {
    numbers.push_back(500 + k);
    times.push_back(80 + 40 * k);
  }
  Timing cut(Masks{numbers, {}, {}});
  fail_unless_equals_int(cut.pass(20000), 0);
  fail_unless_equals_int(cut.pass(20040), 1);
  // Timestamps as some readers give them, in FLV.
  Timing raw(Masks{{}, times, {}});
  fail_unless_equals_int(raw.pass(80), 0);
  fail_unless_equals_int(raw.pass(120), 1);
  // Masks whose object comes late are no such case.
  Timing late(Masks{std::vector<std::int64_t>(numbers.begin(), numbers.end()), {}, {}});
  fail_unless_equals_int(late.pass(80), -1);
  fail_unless_equals_int(late.pass(20080), 0);
}
END_TEST

START_TEST(test_uneven_frames_show_the_mask_of_their_number) {
  for (const Fraction& fps : {Fraction{}, Fraction{30, 1}, Fraction{120, 1}}) {
    Timing timing(Masks{{}, {}, fps});
    const int begins[] = {80, 90, 170, 181, 290, 300};
    // As long as frames come as the rate says, both ways agree.
    for (int k = 0; k < 6; ++k) fail_unless_equals_int(timing.pass(begins[k]), k);
    fail_unless(timing.message(GST_MESSAGE_WARNING).empty());
    timing.seek(180);
    fail_unless_equals_int(timing.pass(180, 30), 2);
    fail_unless_equals_int(timing.pass(181), 3);
    timing.settings().ts_offset = 10 * kMs;
    fail_unless_equals_int(timing.pass(290), 3);
  }
}
END_TEST

START_TEST(test_uneven_frames_ahead_of_those_seen_go_by_the_rate_with_one_warning) {
  Timing timing;
  for (const int begin : {0, 10, 90, 101}) timing.pass(begin);
  timing.seek(2000);
  fail_unless_equals_int(timing.pass(2000), 50);
  fail_unless_equals_int(timing.pass(2040), 51);
  fail_unless(timing.message(GST_MESSAGE_WARNING).find("'timestamps'") != std::string::npos);
  // With timestamps there is nothing to warn of.
  std::vector<std::int64_t> times;
  for (std::int64_t k = 0; k < 100; ++k) times.push_back(k * k * 3 + k * 10);
  Timing timed(Masks{{}, times, {}});
  for (int k = 0; k < 10; ++k) fail_unless_equals_int(timed.pass(double(times[std::size_t(k)])), k);
  timed.seek(times[50]);
  fail_unless_equals_int(timed.pass(double(times[50])), 50);
  fail_unless(timed.message(GST_MESSAGE_WARNING).empty());
}
END_TEST

START_TEST(test_a_frame_with_its_whole_duration_that_a_seek_cut_shows_its_own_mask) {
  // As videorate hands on what a decoder cut.
  for (const bool has_times : {false, true}) {
    std::vector<std::int64_t> times;
    for (std::int64_t k = 0; k < 100; ++k) times.push_back(k * 40);
    Timing timing(has_times ? Masks{{}, times, {}} : Masks{});
    fail_unless_equals_int(timing.pass(0), 0);
    for (const int inside : {1, 10, 19, 21, 30, 38}) {
      timing.seek(400 + inside);
      fail_unless_equals_int(timing.pass(400 + inside), 10);
    }
    // A rounded stamp is on the grid.
    timing.seek(400);
    fail_unless_equals_int(timing.pass(399.5), 10);
    timing.seek(400);
    fail_unless_equals_int(timing.pass(400), 10);
  }
}
END_TEST

START_TEST(test_jitter_and_rounding_leave_masks_to_the_rate) {
  Timing timing({}, {25, 1});
  for (int k = 0; k < 90; ++k) fail_unless_equals_int(timing.pass(k * 40 + (k * 7) % 16), k);
  timing.seek(3000);
  fail_unless_equals_int(timing.pass(3000), 75);
  fail_unless(timing.message(GST_MESSAGE_WARNING).empty());
}
END_TEST

START_TEST(test_late_frames_that_a_decoder_drops_are_lost_and_not_long) {
  Timing timing;
  for (int k = 0; k < 5; ++k) fail_unless_equals_int(timing.pass(k * 40), k);
  // A mark, after which frames go on at the rate.
  fail_unless_equals_int(timing.pass(8 * 40, 40, GST_BUFFER_FLAG_DISCONT), 8);
  fail_unless_equals_int(timing.pass(9 * 40), 9);
}
END_TEST

START_TEST(test_streams_without_a_rate_are_counted) {
  Timing timing({}, {});
  fail_unless_equals_int(timing.pass(0), 0);
  fail_unless_equals_int(timing.pass(500), 1);
  fail_unless(timing.message(GST_MESSAGE_WARNING).find("frame rate") != std::string::npos);
  timing.seek(500);
  fail_unless_equals_int(timing.pass(500), -1);
  fail_unless(timing.message(GST_MESSAGE_WARNING).find("After a seek") != std::string::npos);
}
END_TEST

static Suite* mask_timing_suite() {
  auto* suite = suite_create("mask_timing");
  auto* tests = tcase_create("mask_timing");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_masks_count_from_the_first_frame);
  tcase_add_test(tests, test_time_origin_chooses_what_masks_count_from);
  tcase_add_test(tests, test_playing_that_begins_elsewhere_counts_from_stream_time_0_with_one_warning);
  tcase_add_test(tests, test_times_of_a_longer_stream_stay_stream_times);
  tcase_add_test(tests, test_uneven_frames_show_the_mask_of_their_number);
  tcase_add_test(tests, test_uneven_frames_ahead_of_those_seen_go_by_the_rate_with_one_warning);
  tcase_add_test(tests, test_a_frame_with_its_whole_duration_that_a_seek_cut_shows_its_own_mask);
  tcase_add_test(tests, test_jitter_and_rounding_leave_masks_to_the_rate);
  tcase_add_test(tests, test_late_frames_that_a_decoder_drops_are_lost_and_not_long);
  tcase_add_test(tests, test_streams_without_a_rate_are_counted);
  return suite;
}

GST_CHECK_MAIN(mask_timing)
