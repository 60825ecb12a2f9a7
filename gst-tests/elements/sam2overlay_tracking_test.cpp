// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
// Identity, velocity and age of objects, and what is told of their coming and going.
#include "support/overlay.hpp"

using namespace sam2::test;

namespace {

constexpr int kWidth = 64;
constexpr int kHeight = 48;

/// A square of 8 x 8 pixels.
struct Square {
  std::size_t plane;
  std::size_t left;
  std::size_t top;
};

/// (T,N,H,W) with the squares frames[t].
Array squares(const std::vector<std::vector<Square>>& frames, std::size_t planes) {
  return mask_array(frames.size(), planes, kHeight, kWidth, [&](auto t, auto n, auto y, auto x) {
    return std::ranges::any_of(frames[t], [&](const Square& square) {
      return square.plane == n && x - square.left < 8 && y - square.top < 8;
    });
  });
}

struct Told {
  int id = -1;
  double x = -1, vx = -1, vy = -1;
  guint64 age = 0;
};

struct Event {
  std::string event;
  int id;
  guint64 timestamp;

  friend bool operator==(const Event&, const Event&) = default;
};

struct FrameReport {
  std::vector<Told> objects;
  std::vector<Event> events;
};

Told told_of(const GstStructure* structure) {
  Told told;
  fail_unless(gst_structure_get(structure, "id", G_TYPE_INT, &told.id, "x", G_TYPE_DOUBLE, &told.x, "vx", G_TYPE_DOUBLE,
                                &told.vx, "vy", G_TYPE_DOUBLE, &told.vy, "age", G_TYPE_UINT64, &told.age, nullptr));
  return told;
}

/// Frames of 10 a second.
class Stage {
 public:
  Stage(const std::vector<Array>& arrays, Properties properties, int scale = 1)
      : masks_(arrays),
        overlay_(with_messages(masks_.with(in_any_order(std::move(properties)))),
                 caps_text("GRAY8", kWidth * scale, kHeight * scale, "framerate=10/1")),
        bytes_(std::size_t(kWidth * kHeight * scale * scale)) {}

  FrameReport show(guint64 k) {
    FrameReport report;
    output_ = overlay_.process(make_buffer(Bytes(bytes_, 0), k * 100 * GST_MSECOND, 100 * GST_MSECOND));
    for (const auto& message : overlay_.messages(GST_MESSAGE_ELEMENT)) {
      const auto* structure = gst_message_get_structure(message.get());
      if (gst_structure_has_name(structure, "sam2overlay-object")) {
        Event event{gst_structure_get_string(structure, "event"), -1, 0};
        fail_unless(gst_structure_get(structure, "id", G_TYPE_INT, &event.id, "timestamp", G_TYPE_UINT64,
                                      &event.timestamp, nullptr));
        report.events.push_back(event);
        continue;
      }
      if (!gst_structure_has_name(structure, "sam2overlay")) continue;
      const auto* list = gst_structure_get_value(structure, "objects");
      for (guint i = 0; i < gst_value_list_get_size(list); ++i) {
        report.objects.push_back(told_of(gst_value_get_structure(gst_value_list_get_value(list, i))));
      }
    }
    return report;
  }

  [[nodiscard]] Bytes pixels() const { return bytes_of(output_.get()); }
  [[nodiscard]] GstBuffer* output() const { return output_.get(); }

 private:
  static Properties with_messages(Properties properties) {
    properties.emplace_back("post-messages", "true");
    return properties;
  }

  MaskFile masks_;
  Overlay overlay_;
  std::size_t bytes_;
  Owned<GstBuffer> output_;
};

void assert_motion(const Told& told, double vx, double vy, guint64 age) {
  fail_unless(std::abs(told.vx - vx) < 1e-6 && std::abs(told.vy - vy) < 1e-6, "velocity %f, %f instead of %f, %f",
              told.vx, told.vy, vx, vy);
  fail_unless_equals_uint64(told.age, age);
}

/// Object 0 runs to the right, faster and faster; object 1 is there from frame 2 on, alone.
const std::vector<std::vector<Square>> kRun = {{{0, 0, 0}}, {{0, 2, 1}}, {{0, 6, 2}, {1, 50, 30}}, {{0, 12, 3}}};

}  // namespace

