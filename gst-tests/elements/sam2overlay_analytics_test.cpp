// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
// GstAnalytics metadata, read by its own functions and by another element.
#include <gst/analytics/analytics.h>

#include <set>

#include "support/overlay.hpp"

using namespace sam2::test;

namespace {

/// Object A is an L, B two dots that are in one frame only, C lies over A in part.
constexpr int kPictureWidth = 6;
constexpr int kPictureHeight = 4;
const std::vector<std::vector<std::vector<std::string>>> kPictures = {{{"A.....", "A.....", "AA....", "......"},
                                                                       {"......", "....B.", "......", "....B."},
                                                                       {"......", ".C....", "CC....", "......"}},
                                                                      {{"......", "AA....", "A.....", "A....."},
                                                                       {"......", "......", "......", "......"},
                                                                       {"......", "......", "..CCC.", "......"}}};

Array pictures() {
  return mask_array(2, 3, kPictureHeight, kPictureWidth,
                    [](auto t, auto n, auto y, auto x) { return kPictures[t][n][y][x] != '.'; });
}

Array ids() {
  return int64_array("object_ids", {7, -3, 12});
}

Array labels() {
  return text_array("labels", {U"one", U"two", U"three"});
}

const std::string kCaps = caps_text("GRAY8", kPictureWidth, kPictureHeight, "framerate=10/1");

Owned<GstBuffer> show(Overlay& overlay, guint64 frame, std::size_t bytes = 8 * kPictureHeight) {
  return overlay.process(make_buffer(Bytes(bytes, 0), frame * 100 * GST_MSECOND, 100 * GST_MSECOND));
}

struct Box {
  int left = -1, top = -1, width = -1, height = -1;
  friend bool operator==(const Box&, const Box&) = default;
};

/// All that a detection and what is related to it say.
struct Told {
  std::string type;
  Box box;
  float confidence = -99;
  guint64 id = 99;
  GstClockTime first_seen = 99, last_seen = 99;
  gboolean lost = TRUE;
  Box mask_box;
  Owned<GstBuffer> mask;
  guint region = 0;
};

GstAnalyticsMtd related(GstAnalyticsRelationMeta* meta, guint to, GstAnalyticsMtdType type) {
  gpointer state = nullptr;
  GstAnalyticsMtd found{};
  const auto kind = GST_ANALYTICS_REL_TYPE_RELATE_TO;
  fail_unless(gst_analytics_relation_meta_get_direct_related(meta, to, kind, type, &state, &found));
  fail_unless_equals_int(gst_analytics_relation_meta_get_relation(meta, found.id, to), kind);
  GstAnalyticsMtd other;
  fail_if(gst_analytics_relation_meta_get_direct_related(meta, to, kind, type, &state, &other), "two of a kind");
  return found;
}

std::vector<Told> told_of(GstBuffer* buffer) {
  std::vector<Told> all;
  auto* const meta = gst_buffer_get_analytics_relation_meta(buffer);
  if (meta == nullptr) return all;
  gpointer state = nullptr;
  GstAnalyticsMtd detection;
  while (gst_analytics_relation_meta_iterate(meta, &state, gst_analytics_od_mtd_get_mtd_type(), &detection)) {
    auto& told = all.emplace_back();
    told.type = g_quark_to_string(gst_analytics_od_mtd_get_obj_type(&detection));
    fail_unless(gst_analytics_od_mtd_get_location(&detection, &told.box.left, &told.box.top, &told.box.width,
                                                  &told.box.height, &told.confidence));
    auto tracking = related(meta, detection.id, gst_analytics_tracking_mtd_get_mtd_type());
    fail_unless(
        gst_analytics_tracking_mtd_get_info(&tracking, &told.id, &told.first_seen, &told.last_seen, &told.lost));
    auto segmentation = related(meta, detection.id, gst_analytics_segmentation_mtd_get_mtd_type());
    guint width = 0, height = 0;
    told.mask.reset(gst_analytics_segmentation_mtd_get_mask(&segmentation, &told.mask_box.left, &told.mask_box.top,
                                                            &width, &height));
    told.mask_box.width = int(width);
    told.mask_box.height = int(height);
    fail_unless_equals_uint64(gst_analytics_segmentation_mtd_get_region_count(&segmentation), 1);
    told.region = gst_analytics_segmentation_mtd_get_region_id(&segmentation, 0);
  }
  return all;
}

/// The mask as a picture, of one letter where it has the region's value; as a reader of video frames sees it.
std::vector<std::string> picture_of(GstBuffer* mask, guint region, char letter) {
  const auto* layout = gst_buffer_get_video_meta(mask);
  fail_unless(layout != nullptr);
  fail_unless_equals_int(layout->format, GST_VIDEO_FORMAT_GRAY8);
  GstVideoInfo info;
  GstVideoFrame frame;
  gst_video_info_set_format(&info, layout->format, layout->width, layout->height);
  fail_unless(gst_video_frame_map(&frame, &info, mask, GST_MAP_READ));
  std::vector<std::string> rows;
  for (int y = 0; y < GST_VIDEO_FRAME_HEIGHT(&frame); ++y) {
    const auto* row = static_cast<const guint8*>(GST_VIDEO_FRAME_PLANE_DATA(&frame, 0)) +
                      std::ptrdiff_t(y) * GST_VIDEO_FRAME_PLANE_STRIDE(&frame, 0);
    auto& text = rows.emplace_back();
    for (int x = 0; x < GST_VIDEO_FRAME_WIDTH(&frame); ++x) {
      fail_unless(row[x] == 0 || row[x] == region, "value %d", row[x]);
      text += row[x] == region ? letter : '.';
    }
  }
  gst_video_frame_unmap(&frame);
  return rows;
}

void assert_picture(const Told& told, char letter, const std::vector<std::string>& expected) {
  const auto rows = picture_of(told.mask.get(), told.region, letter);
  fail_unless(rows == expected, "%c is %s...", letter, rows.front().c_str());
}

/// The same objects in the same order.
void assert_like_regions(GstBuffer* buffer) {
  const auto regions = regions_of(buffer);
  const auto all = told_of(buffer);
  fail_unless_equals_uint64(all.size(), regions.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    fail_unless_equals_string(all[i].type.c_str(), g_quark_to_string(regions[i]->roi_type));
    const Box box{int(regions[i]->x), int(regions[i]->y), int(regions[i]->w), int(regions[i]->h)};
    fail_unless(all[i].box == box && all[i].mask_box == box);
    fail_unless_equals_int(int(all[i].id), regions[i]->id);
    double score = -99;
    gst_structure_get_double(gst_video_region_of_interest_meta_get_param(regions[i], "sam2overlay"), "score", &score);
    fail_unless_equals_float(all[i].confidence, std::isnan(score) ? -1 : score);
    fail_unless(!all[i].lost);
  }
}

}  // namespace

