// SPDX-License-Identifier: LGPL-2.1-or-later
// A frame has the same pixels at every rate, backwards, in loops and after seeks.
#include <chrono>
#include <future>

#include "support/numbered_clip.hpp"

using namespace sam2::test;

namespace {

constexpr ClipRate kNtsc = {30000, 1001};
/// As NumberedClip::play() has it.
constexpr const char* kElement = " sam2overlay ";
constexpr double kRates[] = {2.0, 8.0, 0.25, -0.25, -1.0, -2.0, -8.0};

bool have_mp4() {
  return have_elements(containers()[0].name, containers()[0].elements);
}

/// The middle of a frame.
GstClockTime middle_of(int frame) {
  return (kNtsc.begin_of(frame) + kNtsc.begin_of(frame + 1)) / 2;
}

/// All of the clip, from the beginning or from the end.
void check_at_rate(NumberedFrames& frames, SampleSource& source, double rate) {
  source.seek({.rate = rate, .stop = kNtsc.begin_of(kClipFrames)});
  const auto expected = rate > 0 ? counting(0, kClipFrames) : counting(kClipFrames - 1, kClipFrames, -1);
  assert_numbers(frames.check_all(source), expected, frames.what() + " at rate " + std::to_string(rate));
}

}  // namespace

START_TEST(test_every_rate_shows_all_frames_with_their_masks) {
  if (!have_mp4()) return;
  const NumberedClip clip(containers()[0], kNtsc);
  NumberedFrames frames("rates");
  SampleSource source(clip.play());
  assert_numbers(frames.check_all(source), counting(0, kClipFrames), "linear");
  for (const auto rate : kRates) check_at_rate(frames, source, rate);
}
END_TEST

START_TEST(test_the_default_look_has_the_same_pixels_however_it_is_played) {
  if (!have_mp4()) return;
  std::mt19937 random(test_seed());
  const NumberedClip clip(containers()[0], kNtsc);
  NumberedFrames frames("default look", NumberedFrames::Masks::AnyLook);
  SampleSource source(clip.play(" axes=TNHW "));
  assert_numbers(frames.check_all(source), counting(0, kClipFrames), "linear");
  for (const auto rate : {2.0, -1.0, -2.0}) check_at_rate(frames, source, rate);
  for (int i = 0; i < 40; ++i) {
    const auto frame = int(random() % (kClipFrames - 2));
    source.seek(middle_of(frame));
    for (const auto expected : {frame, frame + 1}) {
      const auto sample = source.pull();
      fail_unless(sample != nullptr);
      fail_unless_equals_int(frames.check(sample.get()), expected);
    }
  }
  fail_unless_equals_uint64(frames.different(), kClipFrames);
}
END_TEST

START_TEST(test_loops_of_a_segment_show_the_same_frames_again) {
  if (!have_mp4()) return;
  const NumberedClip clip(containers()[0], kNtsc);
  NumberedFrames frames("segments");
  SampleSource source(clip.play());
  for (const auto rate : {1.0, 2.0, -1.0}) {
    int flags = GST_SEEK_FLAG_FLUSH | GST_SEEK_FLAG_ACCURATE | GST_SEEK_FLAG_SEGMENT;
    for (int loop = 0; loop < 4; ++loop) {
      // Both ends are within a frame, which is clipped.
      source.seek({.rate = rate, .flags = flags, .start = middle_of(31), .stop = middle_of(77)});
      auto numbers = frames.check_all(source);
      // Backwards, some decoders go on to before the start.
      if (rate < 0 && numbers.size() > 47) numbers.resize(47);
      assert_numbers(numbers, rate > 0 ? counting(31, 47) : counting(77, 47, -1),
                     "loop " + std::to_string(loop) + " at rate " + std::to_string(rate));
      flags &= ~int{GST_SEEK_FLAG_FLUSH};
    }
  }
}
END_TEST

START_TEST(test_an_instant_change_of_the_rate_loses_no_frame) {
  if (!have_mp4()) return;
  const NumberedClip clip(containers()[0], kNtsc);
  NumberedFrames frames("instant rate");
  SampleSource source(clip.play());
  std::vector<int> numbers;
  const auto take_one = [&] {
    const auto sample = source.pull();
    if (sample != nullptr) numbers.push_back(frames.check(sample.get()));
    return sample != nullptr;
  };
  for (const auto rate : {2.0, 0.5, 8.0, 1.0}) {
    for (int i = 0; i < 20; ++i) fail_unless(take_one());
    // The change has to pass frames that wait to be taken; but the clip should not run out before it comes.
    const auto change = std::async(std::launch::async, [&] { source.change_rate(rate); });
    while (change.wait_for(std::chrono::milliseconds(20)) != std::future_status::ready && take_one()) continue;
  }
  while (take_one()) continue;
  assert_numbers(numbers, counting(0, kClipFrames), "instant rate");
}
END_TEST