START_TEST(test_velocity_and_age_come_from_the_masks_before_and_after) {
  for (const int scale : {1, 2}) {
    Stage stage({squares(kRun, 2)}, {}, scale);
    // Backwards, for what was played must not matter.
    assert_motion(stage.show(3).objects[0], 60 * scale, 10 * scale, 300 * GST_MSECOND);
    const auto two = stage.show(2);
    assert_motion(two.objects[0], 50 * scale, 10 * scale, 200 * GST_MSECOND);
    assert_motion(two.objects[1], 0, 0, 0);
    assert_motion(stage.show(1).objects[0], 30 * scale, 10 * scale, 100 * GST_MSECOND);
    assert_motion(stage.show(0).objects[0], 20 * scale, 10 * scale, 0);
  }
}
END_TEST

START_TEST(test_velocity_goes_by_the_times_of_the_file) {
  // Frames 0, 5 and 6 of 20 a second; timestamps; a gap counts with its whole length.
  const auto masks = squares({{{0, 0, 0}}, {{0, 10, 0}}, {{0, 12, 0}}}, 1);
  Stage by_frames({masks, int64_array("frame_indices", {0, 5, 6}), double_scalar("fps", 20)}, {});
  assert_motion(by_frames.show(0).objects[0], 40, 0, 0);
  assert_motion(by_frames.show(3).objects[0], 40, 0, 300 * GST_MSECOND);
  Stage by_stamps({masks, int64_array("timestamps", {0, 400000000, 600000000})}, {});
  assert_motion(by_stamps.show(0).objects[0], 25, 0, 0);
  assert_motion(by_stamps.show(5).objects[0], 20, 0, 400 * GST_MSECOND);
}
END_TEST

START_TEST(test_a_still_does_not_move) {
  Stage stage({squares({{{0, 4, 4}}}, 1)}, {{"axes", "1NHW"}});
  assert_motion(stage.show(7).objects[0], 0, 0, 0);
}
END_TEST

START_TEST(test_region_metas_have_the_same_velocity_and_age) {
  Stage stage({squares(kRun, 2)}, {});
  stage.show(1);
  auto* const meta = gst_buffer_get_video_region_of_interest_meta_id(stage.output(), 1);
  fail_unless(meta != nullptr);
  assert_motion(told_of(gst_video_region_of_interest_meta_get_param(meta, "sam2overlay")), 30, 10, 100 * GST_MSECOND);
}
END_TEST

START_TEST(test_tracking_by_centroid_gives_the_tracks_ids) {
  // Each frame has the objects in another order, and no object has one place for long.
  const auto masks =
      squares({{{0, 2, 2}, {1, 50, 30}}, {{0, 49, 30}, {1, 3, 2}}, {{0, 4, 2}, {1, 25, 38}, {2, 48, 30}}}, 3);
  const Properties centroid{
      {"tracking", "centroid"}, {"draw", "fill"}, {"opacity", "1"}, {"colors", "#ffffff,#808080,#404040"}};
  const std::vector<std::pair<int, int>> left{{2, 2}, {3, 2}, {4, 2}};
  const std::vector<std::pair<int, int>> right{{50, 30}, {49, 30}, {48, 30}};
  Stage stage({masks}, centroid);
  for (const std::size_t k : {2u, 0u, 1u}) {
    const auto objects = stage.show(k).objects;
    fail_unless_equals_int(objects[0].id, 1);
    fail_unless(objects[0].x == left[k].first + 3.5, "frame %zu: x %f", k, objects[0].x);
    fail_unless_equals_int(objects[1].id, 2);
    fail_unless(objects[1].x == right[k].first + 3.5, "frame %zu: x %f", k, objects[1].x);
    if (k == 2) fail_unless(objects.size() == 3 && objects[2].id == 3);
    const auto pixels = stage.pixels();
    const auto pixel = [&](const std::pair<int, int>& at) -> int {
      return pixels[std::size_t(at.second * kWidth + at.first)];
    };
    fail_unless_equals_int(pixel(left[k]), 0xFF);
    fail_unless_equals_int(pixel(right[k]), 0x80);
  }
  for (const auto* const tracking : {"ids", "auto"}) {
    Stage by_ids({masks}, {{"tracking", tracking}});
    const auto objects = by_ids.show(1).objects;
    fail_unless(objects[0].id == 1 && objects[0].x == 52.5 && objects[1].id == 2 && objects[1].x == 6.5);
  }
}
END_TEST

