// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
// Messages, region metas and statistics.
#include "support/overlay.hpp"
#include "support/pipeline.hpp"

using namespace sam2::test;

namespace {

/// What a structure says of one object.
struct Description {
  int id = -99;
  std::string label;
  double x = -99, y = -99;
  guint64 area = 99;
  int left = -99, top = -99, width = -99, height = -99;
  double score = -99;
  double vx = -99, vy = -99;
  guint64 age = 99;
};

/// The fields with exactly the types that applications are told.
Description description_of(const GstStructure* structure) {
  const std::pair<const char*, GType> kFields[] = {
      {"id", G_TYPE_INT},      {"label", G_TYPE_STRING}, {"x", G_TYPE_DOUBLE},  {"y", G_TYPE_DOUBLE},
      {"area", G_TYPE_UINT64}, {"left", G_TYPE_INT},     {"top", G_TYPE_INT},   {"width", G_TYPE_INT},
      {"height", G_TYPE_INT},  {"score", G_TYPE_DOUBLE}, {"vx", G_TYPE_DOUBLE}, {"vy", G_TYPE_DOUBLE},
      {"age", G_TYPE_UINT64}};
  for (const auto& [name, type] : kFields) {
    fail_unless(gst_structure_has_field_typed(structure, name, type), "%s in %" GST_PTR_FORMAT, name,
                static_cast<const void*>(structure));
  }
  Description is;
  gst_structure_get(structure, "id", G_TYPE_INT, &is.id, "x", G_TYPE_DOUBLE, &is.x, "y", G_TYPE_DOUBLE, &is.y, "area",
                    G_TYPE_UINT64, &is.area, "left", G_TYPE_INT, &is.left, "top", G_TYPE_INT, &is.top, "width",
                    G_TYPE_INT, &is.width, "height", G_TYPE_INT, &is.height, "score", G_TYPE_DOUBLE, &is.score, "vx",
                    G_TYPE_DOUBLE, &is.vx, "vy", G_TYPE_DOUBLE, &is.vy, "age", G_TYPE_UINT64, &is.age, nullptr);
  const auto* label = gst_structure_get_string(structure, "label");
  is.label = label != nullptr ? label : "";
  return is;
}

void assert_description(const Description& is, const Description& expected) {
  fail_unless_equals_int(is.id, expected.id);
  fail_unless_equals_string(is.label.c_str(), expected.label.c_str());
  fail_unless_equals_float(is.x, expected.x);
  fail_unless_equals_float(is.y, expected.y);
  fail_unless_equals_uint64(is.area, expected.area);
  fail_unless(
      is.left == expected.left && is.top == expected.top && is.width == expected.width && is.height == expected.height,
      "box %d %d %d %d", is.left, is.top, is.width, is.height);
  fail_unless(std::isnan(expected.score) ? std::isnan(is.score) : std::abs(is.score - expected.score) < 1e-6,
              "score %f", is.score);
}

std::vector<Description> objects_of(const GstStructure* message) {
  const auto* list = gst_structure_get_value(message, "objects");
  fail_unless(list != nullptr && GST_VALUE_HOLDS_LIST(list));
  std::vector<Description> objects;
  for (guint i = 0; i < gst_value_list_get_size(list); ++i) {
    const auto* object = gst_value_get_structure(gst_value_list_get_value(list, i));
    fail_unless_equals_string(gst_structure_get_name(object), "object");
    objects.push_back(description_of(object));
  }
  return objects;
}

void assert_region(GstVideoRegionOfInterestMeta* region, const std::string& type, const Description& expected) {
  fail_unless_equals_string(g_quark_to_string(region->roi_type), type.c_str());
  fail_unless_equals_int(region->id, expected.id);
  fail_unless(int(region->x) == expected.left && int(region->y) == expected.top && int(region->w) == expected.width &&
              int(region->h) == expected.height);
  const auto* parameters = gst_video_region_of_interest_meta_get_param(region, "sam2overlay");
  fail_unless(parameters != nullptr);
  assert_description(description_of(parameters), expected);
}

guint64 uint64_field(const GstStructure* structure, const char* name) {
  fail_unless(gst_structure_has_field_typed(structure, name, G_TYPE_UINT64), "%s", name);
  guint64 value = 0;
  gst_structure_get_uint64(structure, name, &value);
  return value;
}

int mask_index_of(const GstStructure* structure) {
  fail_unless(gst_structure_has_field_typed(structure, "mask-index", G_TYPE_INT));
  int value = -2;
  gst_structure_get_int(structure, "mask-index", &value);
  return value;
}

/// All messages about frames.
std::vector<Owned<GstMessage>> frame_messages(Overlay& overlay) {
  auto messages = overlay.messages(GST_MESSAGE_ELEMENT);
  std::erase_if(messages, [](const auto& message) { return !gst_message_has_name(message.get(), "sam2overlay"); });
  return messages;
}

/// The one message about a frame.
Owned<GstMessage> message_of(Overlay& overlay, Owned<GstBuffer> output) {
  (void)output;
  auto messages = frame_messages(overlay);
  fail_unless_equals_uint64(messages.size(), 1);
  fail_unless(GST_MESSAGE_SRC(messages[0].get()) == GST_OBJECT(overlay.element()));
  return std::move(messages[0]);
}

/// Frame 0: objects 7 (an L) and 3 (two dots); frame 1: object 3 alone; frame 2: none.
Array shapes() {
  const std::vector<std::vector<std::string>> pictures = {{"A....", "A...B", "AA..B", "....."},  //
                                                          {".....", ".....", "..BB.", "....."},
                                                          {".....", ".....", ".....", "....."}};
  return mask_array(3, 2, 4, 5,
                    [=](auto t, auto n, auto y, auto x) { return pictures[t][y][x] == (n == 0 ? 'A' : 'B'); });
}

const Description kL{7, "", 0.25, 1.25, 4, 0, 0, 2, 3, NAN};
const Description kDots{3, "", 4, 1.5, 2, 4, 1, 1, 2, NAN};
const Description kLaterDots{3, "", 2.5, 2, 2, 2, 2, 2, 1, NAN};

}  // namespace

