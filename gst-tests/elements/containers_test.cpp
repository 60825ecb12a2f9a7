// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
// In any container, after any seek, forwards and backwards, each frame shows its own mask, and all frames are there.
#include "support/numbered_clip.hpp"

using namespace sam2::test;

namespace {

constexpr ClipRate kRates[] = {{30000, 1001}, {24000, 1001}, {25, 1}, {60, 1}, {10, 1}};
constexpr int kClips = 4 * int(std::size(kRates));

/// Three frames one after the other; the number of the first one.
int check_next_three(NumberedFrames& frames, SampleSource& source, GstClockTime position) {
  int first = -1;
  for (int next = 0; next < 3; ++next) {
    const auto sample = source.pull();
    fail_unless(sample != nullptr, "%s: nothing at %" GST_TIME_FORMAT, frames.what().c_str(), GST_TIME_ARGS(position));
    const auto number = frames.check(sample.get());
    if (next == 0) first = number;
    fail_unless(number == first + next, "%s: seek to %" GST_TIME_FORMAT ": frame %d after %d", frames.what().c_str(),
                GST_TIME_ARGS(position), number, first);
  }
  return first;
}

GstClockTime stream_time_of(GstSample* sample) {
  return gst_segment_to_stream_time(gst_sample_get_segment(sample), GST_FORMAT_TIME,
                                    GST_BUFFER_PTS(gst_sample_get_buffer(sample)));
}

/// `origin` is the stream time of the first frame.
void check_seeks(NumberedFrames& frames, SampleSource& source, const ClipRate& rate, GstClockTime origin) {
  std::mt19937 random(test_seed());
  std::uniform_int_distribution<GstClockTime> anywhere(0, rate.begin_of(kClipFrames - 4));
  for (int i = 0; i < 40; ++i) {
    const auto position = anywhere(random);
    source.seek(origin + position);
    const auto first = check_next_three(frames, source, position);
    // The seek went where it should have: stamps in ms may be one frame off.
    fail_unless(std::abs(first - rate.frame_at(position)) <= 1, "%s: seek to %" GST_TIME_FORMAT " arrived at frame %d",
                frames.what().c_str(), GST_TIME_ARGS(position), first);
  }
  for (const auto snap : {0, int{GST_SEEK_FLAG_SNAP_BEFORE}, int{GST_SEEK_FLAG_SNAP_AFTER}}) {
    const auto position = anywhere(random) * 3 / 4;
    source.seek({.flags = GST_SEEK_FLAG_FLUSH | GST_SEEK_FLAG_KEY_UNIT | snap, .start = origin + position});
    check_next_three(frames, source, position);
  }
}

}  // namespace

START_TEST(test_each_frame_shows_its_mask) {
  const auto& container = containers()[std::size_t(_i) / std::size(kRates)];
  const auto& rate = kRates[std::size_t(_i) % std::size(kRates)];
  if (!have_elements(container)) return;
  const NumberedClip clip(container, rate);
  NumberedFrames frames(clip.name());
  SampleSource source(clip.play());
  const auto opening = source.pull();
  fail_unless_equals_int(frames.check(opening.get()), 0);
  assert_numbers(frames.check_all(source), counting(1, kClipFrames - 1), clip.name() + ", linear");
  const auto origin = stream_time_of(opening.get());
  check_seeks(frames, source, rate, origin);
  source.seek({.rate = 4.0, .start = origin});
  assert_numbers(frames.check_all(source), counting(0, kClipFrames), clip.name() + ", fast");
  // tsdemux does not play backwards.
  if (container.name == std::string("ts")) return;
  source.seek({.rate = -1.0, .stop = origin + rate.begin_of(kClipFrames)});
  assert_numbers(frames.check_all(source), counting(kClipFrames - 1, kClipFrames, -1), clip.name() + ", reverse");
}
END_TEST

static Suite* containers_suite() {
  auto* suite = suite_create("containers");
  auto* tests = tcase_create("containers");
  suite_add_tcase(suite, tests);
  tcase_add_loop_test(tests, test_each_frame_shows_its_mask, 0, kClips);
  return suite;
}

GST_CHECK_MAIN(containers)
