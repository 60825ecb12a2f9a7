// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
// Streams that are not plain: trick modes upstream, gaps, lost and doubled frames, no stamps, huge ones, new caps. Each
// frame tells its number, which its mask has to agree with.
#include "support/numbered_clip.hpp"

using namespace sam2::test;

namespace {

constexpr ClipRate kRates[] = {{30000, 1001}, {24000, 1001}, {25, 1}, {60, 1}, {10, 1}};

/// Numbered frames into one element, and checked behind it.
class NumberedStream {
 public:
  NumberedStream(const std::string& what, const MaskFile& masks, Properties more, const std::string& framerate)
      : overlay_(readable(masks, std::move(more))), frames_(what) {
    set_caps(kClipWidth, kClipHeight, framerate);
  }

  void set_caps(int width, int height, const std::string& framerate) {
    const auto text = caps_text("I420", width, height, framerate.empty() ? "" : "framerate=" + framerate);
    overlay_.set_caps(text);
    caps_.reset(gst_caps_from_string(text.c_str()));
    width_ = width;
  }

  void segment(const std::function<void(GstSegment&)>& change, GstFormat format = GST_FORMAT_TIME) {
    GstSegment segment;
    gst_segment_init(&segment, format);
    change(segment);
    overlay_.seek(segment);
  }

  void pass(int number, GstClockTime pts, GstClockTime duration, int flags = 0) {
    auto* const buffer = make_buffer(frame_of(number), pts, duration);
    GST_BUFFER_FLAG_SET(buffer, flags);
    fail_unless_equals_int(frames_.check(overlay_.process(buffer).get(), caps_.get()), number);
  }
  Overlay& overlay() { return overlay_; }

 private:
  static Properties readable(const MaskFile& masks, Properties more) {
    more.insert(more.begin(), {{"draw", "fill"}, {"opacity", "1"}, {"colors", "#FFFFFF"}});
    return masks.with(std::move(more));
  }

  /// As large as the caps say, by doubling each pixel.
  [[nodiscard]] Bytes frame_of(int number) const {
    const auto small = numbered_frame(number);
    if (width_ == kClipWidth) return small;
    Bytes large(small.size() * 4, 128);
    for (int y = 0; y < 2 * kClipHeight; ++y) {
      for (int x = 0; x < 2 * kClipWidth; ++x) {
        large[std::size_t(y * 2 * kClipWidth + x)] = small[std::size_t(y / 2 * kClipWidth + x / 2)];
      }
    }
    return large;
  }

  Overlay overlay_;
  NumberedFrames frames_;
  Owned<GstCaps> caps_;
  int width_ = 0;
};

/// Where frames of 3 to 92 ms begin, and where the last one ends.
std::vector<GstClockTime> random_begins(std::mt19937& random) {
  std::vector<GstClockTime> begins = {0};
  while (begins.size() < kClipFrames) begins.push_back(begins.back() + 3 * GST_MSECOND + random() % (90 * GST_MSECOND));
  // The last mask holds for the median time, so that its frame must not be longer.
  begins.push_back(begins.back() + 20 * GST_MSECOND);
  return begins;
}

/// Opens the stream again for each frame, and seeks to it when only the very first one has been seen. Frame k begins at
/// stamps[k] and ends at ends[k], as far as decoders know; whether they tell is another matter.
void check_first_seeks(NumberedStream& stream, std::mt19937& random, const std::vector<GstClockTime>& stamps,
                       const std::vector<GstClockTime>& ends, bool with_durations = true) {
  const auto told = [&](GstClockTime duration) { return with_durations ? duration : GST_CLOCK_TIME_NONE; };
  // As after an edit list, which the stream begins with.
  constexpr GstClockTime kShift = 66 * GST_MSECOND;
  for (std::size_t k = 1; k < kClipFrames; ++k) {
    stream.overlay().send(gst_event_new_stream_start(std::to_string(k).c_str()));
    GstSegment whole;
    gst_segment_init(&whole, GST_FORMAT_TIME);
    whole.start = kShift;
    stream.overlay().send(gst_event_new_segment(&whole));
    stream.pass(0, kShift, told(ends[0]));
    // Without durations, a position this near to the next frame is taken for rounded.
    const auto margin = with_durations ? 0 : 2 * GST_USECOND;
    const auto position = stamps[k] + (k % 4 == 0 ? 0 : random() % (stamps[k + 1] - stamps[k] - margin));
    // Decoders drop what ends before the position.
    const auto first =
        std::size_t(std::ranges::find_if(ends, [&](GstClockTime end) { return end > position; }) - ends.begin());
    stream.segment([&](GstSegment& segment) {
      segment.start = position + kShift;
      segment.time = position;
    });
    const auto begin = std::max(position, stamps[first]);
    stream.pass(int(first), begin + kShift, told(ends[first] - begin));
  }
}

}  // namespace

