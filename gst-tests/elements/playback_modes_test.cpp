// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
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

/// The middle of a frame.
GstClockTime middle_of(int frame) {
  return (kNtsc.begin_of(frame) + kNtsc.begin_of(frame + 1)) / 2;
}

/// Not so near to the ends that ticks of 1/30000 s are seen.
GstClockTime within(std::mt19937& random, int frame) {
  const auto begin = kNtsc.begin_of(frame) + GST_MSECOND;
  return begin + random() % (kNtsc.begin_of(frame + 1) - GST_MSECOND - begin);
}

/// Anywhere in a frame, but not within a tick of its end: mp4 counts 2,400 to 3,000 ticks a second, and where the next
/// frame is a key frame, the demuxer begins with that one.
GstClockTime inside_one(std::mt19937& random, const ClipRate& rate) {
  constexpr GstClockTime kMargin = 500 * GST_USECOND;
  const auto frame = gint64(random() % (kClipFrames - 8));
  const auto begin = rate.begin_of(frame);
  return begin + random() % (rate.begin_of(frame + 1) - begin - kMargin);
}

MaskFile every_fourth_mask() {
  const auto frames = counting(0, (kClipFrames + 3) / 4, 4);
  return MaskFile({masks_of_frames(frames), int64_array("frame_indices", {frames.begin(), frames.end()})});
}

/// All of the clip, from the beginning or from the end.
void check_at_rate(NumberedFrames& frames, SampleSource& source, double rate) {
  source.seek({.rate = rate, .stop = kNtsc.begin_of(kClipFrames)});
  const auto expected = rate > 0 ? counting(0, kClipFrames) : counting(kClipFrames - 1, kClipFrames, -1);
  assert_numbers(frames.check_all(source), expected, frames.what() + " at rate " + std::to_string(rate));
}

/// mp4 and mkv with h264, whose frames all tell the length that the rate says, and mov, whose frames tell their own.
const Container& varying_container(int index) {
  static const Container jpeg = {"mov", "jpegenc quality=95 ! qtmux", {"jpegenc", "qtmux", "qtdemux", "jpegdec"}};
  return index < 2 ? containers()[std::size_t(index)] : jpeg;
}

/// Where frames of 8 to 97 ms begin, and where the last one ends.
std::vector<GstClockTime> varying_begins(std::mt19937& random) {
  // Nothing tells that the rate varies before a distance of frames fits no fixed rate: here that is the second one. The
  // frame before it has the number 1 by the rate of the masks, too.
  std::vector<GstClockTime> begins = {0, 50 * GST_MSECOND, 77 * GST_MSECOND};
  // mp4mux adds up decoding times. That of the last frame is when the last but two is shown, since B-frames come late,
  // and it lasts one frame of the caps' rate: where the last three last longer, the clip's edit list cuts them off, and
  // no demuxer plays what is behind it.
  while (begins.size() <= kClipFrames) {
    const unsigned longest = begins.size() > kClipFrames - 3 ? 10 : 97;
    begins.push_back(begins.back() + (8 + random() % (longest - 7)) * GST_MSECOND);
  }
  return begins;
}

/// A clip of frames of 8 to 97 ms, and masks with their stamps.
class VaryingClip {
 public:
  explicit VaryingClip(const Container& container) : begins_(varying_begins(random_)), masks_(masks_at(begins_)) {
    write_clip(container, "30/1", begins_, directory_.file("clip"));
  }

  [[nodiscard]] std::string play() const { return through("sam2overlay location=" + masks_.path() + kReadableLook); }
  [[nodiscard]] std::string play_with(const MaskFile& masks) const {
    return through("sam2overlay location=" + masks.path() + kReadableLook);
  }
  [[nodiscard]] std::string play_plain() const { return through("identity"); }
  [[nodiscard]] GstClockTime end() const { return begins_.back(); }

  GstClockTime beginning_of_one() { return begins_[random_() % kClipFrames]; }
  /// In steps as large as what stamps may be off.
  GstClockTime within_one() {
    constexpr GstClockTime kStep = 10 * GST_USECOND;
    const auto frame = random_() % kClipFrames;
    return begins_[frame] + random_() % ((begins_[frame + 1] - begins_[frame]) / kStep) * kStep;
  }

 private:
  [[nodiscard]] std::string through(const std::string& element) const {
    return "filesrc location=" + directory_.file("clip") + " ! decodebin ! " + element +
           " ! appsink name=sink sync=false max-buffers=2";
  }

  std::mt19937 random_{test_seed()};
  std::vector<GstClockTime> begins_;
  TemporaryDirectory directory_;
  MaskFile masks_;
};

/// A varying clip, its frames, and the same clip without the element beside it.
struct VaryingPlayback {
  explicit VaryingPlayback(const Container& container)
      : clip(container), frames(std::string(container.name) + " of varying rate") {}