START_TEST(test_detections_say_what_region_metas_say) {
  const auto scores = make_array("scores", "<f8", {2, 3}, std::vector<double>{0.5, 0.25, 1, 0.75, NAN, 0});
  for (const auto& arrays : {std::vector{pictures()}, {pictures(), ids(), labels()}, {pictures(), ids(), scores}}) {
    const MaskFile masks(arrays);
    for (const auto& [caps, bytes] :
         {std::pair<std::string, std::size_t>{kCaps, 8 * 4}, {caps_text("GRAY8", 36, 12, "framerate=10/1"), 36 * 12}}) {
      Overlay overlay(masks.with({}), caps);
      for (const guint64 frame : {0, 1, 0}) {
        const auto output = show(overlay, frame, bytes);
        fail_unless_equals_uint64(regions_of(output.get()).size(), frame == 0 ? 3 : 2);
        assert_like_regions(output.get());
      }
    }
  }
}
END_TEST

START_TEST(test_an_unknown_score_is_minus_one) {
  const MaskFile masks({pictures()});
  Overlay overlay(masks.with({}), kCaps);
  for (const auto& told : told_of(show(overlay, 0).get())) fail_unless_equals_float(told.confidence, -1);
}
END_TEST

START_TEST(test_each_object_has_its_own_mask_whole) {
  const MaskFile masks({pictures(), ids()});
  Overlay overlay(masks.with({{"silent", "true"}}), kCaps);
  const auto first = show(overlay, 0);
  const auto all = told_of(first.get());
  fail_unless_equals_uint64(all.size(), 3);
  assert_picture(all[0], 'A', {"A.", "A.", "AA"});
  assert_picture(all[1], 'B', {"B", ".", "B"});
  assert_picture(all[2], 'C', {".C", "CC"});
  const auto second = show(overlay, 1);
  const auto later = told_of(second.get());
  fail_unless_equals_uint64(later.size(), 2);
  assert_picture(later[0], 'A', {"AA", "A.", "A."});
  assert_picture(later[1], 'C', {"CCC"});
  // Values are the object's, whatever else is on the frame.
  fail_unless(all[0].region == later[0].region && all[2].region == later[1].region);
  fail_unless(all[0].region != all[1].region && all[0].region != all[2].region && all[1].region != all[2].region);
}
END_TEST

START_TEST(test_masks_are_in_frame_pixels) {
  const MaskFile masks({pictures()});
  Overlay overlay(masks.with({{"objects", "99"}, {"edges", "smooth"}}),
                  caps_text("GRAY8", 3 * kPictureWidth, 2 * kPictureHeight, "framerate=10/1"));
  const auto output = show(overlay, 0, 20 * 8);
  const auto all = told_of(output.get());
  fail_unless_equals_uint64(all.size(), 3);
  assert_picture(all[2], 'C', {"...CCC", "...CCC", "CCCCCC", "CCCCCC"});
  fail_unless(all[2].mask_box == Box({0, 2, 6, 4}));
}
END_TEST

