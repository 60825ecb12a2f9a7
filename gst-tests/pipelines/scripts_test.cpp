// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include <algorithm>
#include <filesystem>
#include <fstream>

#include "support/gst_check.hpp"
#include "support/mask_file.hpp"
#include "support/pictures.hpp"
#include "support/program.hpp"

using namespace sam2::test;

namespace {

constexpr int kWidth = 640;
constexpr int kHeight = 360;
constexpr std::size_t kFrames = 120;

void must_run(const std::string& command) {
  const auto outcome = run_command(command);
  fail_unless(outcome.exit_code == 0, "%s: %d\n%s", command.c_str(), outcome.exit_code, outcome.out.c_str());
  fail_unless(outcome.out.empty(), "%s says:\n%s", command.c_str(), outcome.out.c_str());
}

std::string script(const std::string& name) {
  return source_file("pipelines/" + name) + " ";
}

/// The demo's clip and its masks.
struct Clip {
  Clip() { must_run(script("make-clip.sh") + movie + " " + masks); }

  /// Pixels of all masks of frame `index`, as NumPy counts them.
  [[nodiscard]] std::size_t area(std::size_t index) const {
    const auto outcome = run_command("/usr/bin/python3 -c 'import numpy as np; print(np.load(\"" + masks +
                                     "\")[\"masks\"][" + std::to_string(index) + "].any(axis=0).sum())'");
    fail_unless_equals_int(outcome.exit_code, 0);
    return std::stoul(outcome.out);
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
  fail_unless(changed > area * 9 / 10 && changed < area * 11 / 10, "%s: %zu pixels changed, the masks have %zu", where,
              changed, area);
}

}  // namespace

START_TEST(test_write_mp4_keeps_all_frames_and_draws_each_ones_masks) {
  const Clip clip;
  const auto out = clip.directory.file("out.mp4");
  must_run(script("write-mp4.sh") + clip.movie + " " + clip.masks + " " + out);
  const auto before = decode(clip.movie, kWidth, kHeight);
  const auto after = decode(out, kWidth, kHeight);
  fail_unless_equals_uint64(before.count(), kFrames);
  fail_unless_equals_uint64(after.count(), kFrames);
  for (const std::size_t frame : {std::size_t{0}, std::size_t{31}, std::size_t{77}, kFrames - 1}) {
    assert_masked(changed_pixels(before, after, frame), clip.area(frame), "write-mp4");
  }
}
END_TEST

START_TEST(test_edit_cuts_a_part_with_its_masks) {
  const Clip clip;
  const auto out = clip.directory.file("out.mp4");
  must_run(script("edit.sh") + clip.movie + " " + clip.masks + " 1.0 2.0 " + out);
  const auto whole = decode(clip.movie, kWidth, kHeight);
  const auto after = decode(out, kWidth, kHeight);
  fail_unless_equals_uint64(after.count(), 60);
  constexpr std::size_t kFirst = 30;
  const Pictures before{kWidth, kHeight, whole.bytes.substr(kFirst * 3 * kWidth * kHeight)};
  for (const std::size_t frame : {std::size_t{0}, std::size_t{31}, std::size_t{59}}) {
    assert_masked(changed_pixels(before, after, frame), clip.area(kFirst + frame), "edit");
  }
}
END_TEST

START_TEST(test_side_by_side_draws_in_the_right_half_only) {
  const Clip clip;
  const auto out = clip.directory.file("out.mp4");
  must_run(script("side-by-side.sh") + clip.movie + " " + clip.masks + " " + out);
  const auto before = decode(clip.movie, kWidth, kHeight);
  const auto after = decode(out, 2 * kWidth, kHeight);
  fail_unless_equals_uint64(after.count(), kFrames);
  fail_unless(changed_pixels(before, after, 50) <= clip.area(50) / 50);
  assert_masked(changed_pixels(before, after, 50, kWidth), clip.area(50), "side-by-side");
}
END_TEST

START_TEST(test_side_by_side_makes_a_picture_of_a_frame_within) {
  const Clip clip;
  const auto out = clip.directory.file("out.png");
  must_run(script("side-by-side.sh") + clip.movie + " " + clip.masks + " " + out);
  const auto picture = decode(out, 2 * kWidth, kHeight);
  fail_unless_equals_uint64(picture.count(), 1);
  const Pictures left{
      kWidth, kHeight,
      decode(clip.movie, kWidth, kHeight).bytes.substr(30 * 3 * kWidth * kHeight, 3 * kWidth * kHeight)};
  fail_unless(changed_pixels(left, picture, 0) <= clip.area(30) / 50);
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
  fail_unless_equals_uint64(after.count(), 1);
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
  fail_unless_equals_uint64(after.count(), 60);
  // The test picture has noise in a corner and colours near those of the masks: a rough measure.
  for (const std::size_t frame : {0, 10, 59}) {
    const auto changed = changed_pixels(before, after, frame);
    fail_unless(changed > clip.area(frame) / 2, "frame %zu: %zu pixels changed of %zu", frame, changed,
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
  const auto outcome = run_command("OUT=" + out + " " + script("demo.sh") + clip.movie + " " + clip.masks);
  fail_unless(outcome.exit_code == 0, "%s", outcome.out.c_str());
  fail_unless(outcome.out.find("Video:   " + out + "/demo.mp4") != std::string::npos);
  fail_unless(outcome.out.find("Picture: " + out + "/demo.png") != std::string::npos);
  fail_unless_equals_uint64(decode(out + "/demo.mp4", kWidth, kHeight).count(), kFrames);
  fail_unless_equals_uint64(decode(out + "/demo.png", 2 * kWidth, kHeight).count(), 1);
}
END_TEST

START_TEST(test_demo_refuses_files_that_are_not_there) {
  const auto outcome = run_command(script("demo.sh") + "/nowhere/clip.mp4 /nowhere/clip.npz");
  fail_unless(outcome.exit_code != 0);
  fail_unless(outcome.out.find("/nowhere/clip.mp4: no such file") != std::string::npos);
}
END_TEST

START_TEST(test_every_script_answers_help_and_does_nothing_else) {
  const TemporaryDirectory directory;
  std::vector<std::string> scripts{source_file("gst-tests/run.sh"), source_file("gst-tests/debian-13.sh")};
  for (const auto& entry : std::filesystem::directory_iterator(source_file("pipelines"))) {
    const auto name = entry.path().filename().string();
    if (name.ends_with(".sh") && name != "common.sh") scripts.push_back(entry.path().string());
  }
  fail_unless(scripts.size() >= 10);
  // Whatever a script did would need one of the two directories.
  const auto nowhere = "SAM2OVERLAY_BUILD=" + directory.file("build") + " OUT=" + directory.file("out") + " ";
  for (const auto& path : scripts) {
    const auto name = std::filesystem::path(path).filename().string();
    for (const auto* const option : {" --help", " -h"}) {
      const auto outcome = run_command(nowhere + path + option);
      fail_unless(outcome.exit_code == 0, "%s: %s", path.c_str(), outcome.out.c_str());
      fail_unless(outcome.out.find("Usage: " + name) != std::string::npos, "%s", outcome.out.c_str());
      fail_unless(outcome.out.find("set -e") == std::string::npos, "%s", outcome.out.c_str());
    }
    const auto outcome = run_command(nowhere + path + " --no-such-option");
    fail_unless_equals_int(outcome.exit_code, 2);
    fail_unless(outcome.out == name + ": unknown option --no-such-option (see --help)\n", "%s", outcome.out.c_str());
  }
  fail_unless(std::filesystem::is_empty(directory.file("")));
}
END_TEST

/// Says in one line that `path` cannot be written to, and what to set.
static void assert_unwritable(const std::string& command, const std::string& path) {
  const auto outcome = run_command(command);
  fail_unless_equals_int(outcome.exit_code, 1);
  fail_unless(outcome.out.starts_with(path + " cannot be written to. Set OUT "), "%s", outcome.out.c_str());
  fail_unless(outcome.out.find("SAM2OVERLAY_BUILD") != std::string::npos);
  fail_unless_equals_uint64(std::size_t(std::ranges::count(outcome.out, '\n')), 1);
}

START_TEST(test_a_checkout_that_cannot_be_written_to_gets_one_line) {
  const TemporaryDirectory directory;
  // Nobody can make a directory there, not even root.
  const std::string nowhere = "/dev/null/nowhere";
  const auto out = "OUT=" + directory.file("out") + " ";
  assert_unwritable("SAM2OVERLAY_BUILD=" + nowhere + " " + source_file("gst-tests/run.sh --quick"), nowhere);
  assert_unwritable("SAM2OVERLAY_BUILD=" + nowhere + " " + out + script("demo.sh"), nowhere);
  assert_unwritable("OUT=" + nowhere + " " + script("demo.sh"), nowhere);
  assert_unwritable(script("gallery.sh") + nowhere, nowhere);
}
END_TEST

START_TEST(test_play_says_that_there_is_no_display_and_plays) {
  const Clip clip;
  const auto outcome =
      run_command("unset SINK DISPLAY WAYLAND_DISPLAY; " + script("play.sh") + clip.movie + " " + clip.masks);
  fail_unless_equals_int(outcome.exit_code, 0);
  fail_unless(outcome.out.starts_with("No display: "), "%s", outcome.out.c_str());
  fail_unless_equals_uint64(std::size_t(std::ranges::count(outcome.out, '\n')), 1);
}
END_TEST

START_TEST(test_the_scene_is_the_same_every_time) {
  const TemporaryDirectory directory;
  for (const auto* const name : {"a", "b"}) {
    must_run("/usr/bin/python3 " + script("scene.py") + "160 90 30 1 " + directory.file(name) + ".rgb " +
             directory.file(name) + ".npz");
  }
  const auto picture = read_file(directory.file("a.rgb"));
  fail_unless_equals_uint64(picture.size(), 160 * 90 * 3);
  fail_unless(picture == read_file(directory.file("b.rgb")));
  const auto same = run_command("cd " + directory.file("") +
                                " && /usr/bin/python3 -c 'import numpy as np\n"
                                "a, b = np.load(\"a.npz\")[\"masks\"], np.load(\"b.npz\")[\"masks\"]\n"
                                "print(a.shape, (a == b).all(), a.any(axis=(2, 3)).all(), a.sum(axis=1).max())'");
  // Every object is on every frame, and no pixel belongs to two.
  fail_unless_equals_string(same.out.c_str(), "(120, 4, 90, 160) True True 1\n");
}
END_TEST

START_TEST(test_the_gallery_is_what_its_script_renders) {
  const TemporaryDirectory directory;
  must_run(script("gallery.sh") + directory.file("gallery"));
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(source_file("pipelines/gallery"))) {
    const auto name = entry.path().filename().string();
    const int width = name == "hero.png" ? 968 : 480;
    // Copies: decode() writes beside the picture.
    const auto kept = directory.file(name);
    std::filesystem::copy_file(entry.path(), kept);
    const auto before = decode(kept, width, 270);
    const auto after = decode(directory.file("gallery/" + name), width, 270);
    fail_unless(before.count() == 1 && after.count() == 1, "%s", name.c_str());
    // Versions of Pango draw letters differently; all else is the same. A mask that is missing changes more pixels.
    const auto changed = changed_pixels(before, after, 0);
    fail_unless(changed <= (name == "labels.png" || name == "hero.png" ? 1200 : 40), "%s: %zu pixels changed",
                name.c_str(), changed);
    ++count;
  }
  const auto rendered = std::ranges::distance(std::filesystem::directory_iterator(directory.file("gallery")));
  fail_unless(count >= 14);
  // decode() has left a file beside each picture.
  fail_unless_equals_uint64(std::size_t(rendered), 2 * count);
}
END_TEST

static Suite* scripts_suite() {
  Suite* suite = suite_create("scripts");
  TCase* chain = tcase_create("general");
  suite_add_tcase(suite, chain);
  tcase_add_test(chain, test_write_mp4_keeps_all_frames_and_draws_each_ones_masks);
  tcase_add_test(chain, test_edit_cuts_a_part_with_its_masks);
  tcase_add_test(chain, test_side_by_side_draws_in_the_right_half_only);
  tcase_add_test(chain, test_side_by_side_makes_a_picture_of_a_frame_within);
  tcase_add_test(chain, test_still_image_shows_all_objects);
  tcase_add_test(chain, test_live_source_begins_with_the_first_mask);
  tcase_add_test(chain, test_play_plays_to_the_end);
  tcase_add_test(chain, test_demo_leaves_a_video_and_a_picture_and_says_where);
  tcase_add_test(chain, test_demo_refuses_files_that_are_not_there);
  tcase_add_test(chain, test_every_script_answers_help_and_does_nothing_else);
  tcase_add_test(chain, test_a_checkout_that_cannot_be_written_to_gets_one_line);
  tcase_add_test(chain, test_play_says_that_there_is_no_display_and_plays);
  tcase_add_test(chain, test_the_scene_is_the_same_every_time);
  tcase_add_test(chain, test_the_gallery_is_what_its_script_renders);
  return suite;
}

GST_CHECK_MAIN(scripts);
