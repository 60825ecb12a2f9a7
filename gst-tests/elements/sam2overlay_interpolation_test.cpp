// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
// Masks between masks: a file with the masks of some frames, carried, is held against one that has them all.
#include "support/overlay.hpp"

using namespace sam2::test;

namespace {

constexpr int kWidth = 64;
constexpr int kHeight = 48;
/// The frames that the file with gaps has.
const std::vector<std::int64_t> kSome{0, 4, 8};
constexpr std::size_t kFrames = 9;

std::size_t left_of_second(std::size_t t) {
  return t < 4 ? 50 - 4 * t : 42 - 2 * t;
}

/// Object 0 is a square with a notch on its way over the frame, object 1 another one the other way, slower from frame 4
/// on; object 2 is there up to frame 4 only, object 3 from there on.
bool is_inside(std::size_t t, std::size_t n, std::size_t y, std::size_t x) {
  switch (n) {
    case 0:
      return x - (2 + 3 * t) < 12 && y - (3 + 2 * t) < 9 && !(x == 6 + 3 * t && y == 3 + 2 * t);
    case 1:
      return x - left_of_second(t) < 8 && y - 30 < 8;
    case 2:
      return t <= 4 && x - (40 + 2 * t) < 5 && y - (2 + t) < 5;
    default:
      return t >= 4 && x - 20 < 6 && y - 40 < 6;
  }
}

std::vector<Array> file_of(const std::vector<std::int64_t>& frames) {
  return {mask_array(frames.size(), 4, kHeight, kWidth,
                     [&](auto t, auto n, auto y, auto x) { return is_inside(std::size_t(frames[t]), n, y, x); }),
          int64_array("frame_indices", frames), int64_array("object_ids", {3, 5, 7, 9})};
}

std::vector<std::int64_t> all_frames() {
  std::vector<std::int64_t> frames(kFrames);
  for (std::size_t k = 0; k < kFrames; ++k) frames[k] = std::int64_t(k);
  return frames;
}

/// What object 2 does between frames 4 and 8, where only the file with gaps has it: it is not shown.
const Properties kComparable{{"objects", "3,5,9"}, {"framerate", "25/1"}};

/// One sam2overlay that plays GRAY8 or RGB frames at 25 a second.
class Stage {
 public:
  Stage(const std::vector<Array>& arrays, Properties properties, const std::string& format = "GRAY8", int scale = 1)
      : masks_(arrays),
        caps_(caps_text(format, kWidth * scale, kHeight * scale, "framerate=25/1")),
        bytes_(video_info(caps_).size),
        overlay_(masks_.with(in_any_order(std::move(properties))), caps_) {}

  Bytes show(guint64 k, GstClockTimeDiff late = 0) {
    const auto pts = GstClockTimeDiff(k) * 40 * GstClockTimeDiff(GST_MSECOND) + late;
    auto output = overlay_.process(make_buffer(Bytes(bytes_, 7), GstClockTime(pts), 40 * GST_MSECOND));
    return bytes_of(output.get());
  }

  struct Told {
    int id = 0;
    int left = 0, top = 0, width = 0, height = 0;
    double x = 0, y = 0, vx = 0, vy = 0;
    guint64 area = 0, age = 0;
  };
  /// The objects of the frames since the last call.
  std::vector<Told> told() {
    std::vector<Told> all;
    for (const auto& message : overlay_.messages(GST_MESSAGE_ELEMENT)) {
      const auto* structure = gst_message_get_structure(message.get());
      if (!gst_structure_has_name(structure, "sam2overlay")) continue;
      const auto* list = gst_structure_get_value(structure, "objects");
      for (guint i = 0; i < gst_value_list_get_size(list); ++i) {
        auto& told = all.emplace_back();
        const auto* object = gst_value_get_structure(gst_value_list_get_value(list, i));
        fail_unless(gst_structure_get(object, "id", G_TYPE_INT, &told.id, "left", G_TYPE_INT, &told.left, "top",
                                      G_TYPE_INT, &told.top, "width", G_TYPE_INT, &told.width, "height", G_TYPE_INT,
                                      &told.height, "x", G_TYPE_DOUBLE, &told.x, "y", G_TYPE_DOUBLE, &told.y, "vx",
                                      G_TYPE_DOUBLE, &told.vx, "vy", G_TYPE_DOUBLE, &told.vy, "area", G_TYPE_UINT64,
                                      &told.area, "age", G_TYPE_UINT64, &told.age, nullptr));
      }
    }
    return all;
  }

  Overlay& overlay() { return overlay_; }

