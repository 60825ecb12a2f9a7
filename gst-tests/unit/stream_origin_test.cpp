// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
// When the first frame of a stream is, by the segments that demuxers send. All times in ms.
#include "element/stream_origin.hpp"

#include "support/gst_check.hpp"
#include "support/owned.hpp"

using namespace sam2::element;
using sam2::test::Owned;

namespace {

constexpr std::int64_t kMs = 1'000'000;
using Time = std::optional<std::int64_t>;

/// What a demuxer tells an origin.
class Demuxer {
 public:
  void segment(std::int64_t start, std::int64_t time, double rate = 1, bool reset = false, std::int64_t stop = -1) {
    gst_segment_init(&segment_, GST_FORMAT_TIME);
    segment_.start = GstClockTime(start * kMs);
    segment_.time = GstClockTime(time * kMs);
    segment_.rate = rate;
    if (rate < 0) segment_.stop = 10 * GST_SECOND;
    if (stop >= 0) segment_.stop = GstClockTime(stop * kMs);
    if (reset) segment_.flags = GST_SEGMENT_FLAG_RESET;
    origin_.on_segment(segment_);
  }
  void seek(std::int64_t start, std::int64_t time, double rate = 1) {
    origin_.on_flush();
    segment(start, time, rate);
  }
  void container(const char* name) {
    auto* const tags = gst_tag_list_new(GST_TAG_CONTAINER_FORMAT, name, nullptr);
    origin_.on_tags(tags);
    gst_tag_list_unref(tags);
  }
  /// A frame at a PTS.
  bool pass(std::int64_t pts, guint64 offset = GST_BUFFER_OFFSET_NONE) {
    const Owned<GstBuffer> buffer(gst_buffer_new());
    GST_BUFFER_OFFSET(buffer.get()) = offset;
    if (offset != GST_BUFFER_OFFSET_NONE) GST_BUFFER_OFFSET_END(buffer.get()) = offset + 1;
    return origin_.on_frame(segment_, {GstClockTime(pts * kMs), stream_time(pts), 40 * kMs, 40 * kMs, buffer.get()});
  }
  /// A frame that lasts for `duration` of 40 ms, which seems to be cut.
  bool pass_rest(std::int64_t pts, std::int64_t duration) {
    const Owned<GstBuffer> buffer(gst_buffer_new());
    const auto lost = 40 - duration;
    return origin_.on_frame(
        segment_, {GstClockTime(pts * kMs), stream_time(pts - lost), duration * kMs, 40 * kMs, buffer.get(), true});
  }
  [[nodiscard]] Time first() const { return origin_.first(); }
  StreamOrigin& origin() { return origin_; }

 private:
  [[nodiscard]] std::int64_t stream_time(std::int64_t pts) const {
    return pts * kMs - std::int64_t(segment_.start) + std::int64_t(segment_.time);
  }

  StreamOrigin origin_;
  GstSegment segment_{};
};

}  // namespace

START_TEST(test_the_first_frame_is_the_origin_and_stays_it_for_seeks) {
  // mp4 with an edit list, fragmented mp4, FLV.
  struct Case {
    std::int64_t start, time, pts, origin;
  };
  for (const auto& c : {Case{80, 0, 80, 0}, Case{0, 0, 80, 80}, Case{80, 80, 80, 80}, Case{0, 0, 15, 0}}) {
    Demuxer demuxer;
    demuxer.segment(c.start, c.time);
    fail_unless(!demuxer.first());
    fail_unless(demuxer.pass(c.pts));
    fail_unless(demuxer.first() == Time(c.origin * kMs));
    demuxer.seek(c.start - c.time + 2000, 2000);
    fail_unless(!demuxer.pass(c.start - c.time + 2000));
    fail_unless(demuxer.first() == Time(c.origin * kMs));
  }
}
END_TEST

START_TEST(test_a_seek_before_the_first_frame_leaves_it_unknown_until_it_passes) {
  Demuxer demuxer;
  demuxer.segment(0, 0);
  demuxer.seek(2000, 2000);
  fail_unless(!demuxer.pass(2000) && !demuxer.first() && demuxer.origin().is_uncertain());
  demuxer.seek(0, 0);
  fail_unless(demuxer.pass(80) && demuxer.first() == Time(80 * kMs) && !demuxer.origin().is_uncertain());
  demuxer.seek(2000, 2000);
  demuxer.pass(2000);
  fail_unless(demuxer.first() == Time(80 * kMs));
}
END_TEST

START_TEST(test_a_first_segment_with_the_flag_of_a_flush_comes_from_a_seek) {
  Demuxer demuxer;
  demuxer.segment(2000, 2000, 1, true);
  fail_unless(!demuxer.pass(2000) && !demuxer.first());
}
END_TEST

START_TEST(test_containers_whose_segments_begin_at_0_were_sought_in_if_they_do_not) {
  for (const auto* name : {"ISO MP4/M4A", "ISO fMP4", "Quicktime", "Matroska", "WebM", "AVI", "Ogg"}) {
    Demuxer demuxer;
    demuxer.segment(2000, 2000);
    demuxer.container(name);
    fail_unless(!demuxer.pass(2000) && !demuxer.first(), "%s", name);
  }
  // AVI and Ogg begin at 0; mp4 does if it has an edit list.
  for (const auto& [name, start, uncertain] : {std::tuple{"AVI", 2000, false},
                                               {"Ogg", 2000, false},
                                               {"ISO MP4/M4A", 2080, false},
                                               {"ISO MP4/M4A", 2000, true},
                                               {"Matroska", 2000, true}}) {
    Demuxer demuxer;
    demuxer.container(name);
    demuxer.segment(start, 2000);
    demuxer.pass(start);
    fail_unless(demuxer.origin().is_uncertain() == uncertain, "%s", name);
  }
}
END_TEST

