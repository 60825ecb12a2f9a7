// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "drawing/scene.hpp"

#include <atomic>
#include <set>

#include "drawing/drawings.hpp"
#include "support/gst_check.hpp"
#include "support/mask_scene.hpp"

using namespace sam2;
using namespace sam2::drawing;
using sam2::test::Rectangle;

namespace {

constexpr runs::Size kMaskSize{1000, 1000};
constexpr std::int64_t kSecond = 1'000'000'000;

/// A file that has been read: masks, tracks, and a schedule of one entry a second.
struct File {
  explicit File(const std::vector<std::vector<Rectangle>>& entries, std::uint32_t objects,
                tracking::Tracking tracking = tracking::Tracking::Ids)
      : masks(test::make_scene(entries, objects)), tracks(masks, tracking, 0) {
    const std::atomic<bool> is_cancelled = false;
    fail_unless(tracks.follow(tracking::Tracks::End::Reached, is_cancelled).has_value());
    timing::ScheduleInput input;
    input.frame_numbers = masks->frame_numbers();
    input.wanted_rate = {1, 1};
    schedule = *timing::Schedule::make(input);
  }

  Scene::Source source() { return {*masks, tracks, *schedule, transform}; }

  std::shared_ptr<const masks::MaskSet> masks;
  tracking::Tracks tracks;
  std::optional<timing::Schedule> schedule;
  runs::FrameTransform transform{{kMaskSize, kMaskSize}};
};

std::vector<std::int64_t> slots_of(const Scene& scene) {
  std::vector<std::int64_t> slots;
  for (const auto& object : scene.objects()) slots.push_back(object.info->slot);
  return slots;
}

/// A frame of one byte a pixel, and what it takes to draw on it.
struct GreyFrame {
  explicit GreyFrame(runs::Size frame_size)
      : size(frame_size), pixels(static_cast<std::size_t>(frame_size.width) * static_cast<std::size_t>(size.height)) {}

  void draw(const Scene& scene, const Look& look, Tools& tools) {
    const composite::Painter painter(*composite::find_frame_format("GRAY8"), {});
    Canvas canvas({size.width, size.height, {pixels.data()}, {size.width}}, painter);
    draw_scene(canvas, scene, look, tools);
  }
  int at(int x, int y) const { return pixels[static_cast<std::size_t>(y * size.width + x)]; }

  runs::Size size;
  std::vector<std::uint8_t> pixels;
};

}  // namespace

START_TEST(test_objects_are_sorted_by_the_slots_of_their_tracks) {
  // By position, the file's objects are tracks 1, 2, 0 in the second entry.
  File file({{{0, 0, 0}, {1, 200, 0}, {2, 400, 0}}, {{0, 200, 0}, {1, 400, 0}, {2, 0, 0}}}, 3,
            tracking::Tracking::Centroid);
  Scene scene;
  scene.update(file.source(), {1, 0, 0}, Detail::Runs);
  fail_unless((slots_of(scene) == std::vector<std::int64_t>{0, 1, 2}));
  for (std::uint32_t i = 0; i < 3; ++i) {
    const auto& object = scene.objects()[i];
    fail_unless_equals_int(object.props.box.left, int(200 * i));
    fail_unless_equals_int(object.runs.row(0).front().begin, int(200 * i));
    fail_unless(object.mask_ref.index == (i + 2) % 3);
  }
}
END_TEST

START_TEST(test_identity_and_motion_are_those_of_the_track) {
  // The file swaps the two objects; they move 30 pixels to the right and 10 down in a second.
  File file({{{0, 100, 100}, {1, 500, 500}}, {{1, 130, 110}, {0, 530, 510}}}, 2, tracking::Tracking::Centroid);
  Scene scene;
  scene.update(file.source(), {1, 0, 0}, Detail::Regions);
  fail_unless_equals_int(int(scene.objects().size()), 2);
  for (const auto& object : scene.objects()) {
    fail_unless_equals_int(object.props.box.left, object.info->slot == 0 ? 130 : 530);
    fail_unless_equals_int(object.info->id, int(object.info->slot) + 1);
    fail_unless_equals_float(object.motion.velocity.x, 30);
    fail_unless_equals_float(object.motion.velocity.y, 10);
    fail_unless_equals_int64(object.motion.first_seen, 0);
    fail_unless_equals_uint64(object.motion.age, kSecond);
  }
}
END_TEST