START_TEST(test_times_are_stream_time_and_begin_with_the_track) {
  const MaskFile masks({pictures()});
  Overlay overlay(masks.with({{"ts-offset", "200000000"}, {"at-end", "hold"}}), kCaps);
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  segment.start = 5 * GST_SECOND;
  segment.time = GST_SECOND / 10;
  segment.position = segment.start;
  overlay.send(gst_event_new_segment(&segment));
  // Object C is there in the last entry too, which holds.
  for (const auto& [frame, last] : {std::pair<guint64, GstClockTime>{51, 200}, {52, 300}, {57, 800}}) {
    const auto output = show(overlay, frame);
    const auto all = told_of(output.get());
    fail_unless(!all.empty());
    fail_unless_equals_uint64(all.back().first_seen, 200 * GST_MSECOND);
    fail_unless_equals_uint64(all.back().last_seen, last * GST_MSECOND);
  }
}
END_TEST

START_TEST(test_frames_without_objects_get_no_analytics_meta) {
  const MaskFile masks({pictures()});
  Overlay overlay(masks.with({{"time-origin", "stream"}}), kCaps);
  fail_unless(gst_buffer_get_analytics_relation_meta(show(overlay, 2).get()) == nullptr);
  fail_unless(gst_buffer_get_analytics_relation_meta(show(overlay, 1).get()) != nullptr);
  overlay.set("attach-meta", "false");
  fail_unless(gst_buffer_get_analytics_relation_meta(show(overlay, 1).get()) == nullptr);
}
END_TEST

START_TEST(test_metas_of_other_elements_stay) {
  const MaskFile masks({pictures(), ids()});
  Overlay overlay(masks.with({}), kCaps);
  auto* input = make_buffer(Bytes(8 * kPictureHeight, 0), 0, 100 * GST_MSECOND);
  auto* meta = gst_buffer_add_analytics_relation_meta(input);
  GstAnalyticsMtd theirs;
  gst_analytics_relation_meta_add_od_mtd(meta, g_quark_from_string("theirs"), 1, 2, 3, 2, 0.5F, &theirs);
  const auto output = overlay.process(input);
  meta = gst_buffer_get_analytics_relation_meta(output.get());
  fail_unless_equals_uint64(gst_analytics_relation_get_length(meta), 1 + 3 * 3);
  fail_unless(gst_analytics_relation_meta_get_od_mtd(meta, theirs.id, &theirs));
  fail_unless_equals_string(g_quark_to_string(gst_analytics_od_mtd_get_obj_type(&theirs)), "theirs");
}
END_TEST

START_TEST(test_held_masks_are_shared_and_memory_is_used_again) {
  const MaskFile masks({pictures(), double_scalar("fps", 5)});
  Overlay overlay(masks.with({{"at-end", "loop"}}), kCaps);
  std::set<GstMemory*> memories;
  Owned<GstBuffer> held;
  for (guint64 frame = 0; frame < 200; ++frame) {
    const auto output = show(overlay, frame);
    auto all = told_of(output.get());
    fail_unless(!all.empty());
    for (const auto& told : all) memories.insert(gst_buffer_peek_memory(told.mask.get(), 0));
    fail_unless((all[0].mask == held) == (frame % 2 == 1), "frame %d", int(frame));
    held = std::move(all[0].mask);
    assert_picture(
        told_of(output.get())[0], 'A',
        frame % 4 < 2 ? std::vector<std::string>{"A.", "A.", "AA"} : std::vector<std::string>{"AA", "A.", "A."});
  }
  // Those of a frame, one that is held, and what is on its way.
  fail_unless(memories.size() <= 8, "%zu", memories.size());
}
END_TEST

START_TEST(test_masks_outlive_the_element) {
  const MaskFile masks({pictures()});
  Owned<GstBuffer> copy;
  {
    Overlay overlay(masks.with({}), kCaps);
    const auto output = show(overlay, 0);
    copy.reset(gst_buffer_copy_deep(output.get()));
    for (guint64 frame = 0; frame < 10; ++frame) show(overlay, frame % 2);
  }
  assert_picture(told_of(copy.get())[0], 'A', {"A.", "A.", "AA"});
}
END_TEST

START_TEST(test_the_first_256_objects_of_a_frame_are_told) {
  const MaskFile masks({mask_array(2, 300, 1, 300, [](auto, auto n, auto, auto x) { return n == x; })});
  Overlay overlay(masks.with({}), caps_text("GRAY8", 300, 1, "framerate=10/1"));
  const auto output = show(overlay, 0, 300);
  const auto all = told_of(output.get());
  fail_unless_equals_uint64(regions_of(output.get()).size(), 300);
  fail_unless_equals_uint64(all.size(), 256);
  for (std::size_t i = 0; i < all.size(); ++i) {
    fail_unless(all[i].box == Box({int(i), 0, 1, 1}));
    assert_picture(all[i], 'A', {"A"});
  }
}
END_TEST