  /// Two frames after an accurate seek: those that come without the element. Which ones these are is up to decoders,
  /// which drop what ends before the position, as far as they know where a frame ends.
  void check_like_plain(SampleSource& source, GstClockTime position) {
    source.seek(position);
    plain.seek(position);
    for (int next = 0, number = -1; next < 2 && number != kClipFrames - 1; ++next) {
      const auto sample = source.pull();
      const auto expected = plain.pull();
      fail_unless(sample != nullptr && expected != nullptr, "%s: nothing at %" GST_TIME_FORMAT, frames.what().c_str(),
                  GST_TIME_ARGS(position));
      const auto before = number;
      number = frames.check(sample.get());
      fail_unless_equals_int(number, pictures.check(expected.get()));
      fail_unless(next == 0 || number == before + 1, "%s: frame %d after %d", frames.what().c_str(), number, before);
    }
  }

  VaryingClip clip;
  NumberedFrames frames;
  NumberedFrames pictures{"plain", NumberedFrames::Masks::AnyLook};
  SampleSource plain{clip.play_plain()};
};

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

START_TEST(test_every_look_has_the_same_pixels_however_it_is_played) {
  if (!have_mp4()) return;
  std::mt19937 random(test_seed());
  const NumberedClip clip(containers()[0], kNtsc);
  const auto sparse = every_fourth_mask();
  // Trails show the past and moved masks the way between two, neither of which may be what was played before.
  const std::string with_tracks = " draw=fill+contour+centroid+trail+label+box ";
  for (const auto& look : {std::string(" axes=TNHW "), " axes=TNHW" + with_tracks,
                           " axes=TNHW interpolation=motion location=" + sparse.path() + with_tracks}) {
    NumberedFrames frames(look, NumberedFrames::Masks::AnyLook);
    SampleSource source(clip.play(look));
    assert_numbers(frames.check_all(source), counting(0, kClipFrames), "linear");
    for (const auto rate : {2.0, -1.0, -2.0}) check_at_rate(frames, source, rate);
    for (int i = 0; i < 40; ++i) {
      const auto frame = int(random() % (kClipFrames - 2));
      source.seek(within(random, frame));
      for (const auto expected : {frame, frame + 1}) {
        const auto sample = source.pull();
        fail_unless(sample != nullptr);
        fail_unless_equals_int(frames.check(sample.get()), expected);
      }
    }
    fail_unless_equals_uint64(frames.different(), kClipFrames);
  }
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
    for (int i = 0; i < 20; ++i) fail_unless(take_one(), "the end after %zu frames", numbers.size());
    // The change has to pass frames that wait to be taken; on a busy machine, the clip must not end meanwhile.
    const auto change = std::async(std::launch::async, [&] { source.change_rate(rate); });
    while (change.wait_for(std::chrono::milliseconds(10)) != std::future_status::ready && take_one()) continue;
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

START_TEST(test_frames_that_a_decoder_skips_when_downstream_is_late_shift_no_masks) {
  if (!have_mp4()) return;
  std::mt19937 random(test_seed());
  const NumberedClip clip(containers()[0], {25, 1});
  NumberedFrames frames("late downstream");
  std::size_t shown = 0;
  constexpr int kRuns = 8;
  for (int run = 0; run < kRuns; ++run) {
    SampleSource source(clip.play());
    // Late for a moment, then in time for long: the decoder has packets of the late moment still before it.
    while (const auto sample = source.pull()) {
      frames.check(sample.get());
      ++shown;
      const bool is_late = random() % 4 == 0;
      source.report_lateness(sample.get(), is_late ? GstClockTimeDiff(random() % 150 * GST_MSECOND) : 0);
    }
  }
  fail_unless(shown < std::size_t{kRuns} * kClipFrames * 9 / 10, "the decoder skipped no frames");
}
END_TEST

START_TEST(test_a_rate_that_videorate_raised_shows_the_mask_of_the_frame_that_it_took) {
  if (!have_mp4()) return;
  std::mt19937 random(test_seed());
  constexpr ClipRate kFrom[] = {{30, 1}, {30000, 1001}, {25, 1}, {24, 1}};
  const ClipRate rate = kFrom[_i];
  const NumberedClip clip(containers()[0], rate);
  for (const auto* raised : {"50/1", "120/1", "75/1"}) {
    auto play = clip.play();
    play.replace(play.find(kElement), 0, std::string(" videorate ! video/x-raw,framerate=") + raised + " !");
    NumberedFrames frames(rate.text() + " raised to " + raised);
    SampleSource source(play);
    fail_unless(frames.check_all(source).size() > kClipFrames * 5 / 4);
    for (int i = 0; i < 30; ++i) {
      source.seek(inside_one(random, rate));
      for (int next = 0; next < 6; ++next) {
        const auto sample = source.pull();
        fail_unless(sample != nullptr);
        frames.check(sample.get());
      }
    }
  }
}
END_TEST

START_TEST(test_through_videorate_a_cut_frame_shows_its_own_mask) {
  if (!have_mp4()) return;
  std::mt19937 random(test_seed());
  const NumberedClip clip(containers()[0], kNtsc);
  auto play = clip.play();
  play.replace(play.find(kElement), 0, " videorate !");
  NumberedFrames frames("through videorate");
  SampleSource source(play);
  assert_numbers(frames.check_all(source), counting(0, kClipFrames), "linear");
  for (int i = 0; i < 60; ++i) {
    source.seek(inside_one(random, kNtsc));
    for (int next = 0; next < 3; ++next) {
      const auto sample = source.pull();
      fail_unless(sample != nullptr);
      frames.check(sample.get());
    }
  }
}
END_TEST

START_TEST(test_clips_of_varying_frame_rate_go_by_the_stamps_of_their_masks) {
  const auto& container = varying_container(_i);
  if (!have_elements(container)) return;
  VaryingPlayback playback(container);
  auto& clip = playback.clip;
  auto& frames = playback.frames;
  SampleSource source(clip.play());
  assert_numbers(frames.check_all(source), counting(0, kClipFrames), frames.what());
  for (int i = 0; i < 60; ++i) {
    playback.check_like_plain(source, i % 4 == 0 ? clip.beginning_of_one() : clip.within_one());
  }
  source.seek({.rate = -1.0, .stop = clip.end()});
  assert_numbers(frames.check_all(source), counting(kClipFrames - 1, kClipFrames, -1), frames.what() + ", reverse");
}
END_TEST

START_TEST(test_without_stamps_a_seek_ahead_in_a_clip_of_varying_frame_rate_warns) {
  const auto& container = varying_container(_i);
  if (!have_elements(container)) return;
  const VaryingClip clip(container);
  const MaskFile masks({numbered_masks(), double_scalar("fps", 25)});
  NumberedFrames frames(std::string(container.name) + " of varying rate, without stamps");
  SampleSource source(clip.play_with(masks));
  for (int k = 0; k < 40; ++k) {
    const auto sample = source.pull();
    fail_unless_equals_int(frames.check(sample.get()), k);
  }
  for (const auto& text : source.warnings()) fail_unless(false, "%s", text.c_str());
  source.seek(clip.end() / 2);
  for (int i = 0; i < 6; ++i) fail_unless(source.pull() != nullptr);
  const auto warnings = source.warnings();
  fail_unless(warnings.size() == 1 && warnings[0].find("'timestamps'") != std::string::npos, "%zu warnings",
              warnings.size());
  // What was seen before is right again, and from there on all the rest.
  source.seek(GstClockTime{0});
  assert_numbers(frames.check_all(source), counting(0, kClipFrames), frames.what());
}
END_TEST

START_TEST(test_a_first_seek_into_a_clip_of_varying_frame_rate_shows_the_right_mask) {
  const auto& container = varying_container(_i);
  if (!have_elements(container)) return;
  VaryingPlayback playback(container);
  for (int i = 0; i < 8; ++i) {
    SampleSource source(playback.clip.play());
    playback.check_like_plain(source, playback.clip.within_one());
  }
}
END_TEST

static Suite* playback_modes_suite() {
  auto* suite = suite_create("playback_modes");
  auto* tests = tcase_create("playback_modes");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_every_rate_shows_all_frames_with_their_masks);
  tcase_add_test(tests, test_every_look_has_the_same_pixels_however_it_is_played);
  tcase_add_test(tests, test_loops_of_a_segment_show_the_same_frames_again);
  tcase_add_test(tests, test_an_instant_change_of_the_rate_loses_no_frame);
  tcase_add_test(tests, test_concatenated_clips_each_show_their_own_frames);
  tcase_add_test(tests, test_videorate_and_lost_frames_upstream_leave_masks_with_their_frames);
  tcase_add_test(tests, test_frames_that_a_decoder_skips_when_downstream_is_late_shift_no_masks);
  tcase_add_loop_test(tests, test_a_rate_that_videorate_raised_shows_the_mask_of_the_frame_that_it_took, 0, 4);
  tcase_add_test(tests, test_through_videorate_a_cut_frame_shows_its_own_mask);
  tcase_add_loop_test(tests, test_clips_of_varying_frame_rate_go_by_the_stamps_of_their_masks, 0, 3);
  tcase_add_loop_test(tests, test_without_stamps_a_seek_ahead_in_a_clip_of_varying_frame_rate_warns, 0, 3);
  tcase_add_loop_test(tests, test_a_first_seek_into_a_clip_of_varying_frame_rate_shows_the_right_mask, 0, 3);
  return suite;
}

GST_CHECK_MAIN(playback_modes)
