// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
// Trails, boxes and labels, as they come out on frames.
#include <set>

#include "support/overlay.hpp"

using namespace sam2::test;

namespace {

constexpr int kWidth = 160;
constexpr int kHeight = 120;
constexpr int kFrames = 30;

/// Two objects of 9 x 9 pixels; the first moves 4 pixels to the right a frame, the second one's place is random.
Array walkers() {
  std::mt19937 random(11);
  std::vector<std::pair<std::size_t, std::size_t>> places;
  for (int t = 0; t < kFrames; ++t) places.emplace_back(random() % 150, random() % 40);
  return mask_array(kFrames, 2, kHeight, kWidth, [=](auto t, auto n, auto y, auto x) {
    const auto [left, top] = n == 0 ? std::pair(10 + 4 * t, std::size_t{60}) : places[t];
    return x - left < 9 && y - top < 9;
  });
}

/// Frames of 10 a second, GRAY8, filled with `shade`.
class Stage {
 public:
  Stage(const std::vector<Array>& arrays, Properties properties, std::uint8_t shade = 0)
      : masks_(arrays),
        overlay_(masks_.with(in_any_order(std::move(properties))),
                 caps_text("GRAY8", kWidth, kHeight, "framerate=10/1")),
        blank_(std::size_t(kWidth * kHeight), shade) {}

  Bytes show(int k) {
    return bytes_of(
        overlay_.process(make_buffer(blank_, GstClockTime(k) * 100 * GST_MSECOND, 100 * GST_MSECOND)).get());
  }
  Overlay& overlay() { return overlay_; }

 private:
  MaskFile masks_;
  Overlay overlay_;
  Bytes blank_;
};

int pixel(const Bytes& frame, int x, int y) {
  return frame[std::size_t(y * kWidth + x)];
}

Array one_square(int left, int top, int width, int height) {
  return mask_array(1, 1, kHeight, kWidth, [=](auto, auto, auto y, auto x) {
    return x - std::size_t(left) < std::size_t(width) && y - std::size_t(top) < std::size_t(height);
  });
}

}  // namespace

START_TEST(test_a_trail_is_as_long_as_it_should_and_fades) {
  Stage stage({walkers()}, {{"draw", "trail"}, {"colors", "#ffffff"}, {"line-width", "1"}, {"objects", "1"}});
  for (const auto& [length, frames] : {std::pair{"1000000000", 10}, {"500000000", 5}, {"18446744073709551615", 20}}) {
    stage.overlay().set("trail-length", length);
    const auto picture = stage.show(20);
    // The centroid of frame t is at 14 + 4 t, 64.
    int brightness = 256;
    for (int t = 20; t > 20 - frames; --t) {
      const auto now = pixel(picture, 14 + 4 * t - 2, 64);
      fail_unless(now > 0 && now <= brightness, "trail of %d frames: %d at frame %d after %d", frames, now, t,
                  brightness);
      brightness = now;
    }
    if (frames < 20) fail_unless(brightness < 30, "the end has %d", brightness);
    for (int x = 0; x < kWidth; ++x) {
      const bool on = x >= 14 + 4 * (20 - frames) - 1 && x <= 14 + 80 + 1;
      if (!on) fail_unless_equals_int(pixel(picture, x, 64), 0);
      fail_unless_equals_int(pixel(picture, x, 66), 0);
    }
  }
  stage.overlay().set("trail-length", "0");
  fail_unless(stage.show(20) == Bytes(std::size_t(kWidth * kHeight), 0));
}
END_TEST

START_TEST(test_boxes_are_the_bounding_boxes) {
  Stage stage({one_square(20, 30, 40, 25)}, {{"draw", "box"}, {"colors", "#ffffff"}, {"line-width", "2"}});
  const auto picture = stage.show(0);
  for (int y = 0; y < kHeight; ++y) {
    for (int x = 0; x < kWidth; ++x) {
      const auto inside = [&](int margin) {
        return x >= 20 + margin && x < 60 - margin && y >= 30 + margin && y < 55 - margin;
      };
      fail_unless_equals_int(pixel(picture, x, y), inside(0) && !inside(2) ? 255 : 0);
    }
  }
}
END_TEST

START_TEST(test_frames_are_the_same_in_any_order_with_trails_and_labels) {
  const Properties all{{"draw", "fill+contour+centroid+trail+label+box"}};
  for (const auto* const tracking : {"ids", "centroid"}) {
    auto properties = all;
    properties.emplace_back("tracking", tracking);
    Stage stage({walkers()}, properties);
    std::vector<Bytes> linear;
    for (int k = 0; k < kFrames; ++k) linear.push_back(stage.show(k));
    fail_unless(linear[3] != linear[4]);
    std::mt19937 random(test_seed());
    for (int i = 0; i < 200; ++i) {
      const auto k = int(random() % kFrames);
      fail_unless(stage.show(k) == linear[std::size_t(k)], "%s: frame %d after a jump", tracking, k);
    }
    Stage backwards({walkers()}, properties);
    for (int k = kFrames - 1; k >= 0; --k) fail_unless(backwards.show(k) == linear[std::size_t(k)], "frame %d", k);
  }
}
END_TEST

START_TEST(test_labels_have_text_on_a_plate_within_the_frame) {
  // In every corner, and of a size for which there is no room over or beside it.
  for (const auto& masks : {one_square(0, 0, 5, 5), one_square(150, 0, 10, 10), one_square(0, 110, 10, 10),
                            one_square(155, 115, 5, 5), one_square(0, 0, kWidth, kHeight)}) {
    std::set<std::string> seen;
    for (const auto& label : {U"", U"dog", U"\u5e3d\u5b50", U"\u00e9t\u00e9"}) {
      for (const int shade : {0, 128, 255}) {
        // A plate of dark grey, on which the text is white.
        Stage stage({masks, text_array("labels", {label})}, {{"draw", "label"}, {"colors", "#404040"}},
                    std::uint8_t(shade));
        const auto picture = stage.show(0);
        const auto plate = std::ranges::count(picture, 0x40);
        const auto bright = std::ranges::count_if(picture, [](auto value) { return value > 0xC0 && value < 0xFF; });
        fail_unless(plate > 30, "%d pixels of plate", int(plate));
        fail_unless(shade == 255 || bright + std::ranges::count(picture, 0xFF) > 3, "no text on %d", shade);
        if (shade == 0) seen.insert(std::string(picture.begin(), picture.end()));
      }
    }
    fail_unless_equals_int(int(seen.size()), 4);
  }
}
END_TEST

START_TEST(test_a_label_has_the_files_score) {
  const auto draw = [](double score) {
    Stage stage(
        {one_square(40, 40, 20, 20), text_array("labels", {U"dog"}), make_array<double>("scores", "<f8", {1}, {score})},
        {{"draw", "label"}});
    return stage.show(0);
  };
  fail_unless(draw(0.5) != draw(0.25));
  fail_unless(draw(0.5) == draw(0.5001));
}
END_TEST

static Suite* track_drawing_suite() {
  auto* suite = suite_create("track drawing");
  auto* tests = tcase_create("track drawing");
  tcase_add_test(tests, test_a_trail_is_as_long_as_it_should_and_fades);
  tcase_add_test(tests, test_boxes_are_the_bounding_boxes);
  tcase_add_test(tests, test_frames_are_the_same_in_any_order_with_trails_and_labels);
  tcase_add_test(tests, test_labels_have_text_on_a_plate_within_the_frame);
  tcase_add_test(tests, test_a_label_has_the_files_score);
  suite_add_tcase(suite, tests);
  return suite;
}

GST_CHECK_MAIN(track_drawing);