START_TEST(test_an_effect_with_an_in_point_does_not_see_the_first_frame) {
  // GES: PTS are the timeline's, stream time is the media's.
  Demuxer demuxer;
  demuxer.segment(80, 1000);
  fail_unless(!demuxer.pass(80) && !demuxer.first() && !demuxer.origin().is_uncertain());
}
END_TEST

START_TEST(test_an_edit_list_may_begin_with_nothing) {
  Demuxer demuxer;
  demuxer.segment(0, 0, 1, false, 480);
  demuxer.container("ISO MP4/M4A");
  demuxer.segment(80, 480);
  fail_unless(demuxer.pass(80) && demuxer.first() == Time(480 * kMs));
  // Without a stop it is a seek without a flush.
  Demuxer other;
  other.segment(0, 0);
  other.segment(480, 480);
  fail_unless(!other.pass(480) && !other.first());
}
END_TEST

START_TEST(test_the_first_frame_may_get_another_stream_time_after_a_seek) {
  // tsdemux: from 780 on at first, then from 0 or 500.
  Demuxer demuxer;
  demuxer.segment(780, 780);
  fail_unless(demuxer.pass(780) && demuxer.first() == Time(780 * kMs));
  for (const std::int64_t time : {0, 500}) {
    demuxer.seek(780, time);
    fail_unless(demuxer.pass(780) && demuxer.first() == Time(time * kMs));
    demuxer.seek(2000, 2000);
    demuxer.pass(2000);
    fail_unless(demuxer.first() == Time(780 * kMs));
  }
}
END_TEST

START_TEST(test_played_backwards_the_stream_ends_with_its_first_frame) {
  Demuxer demuxer;
  demuxer.segment(0, 0);
  demuxer.seek(0, 0, -1);
  for (std::int64_t pts = 9960; pts >= 80; pts -= 40) fail_unless(!demuxer.pass(pts));
  fail_unless(!demuxer.first());
  demuxer.origin().on_end(40 * kMs);
  fail_unless(demuxer.first() == Time(80 * kMs));
}
END_TEST

START_TEST(test_a_frame_outside_of_its_segment_is_not_the_first) {
  Demuxer demuxer;
  demuxer.segment(1000, 0);
  fail_unless(!demuxer.pass(800) && !demuxer.first());
}
END_TEST

START_TEST(test_a_generator_says_how_many_frames_were_lost_before) {
  Demuxer demuxer;
  demuxer.segment(0, 0);
  fail_unless(demuxer.pass(80, 2) && demuxer.first() == Time(0));
  // Another number than that of its time says nothing.
  Demuxer other;
  other.segment(0, 0);
  fail_unless(other.pass(80, 7) && other.first() == Time(80 * kMs));
}
END_TEST

START_TEST(test_the_second_frame_tells_whether_the_first_one_was_cut) {
  // Where it follows the rest of the first one, at once or with frames lost between them, that one was cut.
  for (const auto& [second_pts, origin] : {std::pair{90, -30}, {130, -30}, {250, -30}, {91, -30}, {110, 0}, {120, 0}}) {
    Demuxer demuxer;
    demuxer.segment(80, 0);
    fail_unless(demuxer.pass_rest(80, 10) && demuxer.first() == Time(-30 * kMs));
    fail_unless(!demuxer.pass(second_pts));
    fail_unless(demuxer.first() == Time(origin * kMs), "%d", second_pts);
    // Later ones say nothing.
    demuxer.pass(second_pts + 25);
    demuxer.seek(200, 120);
    demuxer.pass(200);
    fail_unless(demuxer.first() == Time(origin * kMs), "%d", second_pts);
  }
}
END_TEST

static Suite* stream_origin_suite() {
  auto* suite = suite_create("stream_origin");
  auto* tests = tcase_create("stream_origin");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_the_first_frame_is_the_origin_and_stays_it_for_seeks);
  tcase_add_test(tests, test_a_seek_before_the_first_frame_leaves_it_unknown_until_it_passes);
  tcase_add_test(tests, test_a_first_segment_with_the_flag_of_a_flush_comes_from_a_seek);
  tcase_add_test(tests, test_containers_whose_segments_begin_at_0_were_sought_in_if_they_do_not);
  tcase_add_test(tests, test_an_effect_with_an_in_point_does_not_see_the_first_frame);
  tcase_add_test(tests, test_an_edit_list_may_begin_with_nothing);
  tcase_add_test(tests, test_the_first_frame_may_get_another_stream_time_after_a_seek);
  tcase_add_test(tests, test_played_backwards_the_stream_ends_with_its_first_frame);
  tcase_add_test(tests, test_a_frame_outside_of_its_segment_is_not_the_first);
  tcase_add_test(tests, test_the_second_frame_tells_whether_the_first_one_was_cut);
  tcase_add_test(tests, test_a_generator_says_how_many_frames_were_lost_before);
  return suite;
}

GST_CHECK_MAIN(stream_origin)