START_TEST(test_an_interpolated_object_is_between_its_masks) {
  File file({{{0, 100, 100}}, {{0, 140, 100}}}, 1);
  Scene scene;
  scene.update(file.source(), tracking::mask_time_after(0, kSecond / 4, kSecond, 0), Detail::Runs);
  const auto& object = scene.objects()[0];
  fail_unless_equals_int(object.props.box.left, 110);
  fail_unless_equals_int64(object.elapsed, kSecond / 4);
  fail_unless_equals_uint64(object.motion.age, kSecond / 4);
  fail_unless_equals_float(object.motion.velocity.x, 40);
  // Its own mask is its past.
  const auto past = scene.past_of(object);
  fail_unless(past && past->mask_ref == object.mask_ref && past->time == 0);
  fail_unless(!scene.past_of(*past));
}
END_TEST

START_TEST(test_objects_without_a_pixel_on_the_frame_are_left_out) {
  // One mask pixel in ten is on the frame, at 5, 15, 25 ...
  File file({{{0, 6, 6, 3, 3}, {1, 12, 12, 10, 10}, {2, 905, 5, 1, 1}}}, 3);
  file.transform = runs::FrameTransform({kMaskSize, {100, 100}});
  Scene scene;
  scene.update(file.source(), {0, 0, 0}, Detail::Runs);
  fail_unless((slots_of(scene) == std::vector<std::int64_t>{1, 2}));
  fail_unless((scene.objects()[0].props.box == runs::Box{1, 1, 1, 1}));
}
END_TEST

START_TEST(test_fit_and_orientation_apply_to_pixels_boxes_and_velocity) {
  // A square mask on a frame of 200 x 100: the middle half of the mask's height, at a fifth of its size.
  File file({{{0, 100, 500, 50, 50}}, {{0, 200, 500, 50, 50}}}, 1);
  file.transform = runs::FrameTransform({kMaskSize, {200, 100}, {1, 1}, runs::Fit::Cover});
  Scene scene;
  scene.update(file.source(), {1, 0, 0}, Detail::Runs);
  fail_unless((scene.objects()[0].props.box == runs::Box{40, 50, 10, 10}));
  fail_unless_equals_float(scene.objects()[0].motion.velocity.x, 20);

  // Rows and columns swapped.
  file.transform = runs::FrameTransform({kMaskSize, kMaskSize, {1, 1}, runs::Fit::Stretch, {true, false, false}});
  scene.forget();
  scene.update(file.source(), {1, 0, 0}, Detail::Runs);
  fail_unless((scene.objects()[0].props.box == runs::Box{500, 200, 50, 50}));
  fail_unless((scene.objects()[0].runs.row(200).front() == runs::Span{500, 550}));
  fail_unless_equals_float(scene.objects()[0].motion.velocity.y, 100);
}
END_TEST

START_TEST(test_the_same_mask_time_is_not_made_again) {
  File file({{{0, 10, 10}}, {{0, 20, 10}}}, 1);
  Scene scene;
  scene.update(file.source(), {0, 0, 0}, Detail::Runs);
  const auto first = scene.version();
  scene.clear();
  fail_unless(scene.objects().empty());
  scene.update(file.source(), {0, 0, 0}, Detail::Runs);
  fail_unless(scene.version() == first && scene.objects().size() == 1);

  std::set<std::uint64_t> versions{first};
  scene.update(file.source(), {1, 0, 0}, Detail::Runs);
  fail_unless(versions.insert(scene.version()).second, "another time");
  scene.update(file.source(), {1, 0, 0}, Detail::Coverage);
  fail_unless(versions.insert(scene.version()).second, "another detail");
  scene.forget();
  scene.update(file.source(), {1, 0, 0}, Detail::Coverage);
  fail_unless(versions.insert(scene.version()).second, "after forget()");
}
END_TEST

START_TEST(test_only_shown_objects_are_visited_in_slot_order_with_their_colours) {
  File file({{{2, 0, 0}, {0, 100, 0}, {1, 200, 0}}}, 3);
  Scene scene;
  scene.update(file.source(), {0, 0, 0}, Detail::Runs);
  Look look;
  look.objects.meaning = *IdSet::parse("1,3");
  look.colors.meaning = {{1, 2, 3}, {4, 5, 6}};
  std::vector<std::pair<std::int64_t, composite::Rgb>> visits;
  scene.for_each_shown(
      look, [&](const FrameObject& object, composite::Rgb color) { visits.emplace_back(object.info->slot, color); });
  const std::vector<std::pair<std::int64_t, composite::Rgb>> expected{{0, {1, 2, 3}}, {2, {1, 2, 3}}};
  fail_unless(visits == expected);

  fail_unless(scene.would_draw(look));
  look.objects.meaning = *IdSet::parse("7");
  fail_unless(!scene.would_draw(look));
}
END_TEST