START_TEST(test_masks_are_exact_at_each_rate_that_upstream_applies) {
  const MaskFile masks({numbered_masks()});
  for (const auto& rate : kRates) {
    NumberedStream stream("applied rates at " + rate.text(), masks, {{"framerate", rate.text()}}, rate.text());
    for (const double applied : {2.0, 8.0, 0.25, 0.5, -1.0, -2.0, -0.25}) {
      const auto pace = std::abs(applied);
      const auto at = [&](int frame) { return GstClockTime(double(rate.begin_of(frame)) / pace + 0.5); };
      stream.segment([&](GstSegment& segment) {
        segment.applied_rate = applied;
        segment.stop = at(kClipFrames);
      });
      for (int k = 0; k < kClipFrames; ++k) {
        stream.pass(applied > 0 ? k : kClipFrames - 1 - k, applied > 0 ? at(k) : at(kClipFrames) - at(kClipFrames - k),
                    at(k + 1) - at(k));
      }
    }
  }
}
END_TEST

START_TEST(test_lost_doubled_and_discontinuous_frames_and_gaps) {
  const MaskFile masks({numbered_masks()});
  std::mt19937 random(test_seed());
  for (const auto& rate : kRates) {
    // The first frame may be one of those that are lost.
    NumberedStream stream("lost and doubled at " + rate.text(), masks, {{"time-origin", "stream"}}, rate.text());
    for (int k = 0; k < kClipFrames; ++k) {
      const auto begin = rate.begin_of(k);
      const auto duration = rate.begin_of(k + 1) - begin;
      const auto what = random() % 6;
      if (what == 0) continue;
      if (what == 1) {
        stream.overlay().send(gst_event_new_gap(begin, duration));
        continue;
      }
      const int flags = what == 2 ? GST_BUFFER_FLAG_DISCONT | GST_BUFFER_FLAG_RESYNC : 0;
      // A mask that is drawn ends a gap.
      stream.pass(k, begin, duration, flags | (what == 3 ? GST_BUFFER_FLAG_GAP : 0));
      if (what == 4) stream.pass(k, begin, duration);
    }
  }
}
END_TEST

START_TEST(test_frames_of_any_length_with_and_without_stamps_in_the_file) {
  std::mt19937 random(test_seed());
  const auto begins = random_begins(random);
  const auto length_of = [&](int k) { return begins[std::size_t(k) + 1] - begins[std::size_t(k)]; };
  const auto with = masks_at(begins);
  for (const auto* framerate : {"0/1", "30/1"}) {
    NumberedStream stream(std::string("stamps, caps of ") + framerate, with, {}, framerate);
    for (int k = 0; k < kClipFrames; ++k) stream.pass(k, begins[std::size_t(k)], length_of(k));
    for (int k = kClipFrames - 1; k >= 0; --k) stream.pass(k, begins[std::size_t(k)], length_of(k));
    // Clipped ones, and those that an edit list begins with.
    for (int k = 0; k < kClipFrames; ++k) {
      const auto cut = k % 3 == 0 ? 0 : random() % (length_of(k) - GST_MSECOND);
      const auto position = begins[std::size_t(k)] + cut;
      stream.segment([&](GstSegment& segment) {
        segment.start = position + 66 * GST_MSECOND;
        segment.time = position;
      });
      stream.pass(k, position + 66 * GST_MSECOND, length_of(k) - cut);
    }
  }
  // Without: only counting tells.
  const MaskFile without({numbered_masks()});
  NumberedStream counted("no stamps, no rate", without, {}, "0/1");
  for (int k = 0; k < kClipFrames; ++k) counted.pass(k, begins[std::size_t(k)], length_of(k));
  NumberedStream by_buffers("timing=buffers", without, {{"timing", "buffers"}}, "30/1");
  for (int k = 0; k < kClipFrames; ++k) by_buffers.pass(k, begins[std::size_t(k)], length_of(k));
}
END_TEST

START_TEST(test_a_first_seek_finds_frames_by_their_own_length_and_by_that_of_the_rate) {
  std::mt19937 random(test_seed());
  auto begins = random_begins(random);
  // By chance, the first frame may be as long as the rate says, and nobody would know what durations mean.
  const auto first_length = begins[1];
  for (std::size_t k = 1; k < begins.size(); ++k) begins[k] = begins[k] + 50 * GST_MSECOND - first_length;
  const auto masks = masks_at(begins);
  for (const GstClockTime unit : std::initializer_list<GstClockTime>{1, GST_MSECOND}) {
    auto stamps = begins;
    for (auto& stamp : stamps) stamp = (stamp + unit / 2) / unit * unit;
    const std::vector<GstClockTime> own(stamps.begin() + 1, stamps.end());
    auto nominal = own;
    for (std::size_t k = 0; k < kClipFrames; ++k) nominal[k] = stamps[k] + GST_SECOND / 30;
    for (const auto* framerate : {"0/1", "30/1", "37/2"}) {
      const auto what = " lengths, in units of " + std::to_string(unit) + " ns, caps of " + framerate;
      NumberedStream stream("own" + what, masks, {}, framerate);
      check_first_seeks(stream, random, stamps, own);
      NumberedStream other("nominal" + what, masks, {}, framerate);
      check_first_seeks(other, random, stamps, nominal);
      if (stamps != begins) continue;
      NumberedStream untold("untold" + what, masks, {}, framerate);
      check_first_seeks(untold, random, stamps, own, false);
    }
  }
}
END_TEST