 private:
  MaskFile masks_;
  std::string caps_;
  std::size_t bytes_;
  Overlay overlay_;
};

Properties with(Properties properties, const Properties& more) {
  properties.insert(properties.end(), more.begin(), more.end());
  return properties;
}

const Properties kMotion{{"interpolation", "motion"}};
const Properties kWhite{{"draw", "fill"}, {"opacity", "1"}, {"colors", "#ffffff"}};

}  // namespace

START_TEST(test_carried_masks_are_those_of_a_file_that_has_them_all) {
  const std::vector<Properties> ways{
      kWhite,
      {},
      {{"draw", "fill+contour+centroid+label+box"}, {"opacity", "0.3"}},
      {{"fit", "contain"}},
      {{"fit", "cover"}, {"orientation", "horiz"}},
      {{"orientation", "180"}, {"edges", "smooth"}},
      {{"orientation", "90r"}},
      {{"edges", "smooth"}, {"fit", "contain"}, {"orientation", "ul-lr"}},
  };
  for (const auto* const format : {"GRAY8", "NV12"}) {
    for (const int scale : {1, 3}) {
      for (std::size_t way = 0; way < ways.size(); ++way) {
        Stage some(file_of(kSome), with(with(kComparable, ways[way]), kMotion), format, scale);
        Stage all(file_of(all_frames()), with(kComparable, ways[way]), format, scale);
        for (std::size_t k = 0; k < kFrames; ++k) {
          fail_unless(some.show(k) == all.show(k), "%s x %d, way %zu, frame %zu", format, scale, way, k);
        }
      }
    }
  }
}
END_TEST

START_TEST(test_messages_about_carried_masks_equal_those_of_full_files) {
  for (const int scale : {1, 2}) {
    const Properties properties{{"post-messages", "true"}, {"silent", "true"}};
    Stage some(file_of(kSome), with(properties, kMotion), "GRAY8", scale);
    Stage all(file_of(all_frames()), properties, "GRAY8", scale);
    for (std::size_t k = 0; k < kFrames; ++k) {
      some.show(k);
      all.show(k);
      auto carried = some.told();
      // It is held for as long as the file with gaps does not say that it is gone.
      if (k > 4 && k < 8) std::erase_if(carried, [](const auto& told) { return told.id == 7; });
      const auto expected = all.told();
      fail_unless(carried.size() == expected.size(), "frame %zu", k);
      for (std::size_t i = 0; i < expected.size(); ++i) {
        const auto& [id, left, top, width, height, x, y, vx, vy, area, age] = carried[i];
        const auto& other = expected[i];
        fail_unless(id == other.id && left == other.left && top == other.top && width == other.width &&
                        height == other.height && area == other.area && age == other.age,
                    "frame %zu, object %d", k, id);
        fail_unless(std::abs(x - other.x) < 1e-6 && std::abs(y - other.y) < 1e-6, "frame %zu, object %d: %f, %f", k, id,
                    x, y);
        fail_unless(std::abs(vx - other.vx) < 1e-3 && std::abs(vy - other.vy) < 1e-3,
                    "frame %zu, object %d: velocity %f, %f instead of %f, %f", k, id, vx, vy, other.vx, other.vy);
      }
    }
  }
}
END_TEST

START_TEST(test_without_interpolation_masks_stand_still) {
  Stage stage(file_of(kSome), kWhite);
  const auto first = stage.show(0);
  for (const std::size_t k : {1, 2, 3}) fail_unless(stage.show(k) == first);
  fail_unless(stage.show(4) != first);
  stage.overlay().set("interpolation", "motion");
  fail_unless(stage.show(1) != first);
}
END_TEST

START_TEST(test_an_object_that_does_not_go_on_is_held_and_one_that_comes_waits_for_its_mask) {
  Stage stage(file_of(kSome), with({{"post-messages", "true"}}, kMotion));
  const auto ids_and_lefts = [&](std::size_t k) {
    stage.show(k);
    std::vector<std::pair<int, int>> found;
    for (const auto& told : stage.told()) found.emplace_back(told.id, told.left);
    return found;
  };
  using Found = std::vector<std::pair<int, int>>;
  fail_unless(ids_and_lefts(3) == Found({{3, 11}, {5, 38}, {7, 46}}));
  fail_unless(ids_and_lefts(6) == Found({{3, 20}, {5, 30}, {7, 48}, {9, 20}}));
  fail_unless(ids_and_lefts(8) == Found({{3, 26}, {5, 26}, {9, 20}}));
  // The last mask has none to go to.
  fail_unless(ids_and_lefts(10) == Found({{3, 26}, {5, 26}, {9, 20}}));
}
END_TEST