START_TEST(test_message_tells_when_and_what) {
  const MaskFile masks({shapes(), int64_array("object_ids", {7, 3})});
  Overlay overlay(masks.with({{"post-messages", "true"}}), caps_text("GRAY8", 5, 4, "framerate=10/1"));
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  segment.start = 5 * GST_SECOND;
  segment.base = 3 * GST_SECOND;
  overlay.send(gst_event_new_segment(&segment));

  const auto opening =
      message_of(overlay, overlay.process(make_buffer(Bytes(32, 0), 5 * GST_SECOND, 100 * GST_MSECOND)));
  const auto* structure = gst_message_get_structure(opening.get());
  fail_unless_equals_uint64(uint64_field(structure, "timestamp"), 5 * GST_SECOND);
  fail_unless_equals_uint64(uint64_field(structure, "stream-time"), 0);
  fail_unless_equals_uint64(uint64_field(structure, "running-time"), 3 * GST_SECOND);
  fail_unless_equals_uint64(uint64_field(structure, "duration"), 100 * GST_MSECOND);
  fail_unless_equals_int(mask_index_of(structure), 0);
  const auto objects = objects_of(structure);
  fail_unless_equals_uint64(objects.size(), 2);
  assert_description(objects[0], kL);
  assert_description(objects[1], kDots);

  const auto next =
      message_of(overlay, overlay.process(make_buffer(Bytes(32, 0), 5100 * GST_MSECOND, 100 * GST_MSECOND)));
  structure = gst_message_get_structure(next.get());
  fail_unless_equals_uint64(uint64_field(structure, "stream-time"), 100 * GST_MSECOND);
  fail_unless_equals_int(mask_index_of(structure), 1);
  const auto later = objects_of(structure);
  fail_unless_equals_uint64(later.size(), 1);
  assert_description(later[0], kLaterDots);
}
END_TEST

START_TEST(test_every_frame_has_its_message_even_those_without_mask) {
  const MaskFile masks({shapes()});
  Overlay overlay(masks.with({{"post-messages", "true"}, {"time-origin", "stream"}}),
                  caps_text("GRAY8", 5, 4, "framerate=10/1"));
  for (const auto& [pts, expected] : {std::pair<GstClockTime, int>{200, 2}, {300, -1}, {400, -1}, {0, 0}}) {
    const auto message =
        message_of(overlay, overlay.process(make_buffer(Bytes(32, 0), pts * GST_MSECOND, 100 * GST_MSECOND)));
    const auto* structure = gst_message_get_structure(message.get());
    fail_unless_equals_int(mask_index_of(structure), expected);
    fail_unless_equals_uint64(objects_of(structure).size(), expected == 0 ? 2 : 0);
  }
  Overlay without({{"post-messages", "true"}}, caps_text("GRAY8", 5, 4, "framerate=10/1"));
  const auto message = message_of(without, without.process(make_buffer(Bytes(32, 0), GST_SECOND, 100 * GST_MSECOND)));
  fail_unless_equals_int(mask_index_of(gst_message_get_structure(message.get())), -1);
}
END_TEST