START_TEST(test_frames_without_stamps_and_segments_without_time) {
  const MaskFile masks({numbered_masks()});
  for (const auto& rate : kRates) {
    NumberedStream stream("no stamps at " + rate.text(), masks, {}, rate.text());
    for (int k = 0; k < 100; ++k) stream.pass(k, GST_CLOCK_TIME_NONE, GST_CLOCK_TIME_NONE);
    stream.segment([&](GstSegment& segment) { segment.start = segment.time = rate.begin_of(40); });
    for (int k = 40; k < kClipFrames; ++k) stream.pass(k, GST_CLOCK_TIME_NONE, GST_CLOCK_TIME_NONE);
    stream.segment([](GstSegment&) {}, GST_FORMAT_BYTES);
    for (int k = 0; k < kClipFrames; ++k) stream.pass(k, rate.begin_of(k), rate.begin_of(k + 1) - rate.begin_of(k));
  }
}
END_TEST

START_TEST(test_live_frames_that_begin_late_and_come_unevenly) {
  const MaskFile masks({numbered_masks()});
  std::mt19937 random(test_seed());
  for (const auto& rate : kRates) {
    NumberedStream stream("live at " + rate.text(), masks, {{"time-origin", "first-frame"}}, rate.text());
    for (int k = 0; k < kClipFrames; ++k) {
      const auto begin = rate.begin_of(k);
      const auto length = rate.begin_of(k + 1) - begin;
      // Some sources lose a frame when they are late.
      if (k > 0 && random() % 8 == 0) continue;
      const auto late = random() % (length * 2 / 5);
      stream.pass(k, 3600 * GST_SECOND + begin + late, k % 2 == 0 ? GST_CLOCK_TIME_NONE : length);
    }
  }
}
END_TEST

START_TEST(test_stamps_beyond_two_to_the_55th) {
  for (const auto& rate : kRates) {
    // More than 417 days.
    const auto base = rate.frame_at((GstClockTime{1} << 55) + GST_SECOND);
    std::vector<std::int64_t> numbers;
    for (int k = 0; k < kClipFrames; ++k) numbers.push_back(base + k);
    const MaskFile masks({numbered_masks(), int64_array("frame_indices", numbers)});
    NumberedStream stream("far away at " + rate.text(), masks, {}, rate.text());
    for (const bool seeks : {false, true}) {
      for (int k = 0; k < kClipFrames; ++k) {
        const auto begin = rate.begin_of(base + k);
        const auto length = rate.begin_of(base + k + 1) - begin;
        const auto cut = seeks ? length * GstClockTime(k % 10) / 10 : 0;
        if (seeks) stream.segment([&](GstSegment& segment) { segment.start = segment.time = begin + cut; });
        stream.pass(k, begin + cut, length - cut);
      }
    }
  }
}
END_TEST

START_TEST(test_caps_that_change_in_the_middle) {
  const MaskFile masks({numbered_masks()});
  constexpr ClipRate kRate = {25, 1};
  NumberedStream stream("caps", masks, {{"framerate", "25/1"}}, "25/1");
  for (int k = 0; k < kClipFrames; ++k) {
    const int size = k / 10 % 2 == 0 ? 1 : 2;
    if (k % 10 == 0) stream.set_caps(size * kClipWidth, size * kClipHeight, k % 40 == 0 ? "50/1" : "25/1");
    stream.pass(k, kRate.begin_of(k), kRate.begin_of(k + 1) - kRate.begin_of(k));
  }
}
END_TEST

static Suite* stream_changes_suite() {
  auto* suite = suite_create("stream_changes");
  auto* tests = tcase_create("stream_changes");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_masks_are_exact_at_each_rate_that_upstream_applies);
  tcase_add_test(tests, test_lost_doubled_and_discontinuous_frames_and_gaps);
  tcase_add_test(tests, test_frames_of_any_length_with_and_without_stamps_in_the_file);
  tcase_add_test(tests, test_a_first_seek_finds_frames_by_their_own_length_and_by_that_of_the_rate);
  tcase_add_test(tests, test_frames_without_stamps_and_segments_without_time);
  tcase_add_test(tests, test_live_frames_that_begin_late_and_come_unevenly);
  tcase_add_test(tests, test_stamps_beyond_two_to_the_55th);
  tcase_add_test(tests, test_caps_that_change_in_the_middle);
  return suite;
}

GST_CHECK_MAIN(stream_changes)