START_TEST(test_any_order_of_frames_shows_what_linear_playback_does) {
  const Properties look =
      with({{"draw", "fill+contour+centroid+trail+label+box"}, {"trail-length", "200000000"}}, kMotion);
  Stage linear(file_of(kSome), look);
  std::vector<Bytes> expected;
  for (std::size_t k = 0; k < kFrames; ++k) expected.push_back(linear.show(k));
  std::mt19937 random(11);
  Stage stage(file_of(kSome), look);
  for (int i = 0; i < 100; ++i) {
    const std::size_t k = random() % kFrames;
    const auto rounding = GstClockTimeDiff(random() % 3) * 400'000;
    fail_unless(stage.show(k, rounding) == expected[k], "frame %zu", k);
  }
}
END_TEST

START_TEST(test_trails_end_at_the_carried_mask) {
  // Only the trail, of the square that goes left on row 33.5.
  const Properties look =
      with({{"draw", "trail"}, {"objects", "5"}, {"colors", "#ffffff"}, {"line-width", "1"}}, kMotion);
  Stage stage(file_of(kSome), look);
  for (const std::size_t k : {1, 2, 3, 5, 6}) {
    const auto pixels = stage.show(k);
    int left = kWidth;
    int right = 0;
    for (int i = 0; i < kWidth * kHeight; ++i) {
      if (pixels[std::size_t(i)] == 7) continue;
      left = std::min(left, i % kWidth);
      right = std::max(right, i % kWidth);
    }
    // From the centroid back to the first one.
    fail_unless(std::abs(left - (double(left_of_second(k)) + 3.5)) <= 1, "frame %zu: from %d", k, left);
    fail_unless(std::abs(right - 53.5) <= 1, "frame %zu: to %d", k, right);
  }
}
END_TEST

START_TEST(test_masks_are_carried_by_timestamps_and_over_again_in_a_loop) {
  auto arrays = file_of(kSome);
  arrays.push_back(make_array<double>("timestamps", "<f8", {3}, {0, 0.16, 0.32}));
  Stage by_stamps(arrays, with(with(kWhite, {{"at-end", "loop"}}), kMotion));
  Stage all(file_of(all_frames()), with(kWhite, {{"objects", "3,5,9"}}));
  by_stamps.overlay().set("objects", "3,5,9");
  // The last mask holds for 160 ms too, then all begins again.
  for (const std::size_t k : {1, 3, 4, 5, 7, 8}) {
    const auto expected = all.show(k);
    fail_unless(by_stamps.show(k) == expected, "frame %zu", k);
    fail_unless(by_stamps.show(12 + k) == expected, "frame %zu, again", k);
  }
}
END_TEST

START_TEST(test_new_masks_are_not_blended_with_those_before) {
  const auto square = [](std::size_t first_left, std::size_t second_left) {
    return std::vector<Array>{
        mask_array(2, 1, kHeight, kWidth,
                   [=](auto t, auto, auto y, auto x) { return x - (t == 0 ? first_left : second_left) < 6 && y < 6; }),
        int64_array("frame_indices", {0, 4})};
  };
  const MaskFile other(square(40, 20));
  Stage stage(square(0, 20), with(kWhite, kMotion));
  Stage expected(square(40, 20), with(kWhite, kMotion));
  (void)stage.show(2);
  stage.overlay().set("location", other.path());
  const auto wanted = expected.show(2);
  for (int i = 0; i < 1000 && stage.show(2) != wanted; ++i) g_usleep(10'000);
  fail_unless(stage.show(2) == wanted);
}
END_TEST

static Suite* interpolation_suite() {
  auto* suite = suite_create("interpolation");
  auto* tests = tcase_create("interpolation");
  tcase_add_test(tests, test_carried_masks_are_those_of_a_file_that_has_them_all);
  tcase_add_test(tests, test_messages_about_carried_masks_equal_those_of_full_files);
  tcase_add_test(tests, test_without_interpolation_masks_stand_still);
  tcase_add_test(tests, test_an_object_that_does_not_go_on_is_held_and_one_that_comes_waits_for_its_mask);
  tcase_add_test(tests, test_any_order_of_frames_shows_what_linear_playback_does);
  tcase_add_test(tests, test_trails_end_at_the_carried_mask);
  tcase_add_test(tests, test_masks_are_carried_by_timestamps_and_over_again_in_a_loop);
  tcase_add_test(tests, test_new_masks_are_not_blended_with_those_before);
  suite_add_tcase(suite, tests);
  return suite;
}

GST_CHECK_MAIN(interpolation);
