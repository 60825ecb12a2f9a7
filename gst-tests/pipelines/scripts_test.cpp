// SPDX-License-Identifier: LGPL-2.1-or-later
#include "support/gst_check.hpp"
#include "support/mask_file.hpp"
#include "support/shell.hpp"

using namespace sam2::test;

namespace {

constexpr int kWidth = 640;
constexpr int kHeight = 360;
constexpr std::size_t kFrames = 120;

void must_run(const std::string& command) {
  const auto outcome = run(command);
  ck_assert_msg(outcome.status == 0, "%s: %d\n%s", command.c_str(), outcome.status, outcome.output.c_str());
  ck_assert_msg(outcome.output.empty(), "%s says:\n%s", command.c_str(), outcome.output.c_str());
}

std::string script(const std::string& name) {
  return source_file("pipelines/" + name) + " ";
}

/// The demo's clip and its masks.
struct Clip {
  Clip() { must_run(script("make-clip.sh") + movie + " " + masks); }

  /// Pixels of all masks of frame `index`, as NumPy counts them.
  [[nodiscard]] std::size_t area(std::size_t index) const {
    const auto outcome = run("/usr/bin/python3 -c 'import numpy as np; print(np.load(\"" + masks + "\")[\"masks\"][" +
                             std::to_string(index) + "].any(axis=0).sum())'");
    ck_assert_int_eq(outcome.status, 0);
    return std::stoul(outcome.output);
  }

  TemporaryDirectory directory;
  std::string movie = directory.file("clip.mp4");
  std::string masks = directory.file("clip.npz");
};

/// Pixels of `picture` of `a` that are clearly another colour than those of `b`, `left` columns further.
std::size_t changed_pixels(const Pictures& a, const Pictures& b, std::size_t picture, int left = 0) {
  std::size_t changed = 0;
  for (int y = 0; y < a.height; ++y) {
    for (int x = 0; x < a.width; ++x) {
      const auto* p = a.pixel(picture, x, y);
      const auto* q = b.pixel(picture, x + left, y);
      const int difference = std::abs(p[0] - q[0]) + std::abs(p[1] - q[1]) + std::abs(p[2] - q[2]);
      // Two encodings apart, equal pixels differ by less, and masked ones by more.
      changed += difference > 60 ? 1 : 0;
    }
  }
  return changed;
}

void assert_masked(std::size_t changed, std::size_t area, const char* where) {
  ck_assert_msg(changed > area * 9 / 10 && changed < area * 11 / 10, "%s: %zu pixels changed, the masks have %zu",
                where, changed, area);
}

}  // namespace

START_TEST(test_write_mp4_keeps_all_frames_and_draws_each_ones_masks) {
  const Clip clip;
  const auto out = clip.directory.file("out.mp4");
  must_run(script("write-mp4.sh") + clip.movie + " " + clip.masks + " " + out);
  const auto before = decode(clip.movie, kWidth, kHeight);
  const auto after = decode(out, kWidth, kHeight);
  ck_assert_uint_eq(before.count(), kFrames);
  ck_assert_uint_eq(after.count(), kFrames);
  for (const std::size_t frame : {std::size_t{0}, std::size_t{31}, std::size_t{77}, kFrames - 1}) {
    assert_masked(changed_pixels(before, after, frame), clip.area(frame), "write-mp4");
  }
}
END_TEST

START_TEST(test_side_by_side_draws_in_the_right_half_only) {
  const Clip clip;
  const auto out = clip.directory.file("out.mp4");
  must_run(script("side-by-side.sh") + clip.movie + " " + clip.masks + " " + out);
  const auto before = decode(clip.movie, kWidth, kHeight);
  const auto after = decode(out, 2 * kWidth, kHeight);
  ck_assert_uint_eq(after.count(), kFrames);
  ck_assert_uint_le(changed_pixels(before, after, 50), clip.area(50) / 50);
  assert_masked(changed_pixels(before, after, 50, kWidth), clip.area(50), "side-by-side");
}
END_TEST

START_TEST(test_side_by_side_makes_a_picture_of_a_frame_within) {
  const Clip clip;
  const auto out = clip.directory.file("out.png");
  must_run(script("side-by-side.sh") + clip.movie + " " + clip.masks + " " + out);
  const auto picture = decode(out, 2 * kWidth, kHeight);
  ck_assert_uint_eq(picture.count(), 1);
  const Pictures left{
      kWidth, kHeight,
      decode(clip.movie, kWidth, kHeight).bytes.substr(30 * 3 * kWidth * kHeight, 3 * kWidth * kHeight)};
  ck_assert_uint_le(changed_pixels(left, picture, 0), clip.area(30) / 50);
  assert_masked(changed_pixels(left, picture, 0, kWidth), clip.area(30), "picture");
}
END_TEST