START_TEST(test_a_look_that_changes_no_pixel_draws_nothing) {
  File file({{{0, 0, 0}}}, 1);
  Scene scene;
  scene.update(file.source(), {0, 0, 0}, Detail::Runs);
  Look look;
  look.draw = kDrawFill;
  fail_unless(scene.would_draw(look));
  look.opacity = 0.001;
  fail_unless(!scene.would_draw(look));
  look.draw = kDrawBox;
  fail_unless(scene.would_draw(look));
  look.silent = true;
  fail_unless(!scene.would_draw(look));
}
END_TEST

START_TEST(test_later_slots_cover_earlier_ones_contours_included) {
  // Slot 1 covers the right part of slot 0, although the file has it first.
  File file({{{1, 30, 10, 40, 40}, {0, 10, 10, 40, 40}}}, 2);
  file.transform = runs::FrameTransform({kMaskSize, kMaskSize});
  Scene scene;
  scene.update(file.source(), {0, 0, 0}, Detail::Runs);
  Look look;
  look.draw = kDrawFill | kDrawContour;
  look.opacity = 1;
  look.line_width = 1;
  look.colors.meaning = {{50, 50, 50}, {200, 200, 200}};
  GreyFrame frame(kMaskSize);
  Tools tools;
  frame.draw(scene, look, tools);
  fail_unless_equals_int(frame.at(20, 20), 50);
  fail_unless_equals_int(frame.at(40, 20), 200);
  // The contour of slot 0 is below the fill of slot 1.
  fail_unless_equals_int(frame.at(49, 20), 200);
  fail_unless_equals_int(frame.at(5, 20), 0);
}
END_TEST

START_TEST(test_contours_follow_masks_line_width_and_frame) {
  File file({{{0, 10, 10}}, {{0, 40, 10}}}, 1);
  Scene scene;
  Look look;
  look.draw = kDrawContour;
  look.colors.meaning = {{255, 255, 255}};
  Tools tools;
  const auto draws = [&](std::size_t entry, std::uint32_t line_width, int x, int y) {
    look.line_width = line_width;
    scene.update(file.source(), {entry, 0, 0}, Detail::Runs);
    GreyFrame frame(kMaskSize);
    frame.draw(scene, look, tools);
    return frame.at(x, y) == 255;
  };
  fail_unless(draws(0, 1, 10, 15) && !draws(0, 1, 11, 15));
  fail_unless(draws(0, 3, 12, 15) && !draws(0, 3, 13, 15), "another line width");
  fail_unless(draws(1, 3, 42, 15) && !draws(1, 3, 12, 15), "other masks");
  file.transform = runs::FrameTransform({kMaskSize, kMaskSize, {1, 1}, runs::Fit::Stretch, {true, false, false}});
  scene.forget();
  fail_unless(draws(1, 3, 15, 42) && !draws(1, 3, 42, 15), "the same masks elsewhere");
}
END_TEST

START_TEST(test_each_drawing_has_a_flag_of_its_own_and_each_flag_a_drawing) {
  std::uint32_t drawn = 0;
  for (const auto& drawing : kDrawings) {
    fail_unless((drawn & drawing.flags) == 0, "two drawings have one flag");
    drawn |= drawing.flags;
  }
  std::uint32_t named = 0;
  for (const auto& flag : kDrawFlags) named |= flag.value;
  fail_unless(drawn == named, "the flags of the property draw and the drawings differ");
}
END_TEST

static Suite* scene_suite() {
  auto* const suite = suite_create("scene");
  auto* const cases = tcase_create("scene");
  tcase_add_test(cases, test_objects_are_sorted_by_the_slots_of_their_tracks);
  tcase_add_test(cases, test_identity_and_motion_are_those_of_the_track);
  tcase_add_test(cases, test_an_interpolated_object_is_between_its_masks);
  tcase_add_test(cases, test_objects_without_a_pixel_on_the_frame_are_left_out);
  tcase_add_test(cases, test_fit_and_orientation_apply_to_pixels_boxes_and_velocity);
  tcase_add_test(cases, test_the_same_mask_time_is_not_made_again);
  tcase_add_test(cases, test_only_shown_objects_are_visited_in_slot_order_with_their_colours);
  tcase_add_test(cases, test_a_look_that_changes_no_pixel_draws_nothing);
  tcase_add_test(cases, test_later_slots_cover_earlier_ones_contours_included);
  tcase_add_test(cases, test_contours_follow_masks_line_width_and_frame);
  tcase_add_test(cases, test_each_drawing_has_a_flag_of_its_own_and_each_flag_a_drawing);
  suite_add_tcase(suite, cases);
  return suite;
}

GST_CHECK_MAIN(scene)