START_TEST(test_auto_associates_archives_that_have_more_and_fewer_objects_without_ids) {
  // One runs to the right, one stands; their order and their number change.
  const std::vector<std::vector<Square>> frames{
      {{0, 0, 0}, {1, 50, 30}}, {{0, 50, 30}, {1, 2, 0}, {2, 20, 20}}, {{0, 4, 0}, {1, 20, 20}, {2, 50, 30}}};
  const std::vector<std::size_t> planes{2, 3, 3};
  const TemporaryDirectory directory;
  for (std::size_t t = 0; t < frames.size(); ++t) {
    auto array = squares({frames[t]}, planes[t]);
    array.shape.erase(array.shape.begin());
    write_npz(directory.file("m" + std::to_string(t) + ".npz"), {array});
  }
  const auto lefts_by_id = [&](const char* tracking, guint64 k) {
    Stage stage({squares(kRun, 2)}, {{"location", directory.file("m%d.npz")}, {"axes", "NHW"}, {"tracking", tracking}});
    std::vector<std::pair<int, double>> found;
    for (const auto& told : stage.show(k).objects) found.emplace_back(told.id, told.x - 3.5);
    return found;
  };
  using Found = std::vector<std::pair<int, double>>;
  for (const auto* const tracking : {"auto", "centroid"}) {
    fail_unless(lefts_by_id(tracking, 0) == Found({{1, 0}, {2, 50}}));
    fail_unless(lefts_by_id(tracking, 1) == Found({{1, 2}, {2, 50}, {3, 20}}));
    fail_unless(lefts_by_id(tracking, 2) == Found({{1, 4}, {2, 50}, {3, 20}}));
  }
  fail_unless(lefts_by_id("ids", 1) == Found({{1, 50}, {2, 2}, {3, 20}}));
}
END_TEST

START_TEST(test_objects_that_come_and_go_are_told) {
  Stage stage({squares(kRun, 2), int64_array("object_ids", {7, 3})}, {});
  const auto assert_events = [&](guint64 k, const std::vector<Event>& expected) {
    const auto events = stage.show(k).events;
    fail_unless(events == expected, "frame %d: %zu events", int(k), events.size());
  };
  assert_events(0, {{"appeared", 7, 0}});
  assert_events(1, {});
  assert_events(2, {{"appeared", 3, 200 * GST_MSECOND}});
  assert_events(3, {{"lost", 3, 300 * GST_MSECOND}});
  assert_events(9, {{"lost", 7, 900 * GST_MSECOND}});
  // A jump back.
  assert_events(2, {{"appeared", 3, 200 * GST_MSECOND}, {"appeared", 7, 200 * GST_MSECOND}});
}
END_TEST

static Suite* tracking_suite() {
  auto* suite = suite_create("tracking");
  auto* tests = tcase_create("tracking");
  tcase_add_test(tests, test_velocity_and_age_come_from_the_masks_before_and_after);
  tcase_add_test(tests, test_velocity_goes_by_the_times_of_the_file);
  tcase_add_test(tests, test_a_still_does_not_move);
  tcase_add_test(tests, test_region_metas_have_the_same_velocity_and_age);
  tcase_add_test(tests, test_tracking_by_centroid_gives_the_tracks_ids);
  tcase_add_test(tests, test_auto_associates_archives_that_have_more_and_fewer_objects_without_ids);
  tcase_add_test(tests, test_objects_that_come_and_go_are_told);
  suite_add_tcase(suite, tests);
  return suite;
}

GST_CHECK_MAIN(tracking);