START_TEST(test_times_that_a_frame_does_not_have_are_none_in_the_message) {
  const MaskFile masks({shapes()});
  Overlay overlay(masks.with({{"post-messages", "true"}}), caps_text("GRAY8", 5, 4, "framerate=10/1"));
  const auto message =
      message_of(overlay, overlay.process(make_buffer(Bytes(32, 0), GST_CLOCK_TIME_NONE, GST_CLOCK_TIME_NONE)));
  const auto* structure = gst_message_get_structure(message.get());
  for (const auto* field : {"timestamp", "running-time", "duration"}) {
    fail_unless(uint64_field(structure, field) == GST_CLOCK_TIME_NONE, "%s", field);
  }
}
END_TEST

START_TEST(test_messages_are_posted_on_request_only) {
  const MaskFile masks({shapes()});
  Overlay overlay(masks.with({}), caps_text("GRAY8", 5, 4));
  overlay.process(Bytes(32, 0));
  fail_unless_equals_uint64(frame_messages(overlay).size(), 0);
  overlay.set("post-messages", "true");
  overlay.process(Bytes(32, 0));
  fail_unless_equals_uint64(frame_messages(overlay).size(), 1);
}
END_TEST

START_TEST(test_a_bus_that_nobody_reads_does_not_grow) {
  const MaskFile masks({shapes()});
  Overlay overlay(masks.with({{"at-end", "loop"}}), caps_text("GRAY8", 5, 4, "framerate=10/1"));
  const auto play = [&](guint64 from, guint64 to) {
    for (guint64 frame = from; frame < to; ++frame) {
      overlay.process(make_buffer(Bytes(32, 0), frame * 100 * GST_MSECOND, 100 * GST_MSECOND));
    }
  };
  // All is read and told of before the masks come round again.
  play(0, 10);
  while (uint64_field(overlay.stats().get(), "load-time") == 0) g_usleep(1000);
  overlay.messages(GST_MESSAGE_ELEMENT);
  play(10, 1010);
  fail_unless(!gst_bus_have_pending(GST_ELEMENT_BUS(overlay.element())));
}
END_TEST

START_TEST(test_each_object_of_the_frame_has_a_region_meta) {
  const MaskFile masks({shapes(), int64_array("object_ids", {7, 3})});
  Overlay overlay(masks.with({}), caps_text("GRAY8", 5, 4, "framerate=10/1"));
  const auto output = overlay.process(make_buffer(Bytes(32, 0), 0, 100 * GST_MSECOND));
  const auto regions = regions_of(output.get());
  fail_unless_equals_uint64(regions.size(), 2);
  assert_region(regions[0], "sam2", kL);
  assert_region(regions[1], "sam2", kDots);

  const auto next = overlay.process(make_buffer(Bytes(32, 0), 100 * GST_MSECOND, 100 * GST_MSECOND));
  const auto later = regions_of(next.get());
  fail_unless_equals_uint64(later.size(), 1);
  assert_region(later[0], "sam2", kLaterDots);

  const auto empty = overlay.process(make_buffer(Bytes(32, 0), 200 * GST_MSECOND, 100 * GST_MSECOND));
  fail_unless_equals_uint64(regions_of(empty.get()).size(), 0);

  overlay.set("attach-meta", "false");
  const auto without = overlay.process(make_buffer(Bytes(32, 0), 0, 100 * GST_MSECOND));
  fail_unless_equals_uint64(regions_of(without.get()).size(), 0);
}
END_TEST