START_TEST(test_masks_of_four_times_the_frame_are_told) {
  const MaskFile masks({mask_array(2, 9, 2, 8, [](auto, auto n, auto, auto x) { return n < 5 || x == n; })});
  Overlay overlay(masks.with({}), caps_text("GRAY8", 8, 2, "framerate=10/1"));
  const auto output = show(overlay, 0, 8 * 2);
  auto* const meta = gst_buffer_get_analytics_relation_meta(output.get());
  std::vector<int> widths;
  gpointer state = nullptr;
  GstAnalyticsMtd found;
  while (gst_analytics_relation_meta_iterate(meta, &state, gst_analytics_segmentation_mtd_get_mtd_type(), &found)) {
    guint width = 0;
    gst_buffer_unref(gst_analytics_segmentation_mtd_get_mask(&found, nullptr, nullptr, &width, nullptr));
    widths.push_back(int(width));
  }
  fail_unless(widths == std::vector({8, 8, 8, 8}));
  fail_unless_equals_uint64(gst_analytics_relation_get_length(meta), 2 * 8 + 4);
}
END_TEST

START_TEST(test_objectdetectionoverlay_draws_the_boxes_of_the_masks) {
  constexpr int kSide = 64;
  constexpr Box kFirst{8, 10, 20, 30};
  constexpr Box kSecond{40, 20, 15, 9};
  const MaskFile masks({mask_array(2, 2, kSide, kSide, [=](auto t, auto n, auto y, auto x) {
    const auto& box = n == 0 ? kFirst : kSecond;
    const int column = int(x) - box.left - int(t);
    const int row = int(y) - box.top;
    // A cross, which touches each side of its box.
    return 0 <= column && column < box.width && 0 <= row && row < box.height &&
           (row == box.height / 2 || column == box.width / 2);
  })});
  auto* harness = gst_harness_new_parse(
      ("sam2overlay silent=true axes=TNHW location=" + masks.path() + " ! objectdetectionoverlay draw-labels=false")
          .c_str());
  gst_harness_set_src_caps_str(harness, caps_text("BGRx", kSide, kSide, "framerate=10/1").c_str());
  for (const int t : {0, 1}) {
    auto* input = make_buffer(Bytes(kSide * kSide * 4, 0), guint64(t) * 100 * GST_MSECOND, 100 * GST_MSECOND);
    fail_unless_equals_int(gst_harness_push(harness, input), GST_FLOW_OK);
    const Owned<GstBuffer> output(gst_harness_pull(harness));
    const auto bytes = bytes_of(output.get());
    for (int y = 0; y < kSide; ++y) {
      for (int x = 0; x < kSide; ++x) {
        // Its lines are two pixels wide, one on either side of the box's edge.
        const auto within = [&](const Box& box, int margin) {
          return x >= box.left + t - margin && x < box.left + t + box.width + margin && y >= box.top - margin &&
                 y < box.top + box.height + margin;
        };
        const bool expected =
            (within(kFirst, 1) && !within(kFirst, -1)) || (within(kSecond, 1) && !within(kSecond, -1));
        fail_unless(bytes[std::size_t(y * kSide + x) * 4] == (expected ? 255 : 0), "frame %d, pixel %d %d", t, x, y);
      }
    }
  }
  gst_harness_teardown(harness);
}
END_TEST

static Suite* analytics_suite() {
  auto* suite = suite_create("sam2overlay_analytics");
  auto* tests = tcase_create("analytics");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_detections_say_what_region_metas_say);
  tcase_add_test(tests, test_an_unknown_score_is_minus_one);
  tcase_add_test(tests, test_each_object_has_its_own_mask_whole);
  tcase_add_test(tests, test_masks_are_in_frame_pixels);
  tcase_add_test(tests, test_times_are_stream_time_and_begin_with_the_track);
  tcase_add_test(tests, test_frames_without_objects_get_no_analytics_meta);
  tcase_add_test(tests, test_metas_of_other_elements_stay);
  tcase_add_test(tests, test_held_masks_are_shared_and_memory_is_used_again);
  tcase_add_test(tests, test_masks_outlive_the_element);
  tcase_add_test(tests, test_the_first_256_objects_of_a_frame_are_told);
  tcase_add_test(tests, test_masks_of_four_times_the_frame_are_told);
  tcase_add_test(tests, test_objectdetectionoverlay_draws_the_boxes_of_the_masks);
  return suite;
}

GST_CHECK_MAIN(analytics)