START_TEST(test_concatenated_clips_each_show_their_own_frames) {
  if (!have_mp4()) return;
  // Another stream-id begins with the first mask, however the clip before ended.
  const NumberedClip clip(containers()[0], kNtsc);
  NumberedFrames frames("concat");
  const auto part = " filesrc location=" + clip.path() + " ! qtdemux ! h264parse ! avdec_h264 ! c.";
  auto play = clip.play();
  play.replace(0, play.find(kElement), "concat name=c !");
  SampleSource source(play + part + part);
  auto expected = counting(0, kClipFrames);
  expected.insert(expected.end(), expected.begin(), expected.begin() + kClipFrames);
  assert_numbers(frames.check_all(source), expected, "concat");
}
END_TEST

START_TEST(test_videorate_and_lost_frames_upstream_leave_masks_with_their_frames) {
  if (!have_mp4()) return;
  const NumberedClip clip(containers()[0], {25, 1});
  const auto through = [&](const std::string& elements) {
    auto play = clip.play();
    return play.replace(play.find(kElement), 0, " " + elements + " !");
  };
  const auto numbers = [&](const std::string& elements) {
    NumberedFrames frames(elements);
    SampleSource source(through(elements));
    return frames.check_all(source);
  };
  auto twice = numbers("videorate ! video/x-raw,framerate=50/1");
  fail_unless(twice.size() >= 2 * kClipFrames - 2, "%zu frames", twice.size());
  for (std::size_t i = 0; i < twice.size(); ++i) fail_unless_equals_int(twice[i], int(i / 2));
  for (const int step : {2, 5}) {
    const auto some = numbers("videorate ! video/x-raw,framerate=25/" + std::to_string(step));
    fail_unless(some.size() >= std::size_t(kClipFrames / step - 1), "%zu frames", some.size());
    for (std::size_t i = 0; i < some.size(); ++i) fail_unless_equals_int(some[i], int(i) * step);
  }
  const auto left = numbers("identity drop-probability=0.3");
  fail_unless(left.size() > kClipFrames / 2 && left.size() < kClipFrames && std::ranges::is_sorted(left));
}
END_TEST

START_TEST(test_clips_of_varying_frame_rate_go_by_the_stamps_of_their_masks) {
  // mp4 and mkv.
  const auto& container = containers()[std::size_t(_i)];
  if (!have_elements(container.name, container.elements)) return;
  std::mt19937 random(test_seed());
  std::vector<GstClockTime> begins = {0};
  while (begins.size() <= kClipFrames) begins.push_back(begins.back() + (8 + random() % 90) * GST_MSECOND);
  const TemporaryDirectory directory;
  write_clip(container, "30/1", begins, directory.file("clip"));
  const MaskFile masks(
      {numbered_masks(), int64_array("timestamps", std::vector<std::int64_t>(begins.begin(), begins.end() - 1))});
  NumberedFrames frames(std::string(container.name) + " of varying rate");
  SampleSource source("filesrc location=" + directory.file("clip") + " ! decodebin ! sam2overlay location=" +
                      masks.path() + kReadableLook + " ! appsink name=sink sync=false max-buffers=2");
  // mp4mux guesses the lengths of the last two, and what is then behind the end of its edit list is not played.
  const auto linear = frames.check_all(source);
  fail_unless(linear.size() >= kClipFrames - 2, "%zu frames", linear.size());
  assert_numbers(linear, counting(0, int(linear.size())), frames.what());
  for (int i = 0; i < 60; ++i) {
    const auto frame = random() % (kClipFrames - 2);
    // The beginning of a frame, or within it.
    source.seek(begins[frame] + (i % 4 == 0 ? 0 : random() % (begins[frame + 1] - begins[frame])));
    for (int next = 0; next < 2; ++next) {
      const auto sample = source.pull();
      // Where such a clip ends is up to its container.
      if (sample != nullptr) frames.check(sample.get());
    }
  }
  source.seek({.rate = -1.0, .stop = begins.back()});
  const auto reverse = frames.check_all(source);
  fail_unless(reverse.size() >= linear.size(), "%zu frames", reverse.size());
  assert_numbers(reverse, counting(int(reverse.size()) - 1, int(reverse.size()), -1), frames.what() + ", reverse");
}
END_TEST

static Suite* playback_modes_suite() {
  auto* suite = suite_create("playback_modes");
  auto* tests = tcase_create("playback_modes");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_every_rate_shows_all_frames_with_their_masks);
  tcase_add_test(tests, test_the_default_look_has_the_same_pixels_however_it_is_played);
  tcase_add_test(tests, test_loops_of_a_segment_show_the_same_frames_again);
  tcase_add_test(tests, test_an_instant_change_of_the_rate_loses_no_frame);
  tcase_add_test(tests, test_concatenated_clips_each_show_their_own_frames);
  tcase_add_test(tests, test_videorate_and_lost_frames_upstream_leave_masks_with_their_frames);
  tcase_add_loop_test(tests, test_clips_of_varying_frame_rate_go_by_the_stamps_of_their_masks, 0, 2);
  return suite;
}

GST_CHECK_MAIN(playback_modes)