START_TEST(test_labels_and_scores_of_the_file_are_told) {
  const MaskFile masks({shapes(), int64_array("object_ids", {7, 3}), text_array("labels", {U"cat", U"dog"}),
                        make_array("scores", "<f4", {3, 2}, std::vector<float>{0.5F, 0.25F, 1.0F, 0.75F, 0.0F, 0.0F})});
  Overlay overlay(masks.with({{"post-messages", "true"}}), caps_text("GRAY8", 5, 4, "framerate=10/1"));
  auto cat = kL;
  cat.label = "cat";
  cat.score = 0.5;
  auto dog = kDots;
  dog.label = "dog";
  dog.score = 0.25;
  const auto output = overlay.process(make_buffer(Bytes(32, 0), 0, 100 * GST_MSECOND));
  const auto regions = regions_of(output.get());
  fail_unless_equals_uint64(regions.size(), 2);
  assert_region(regions[0], "cat", cat);
  assert_region(regions[1], "dog", dog);
  const auto message = message_of(overlay, nullptr);
  assert_description(objects_of(gst_message_get_structure(message.get()))[1], dog);

  dog = kLaterDots;
  dog.label = "dog";
  dog.score = 0.75;
  const auto next = overlay.process(make_buffer(Bytes(32, 0), 100 * GST_MSECOND, 100 * GST_MSECOND));
  assert_region(regions_of(next.get())[0], "dog", dog);
}
END_TEST

START_TEST(test_a_still_has_labels_and_scores_by_object) {
  auto picture = mask_array(1, 2, 2, 2, [](auto, auto n, auto, auto x) { return x == n; });
  picture.shape = {2, 2, 2};
  const MaskFile masks({picture, text_array("labels", {U"left", U"right"}),
                        make_array("scores", "<f8", {2}, std::vector<double>{0.125, 0.875})});
  Overlay overlay(masks.with({}, "NHW"), caps_text("GRAY8", 2, 2));
  const auto output = overlay.process(make_buffer(Bytes(8, 0), 77 * GST_SECOND));
  const auto regions = regions_of(output.get());
  fail_unless_equals_uint64(regions.size(), 2);
  assert_region(regions[0], "left", {1, "left", 0, 0.5, 2, 0, 0, 1, 2, 0.125});
  assert_region(regions[1], "right", {2, "right", 1, 0.5, 2, 1, 0, 1, 2, 0.875});
}
END_TEST

START_TEST(test_places_are_in_frame_pixels) {
  const MaskFile masks({shapes(), int64_array("object_ids", {7, 3})});
  // Three times as wide, twice as high; x = (0.25 + 0.5) * 3 - 0.5.
  Overlay overlay(masks.with({}), caps_text("GRAY8", 15, 8, "framerate=10/1"));
  const auto output = overlay.process(make_buffer(Bytes(16 * 8, 0), 0));
  const auto regions = regions_of(output.get());
  fail_unless_equals_uint64(regions.size(), 2);
  assert_region(regions[0], "sam2", {7, "", 1.75, 3, 24, 0, 0, 6, 6, NAN});
  assert_region(regions[1], "sam2", {3, "", 13, 3.5, 12, 12, 2, 3, 4, NAN});
}
END_TEST

START_TEST(test_objects_that_vanish_at_the_frames_size_are_not_told) {
  // One pixel of 64 is not sampled at half the size.
  const MaskFile masks(
      {mask_array(2, 2, 64, 64, [](auto, auto n, auto y, auto x) { return n == 0 ? x == 0 && y == 0 : x >= 32; })});
  Overlay overlay(masks.with({}), caps_text("GRAY8", 32, 32));
  const auto output = overlay.process(make_buffer(Bytes(32 * 32, 0), 0));
  const auto regions = regions_of(output.get());
  fail_unless_equals_uint64(regions.size(), 1);
  assert_region(regions[0], "sam2", {2, "", 23.5, 15.5, 512, 16, 0, 16, 32, NAN});
}
END_TEST

START_TEST(test_centroids_of_the_file_are_taken_and_scaled) {
  const auto centroids =
      make_array("centroids", "<f4", {3, 2, 2},
                 std::vector<float>{1.5F, 2.0F, 3.0F, 0.5F, 0.0F, 0.0F, 4.0F, 3.0F, 0.0F, 0.0F, 0.0F, 0.0F});
  const MaskFile masks({shapes(), int64_array("object_ids", {7, 3}), centroids});
  Overlay same(masks.with({}), caps_text("GRAY8", 5, 4, "framerate=10/1"));
  auto output = same.process(make_buffer(Bytes(32, 0), 0, 100 * GST_MSECOND));
  auto expected = kL;
  expected.x = 1.5;
  expected.y = 2;
  assert_region(regions_of(output.get())[0], "sam2", expected);
  output = same.process(make_buffer(Bytes(32, 0), 100 * GST_MSECOND, 100 * GST_MSECOND));
  expected = kLaterDots;
  expected.x = 4;
  expected.y = 3;
  assert_region(regions_of(output.get())[0], "sam2", expected);

  Overlay scaled(masks.with({}), caps_text("GRAY8", 20, 8, "framerate=10/1"));
  output = scaled.process(make_buffer(Bytes(20 * 8, 0), 0, 100 * GST_MSECOND));
  assert_region(regions_of(output.get())[0], "sam2", {7, "", 7.5, 4.5, 32, 0, 0, 8, 6, NAN});
}
END_TEST