START_TEST(test_still_image_shows_all_objects) {
  const Clip clip;
  const auto image = clip.directory.file("image.png");
  const auto masks = clip.directory.file("image.npz");
  const auto out = clip.directory.file("out.png");
  must_run(
      "gst-launch-1.0 -q videotestsrc num-buffers=1 pattern=black ! video/x-raw,width=640,height=360 ! pngenc ! "
      "filesink location=" +
      image);
  must_run("/usr/bin/python3 -c 'import numpy as np; np.savez(\"" + masks + "\", masks=np.load(\"" + clip.masks +
           "\")[\"masks\"][40])'");
  must_run(script("still-image.sh") + image + " " + masks + " " + out);
  const auto before = decode(image, kWidth, kHeight);
  const auto after = decode(out, kWidth, kHeight);
  ck_assert_uint_eq(after.count(), 1);
  assert_masked(changed_pixels(before, after, 0), clip.area(40), "still-image");
}
END_TEST

START_TEST(test_live_source_begins_with_the_first_mask) {
  const Clip clip;
  const auto out = clip.directory.file("out.mp4");
  const auto plain = clip.directory.file("plain.mp4");
  must_run(script("live-source.sh") + clip.masks + " " + out);
  must_run(
      "gst-launch-1.0 -q videotestsrc num-buffers=60 pattern=smpte ! video/x-raw,width=640,height=360,framerate=30/1 ! "
      "x264enc tune=zerolatency speed-preset=veryfast ! h264parse ! mp4mux ! filesink location=" +
      plain);
  const auto before = decode(plain, kWidth, kHeight);
  const auto after = decode(out, kWidth, kHeight);
  ck_assert_uint_eq(after.count(), 60);
  // The test picture has noise in a corner and colours near those of the masks: a rough measure.
  for (const std::size_t frame : {0, 10, 59}) {
    const auto changed = changed_pixels(before, after, frame);
    ck_assert_msg(changed > clip.area(frame) / 2, "frame %zu: %zu pixels changed of %zu", frame, changed,
                  clip.area(frame));
  }
}
END_TEST

START_TEST(test_play_plays_to_the_end) {
  const Clip clip;
  must_run("SINK=fakesink " + script("play.sh") + clip.movie + " " + clip.masks);
}
END_TEST

START_TEST(test_demo_leaves_a_video_and_a_picture_and_says_where) {
  const Clip clip;
  const auto out = clip.directory.file("out");
  const auto outcome = run("OUT=" + out + " " + script("demo.sh") + clip.movie + " " + clip.masks);
  ck_assert_msg(outcome.status == 0, "%s", outcome.output.c_str());
  ck_assert(outcome.output.find("Video:   " + out + "/demo.mp4") != std::string::npos);
  ck_assert(outcome.output.find("Picture: " + out + "/demo.png") != std::string::npos);
  ck_assert_uint_eq(decode(out + "/demo.mp4", kWidth, kHeight).count(), kFrames);
  ck_assert_uint_eq(decode(out + "/demo.png", 2 * kWidth, kHeight).count(), 1);
}
END_TEST

START_TEST(test_demo_refuses_files_that_are_not_there) {
  const auto outcome = run(script("demo.sh") + "/nowhere/clip.mp4 /nowhere/clip.npz");
  ck_assert_int_ne(outcome.status, 0);
  ck_assert(outcome.output.find("/nowhere/clip.mp4: no such file") != std::string::npos);
}
END_TEST

static Suite* scripts_suite() {
  Suite* suite = suite_create("scripts");
  TCase* chain = tcase_create("general");
  suite_add_tcase(suite, chain);
  tcase_add_test(chain, test_write_mp4_keeps_all_frames_and_draws_each_ones_masks);
  tcase_add_test(chain, test_side_by_side_draws_in_the_right_half_only);
  tcase_add_test(chain, test_side_by_side_makes_a_picture_of_a_frame_within);
  tcase_add_test(chain, test_still_image_shows_all_objects);
  tcase_add_test(chain, test_live_source_begins_with_the_first_mask);
  tcase_add_test(chain, test_play_plays_to_the_end);
  tcase_add_test(chain, test_demo_leaves_a_video_and_a_picture_and_says_where);
  tcase_add_test(chain, test_demo_refuses_files_that_are_not_there);
  return suite;
}

GST_CHECK_MAIN(scripts);