START_TEST(test_silent_keeps_metas_and_messages) {
  const MaskFile masks({shapes(), int64_array("object_ids", {7, 3})});
  for (const auto& [width, height] : {std::pair{5, 4}, {10, 8}}) {
    Overlay overlay(masks.with({{"silent", "true"}, {"post-messages", "true"}}), caps_text("GRAY8", width, height));
    const Bytes bytes(std::size_t((width + 3) / 4 * 4 * height), 50);
    const auto output = overlay.process(make_buffer(bytes));
    fail_unless(bytes_of(output.get()) == bytes);
    fail_unless_equals_uint64(regions_of(output.get()).size(), 2);
    const auto message = message_of(overlay, nullptr);
    const auto* structure = gst_message_get_structure(message.get());
    fail_unless_equals_int(mask_index_of(structure), 0);
    fail_unless_equals_uint64(objects_of(structure).size(), 2);
    fail_unless_equals_uint64(objects_of(structure)[0].area, guint64(4 * width * height / 20));
  }
}
END_TEST

START_TEST(test_object_filter_concerns_drawing_alone) {
  const MaskFile masks({shapes(), int64_array("object_ids", {7, 3})});
  Overlay overlay(masks.with({{"objects", "3"}}), caps_text("GRAY8", 5, 4));
  fail_unless_equals_uint64(regions_of(overlay.process(make_buffer(Bytes(32, 0))).get()).size(), 2);
}
END_TEST

START_TEST(test_stats_tell_what_was_loaded_and_done) {
  const MaskFile masks({shapes()});
  Overlay overlay(masks.with({}), caps_text("GRAY8", 5, 4, "framerate=10/1"));
  for (const guint64 frame : {0, 1, 2, 3, 0}) {
    overlay.process(make_buffer(Bytes(32, 0), frame * 100 * GST_MSECOND, 100 * GST_MSECOND));
  }
  const auto stats = overlay.stats();
  fail_unless_equals_uint64(uint64_field(stats.get(), "frames-total"), 3);
  fail_unless_equals_uint64(uint64_field(stats.get(), "frames-loaded"), 3);
  fail_unless_equals_uint64(uint64_field(stats.get(), "objects"), 2);
  fail_unless_equals_uint64(uint64_field(stats.get(), "rendered"), 3);
  fail_unless_equals_uint64(uint64_field(stats.get(), "passed-through"), 2);
  fail_unless(uint64_field(stats.get(), "store-bytes") > 0);
  fail_unless(uint64_field(stats.get(), "load-time") > 0);
  fail_unless_equals_string(gst_structure_get_string(stats.get(), "axes"), "TNHW");
}
END_TEST

static Suite* metadata_suite() {
  auto* suite = suite_create("sam2overlay_metadata");
  auto* tests = tcase_create("metadata");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_message_tells_when_and_what);
  tcase_add_test(tests, test_every_frame_has_its_message_even_those_without_mask);
  tcase_add_test(tests, test_times_that_a_frame_does_not_have_are_none_in_the_message);
  tcase_add_test(tests, test_messages_are_posted_on_request_only);
  tcase_add_test(tests, test_a_bus_that_nobody_reads_does_not_grow);
  tcase_add_test(tests, test_each_object_of_the_frame_has_a_region_meta);
  tcase_add_test(tests, test_labels_and_scores_of_the_file_are_told);
  tcase_add_test(tests, test_a_still_has_labels_and_scores_by_object);
  tcase_add_test(tests, test_places_are_in_frame_pixels);
  tcase_add_test(tests, test_objects_that_vanish_at_the_frames_size_are_not_told);
  tcase_add_test(tests, test_centroids_of_the_file_are_taken_and_scaled);
  tcase_add_test(tests, test_silent_keeps_metas_and_messages);
  tcase_add_test(tests, test_object_filter_concerns_drawing_alone);
  tcase_add_test(tests, test_stats_tell_what_was_loaded_and_done);
  return suite;
}

GST_CHECK_MAIN(metadata)
