// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
// Masks of other sizes, shapes and orientations than the frames: properties, tags, messages.
#include "support/overlay.hpp"
#include "support/pipeline.hpp"

using namespace sam2::test;

namespace {

const std::vector<std::pair<std::string, std::string>> kPlain = {
    {"draw", "fill"}, {"opacity", "1"}, {"colors", "#ffffff"}, {"attach-meta", "false"}};

Properties plain(const MaskFile& file, Properties more = {}) {
  more.insert(more.begin(), kPlain.begin(), kPlain.end());
  return file.with(std::move(more));
}

Array pattern_masks(std::size_t height, std::size_t width) {
  return mask_array(2, 1, height, width, [](auto, auto, auto y, auto x) { return in_pattern(y, x); });
}

/// A GRAY8 frame in rows without padding.
struct Picture {
  int width = 0;
  int height = 0;
  Bytes pixels;

  friend bool operator==(const Picture&, const Picture&) = default;
};

Picture picture_of(GstSample* sample) {
  GstVideoInfo info;
  fail_unless(gst_video_info_from_caps(&info, gst_sample_get_caps(sample)));
  GstVideoFrame frame;
  fail_unless(gst_video_frame_map(&frame, &info, gst_sample_get_buffer(sample), GST_MAP_READ));
  Picture picture{info.width, info.height, {}};
  for (int y = 0; y < info.height; ++y) {
    const auto* row = static_cast<const std::uint8_t*>(frame.data[0]) + y * frame.info.stride[0];
    picture.pixels.insert(picture.pixels.end(), row, row + info.width);
  }
  gst_video_frame_unmap(&frame);
  return picture;
}

/// One frame of `width` x `height` after `elements`, which end in an appsink.
Picture shot(const std::string& elements, int width, int height) {
  const auto pipeline =
      parse_pipeline("videotestsrc num-buffers=1 pattern=black ! " + caps_text("GRAY8", width, height) + " ! " +
                     elements + " ! appsink name=out sync=false");
  const Owned<GstElement> out(gst_bin_get_by_name(GST_BIN(pipeline.get()), "out"));
  gst_element_set_state(pipeline.get(), GST_STATE_PLAYING);
  GstSample* pulled = nullptr;
  g_signal_emit_by_name(out.get(), "pull-sample", &pulled);
  const Owned<GstSample> sample(pulled);
  fail_unless(sample != nullptr, "%s", elements.c_str());
  const auto picture = picture_of(sample.get());
  gst_element_set_state(pipeline.get(), GST_STATE_NULL);
  return picture;
}

std::string overlay_text(const MaskFile& file, const std::string& more = "") {
  return "sam2overlay location=" + file.path() + " axes=TNHW draw=fill opacity=1 colors=#ffffff attach-meta=false " +
         more;
}

GstEvent* tag_event(const char* orientation, GstTagScope scope) {
  auto* tags = gst_tag_list_new(GST_TAG_IMAGE_ORIENTATION, orientation, nullptr);
  gst_tag_list_set_scope(tags, scope);
  return gst_event_new_tag(tags);
}

/// What one grey frame becomes.
Bytes show(Overlay& overlay, int width, int height) {
  const auto info = video_info(caps_text("GRAY8", width, height));
  return overlay.process(Bytes(info.size, 0));
}

const std::vector<std::string> kMethods = {"identity", "90r", "180", "90l", "horiz", "vert", "ul-lr", "ur-ll"};
const std::vector<const char*> kTags = {"rotate-0",      "rotate-90",       "rotate-180",      "rotate-270",
                                        "flip-rotate-0", "flip-rotate-180", "flip-rotate-270", "flip-rotate-90"};

}  // namespace

START_TEST(test_each_orientation_is_the_one_that_videoflip_undoes) {
  // 12 x 8 upright, whatever the stored frame's size is.
  const MaskFile masks({pattern_masks(8, 12)});
  for (std::size_t i = 0; i < kMethods.size(); ++i) {
    const bool quarter =
        kMethods[i] == "90r" || kMethods[i] == "90l" || kMethods[i] == "ul-lr" || kMethods[i] == "ur-ll";
    const int width = quarter ? 24 : 36;
    const int height = quarter ? 36 : 24;
    const auto flip = "videoflip video-direction=" + kMethods[i];
    const auto upright = shot(flip + " ! " + overlay_text(masks), width, height);
    const auto turned = shot(overlay_text(masks, "orientation=" + kMethods[i]) + " ! " + flip, width, height);
    fail_unless(upright == turned, "%s", kMethods[i].c_str());
    // The same by the tag.
    const auto tagged = std::string("taginject tags=\"image-orientation=") + kTags[i] + "\" ! ";
    fail_unless(shot(tagged + overlay_text(masks) + " ! " + flip, width, height) == upright, "%s", kTags[i]);
  }
}
END_TEST

START_TEST(test_a_quarter_turn_is_only_taken_where_the_mask_has_the_transposed_shape) {
  const MaskFile masks({pattern_masks(6, 8)});
  for (const char* const tag : {"rotate-90", "flip-rotate-90"}) {
    Overlay overlay(plain(masks), caps_text("GRAY8", 8, 6));
    const auto untagged = show(overlay, 8, 6);
    overlay.send(tag_event(tag, GST_TAG_SCOPE_STREAM));
    fail_unless(show(overlay, 8, 6) == untagged, "%s", tag);
    fail_unless(overlay.texts(GST_MESSAGE_WARNING).empty());
  }
}
END_TEST

START_TEST(test_the_streams_own_tag_rules_over_the_files_and_ends_with_the_stream) {
  const MaskFile masks({pattern_masks(6, 8)});
  Overlay overlay(plain(masks), caps_text("GRAY8", 8, 6));
  const auto plain_frame = show(overlay, 8, 6);
  overlay.set("orientation", "180");
  const auto half_turn = show(overlay, 8, 6);
  overlay.set("orientation", "horiz");
  const auto mirrored = show(overlay, 8, 6);
  overlay.set("orientation", "auto");
  fail_unless(plain_frame != half_turn && half_turn != mirrored);

  overlay.send(tag_event("rotate-180", GST_TAG_SCOPE_STREAM));
  fail_unless(show(overlay, 8, 6) == half_turn);
  overlay.send(tag_event("flip-rotate-0", GST_TAG_SCOPE_GLOBAL));
  fail_unless(show(overlay, 8, 6) == half_turn);
  // A tag list about something else says nothing about the orientation.
  overlay.send(gst_event_new_tag(gst_tag_list_new(GST_TAG_TITLE, "title", nullptr)));
  fail_unless(show(overlay, 8, 6) == half_turn);
  overlay.send(gst_event_new_stream_start("another"));
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  overlay.set_caps(caps_text("GRAY8", 8, 6));
  overlay.send(gst_event_new_segment(&segment));
  fail_unless(show(overlay, 8, 6) == plain_frame);
  overlay.send(tag_event("flip-rotate-0", GST_TAG_SCOPE_GLOBAL));
  fail_unless(show(overlay, 8, 6) == mirrored);
}
END_TEST

START_TEST(test_contain_leaves_bars_and_cover_cuts_on_pixels_as_displayed) {
  const auto full = [](std::size_t height, std::size_t width) {
    return mask_array(2, 1, height, width, [](auto, auto, auto, auto x) { return x > 0; });
  };
  // 16 x 8 pixels of 2:1 are 32 x 8 as displayed: a square is a quarter as wide, at pixels 6 to 9, less the first.
  const MaskFile square({full(4, 4)});
  Overlay overlay(plain(square, {{"fit", "contain"}}),
                  caps_text("GRAY8", 16, 8, "framerate=30/1,pixel-aspect-ratio=2/1"));
  const auto contained = show(overlay, 16, 8);
  for (std::size_t i = 0; i < contained.size(); ++i) {
    fail_unless_equals_int(contained[i], i % 16 >= 7 && i % 16 < 10 ? 255 : 0);
  }
  // Covering, all of it is as wide as the frame, and the first column is four pixels.
  overlay.set("fit", "cover");
  const auto covered = show(overlay, 16, 8);
  for (std::size_t i = 0; i < covered.size(); ++i) fail_unless_equals_int(covered[i], i % 16 >= 4 ? 255 : 0);
  fail_unless(overlay.texts(GST_MESSAGE_WARNING).empty());
}
END_TEST

START_TEST(test_a_frame_inside_a_crop_meta_is_what_masks_are_fitted_to) {
  // 16:9 in the 12 x 12 window of a larger buffer: rows 2 to 8 (6.75 of them, by their centres).
  const auto array = mask_array(2, 1, 9, 16, [](auto, auto, auto, auto) { return true; });
  const MaskFile masks({array});
  Overlay overlay(plain(masks, {{"fit", "contain"}}), caps_text("GRAY8", 12, 12));
  auto* const buffer = make_buffer(Bytes(20 * 16, 0));
  gst_buffer_add_video_meta(buffer, GST_VIDEO_FRAME_FLAG_NONE, GST_VIDEO_FORMAT_GRAY8, 20, 16);
  auto* const crop = gst_buffer_add_video_crop_meta(buffer);
  crop->x = 5;
  crop->y = 3;
  crop->width = 12;
  crop->height = 12;
  const auto got = bytes_of(overlay.process(buffer).get());
  for (std::size_t i = 0; i < got.size(); ++i) {
    const auto x = i % 20;
    const auto y = i / 20;
    const bool inside = x >= 5 && x < 17 && y >= 3 + 3 && y < 3 + 9;
    fail_unless(got[i] == (inside ? 255 : 0), "%zu, %zu: %d", x, y, got[i]);
  }
}
END_TEST

START_TEST(test_fit_error_takes_masks_of_the_frames_size_and_no_others) {
  const MaskFile masks({pattern_masks(6, 8)});
  for (const auto& [caps, orientation, fits] :
       {std::tuple(caps_text("GRAY8", 8, 6), "auto", true), std::tuple(caps_text("GRAY8", 6, 8), "90r", true),
        std::tuple(caps_text("GRAY8", 6, 8), "auto", false), std::tuple(caps_text("GRAY8", 16, 12), "auto", false)}) {
    Overlay overlay(plain(masks, {{"fit", "error"}, {"orientation", orientation}}), caps);
    for (int i = 0; i < 3; ++i) {
      const auto flow = gst_harness_push(overlay.harness(), make_buffer(Bytes(video_info(caps).size, 0)));
      fail_unless_equals_int(flow, fits ? GST_FLOW_OK : GST_FLOW_ERROR);
    }
    const auto errors = overlay.messages(GST_MESSAGE_ERROR);
    fail_unless_equals_int(int(errors.size()), fits ? 0 : 1);
    if (fits) continue;
    GError* error = nullptr;
    gst_message_parse_error(errors[0].get(), &error, nullptr);
    fail_unless(g_error_matches(error, GST_STREAM_ERROR, GST_STREAM_ERROR_FORMAT));
    fail_unless(std::string(error->message).find("8x6") != std::string::npos, "%s", error->message);
    g_error_free(error);
  }
}
END_TEST

START_TEST(test_fit_error_keeps_the_old_masks_when_new_ones_do_not_fit) {
  const MaskFile masks({pattern_masks(6, 8)});
  const MaskFile other({pattern_masks(3, 4)});
  Overlay overlay(plain(masks, {{"fit", "error"}}), caps_text("GRAY8", 8, 6));
  const auto before = show(overlay, 8, 6);
  overlay.set("location", other.path());
  for (int i = 0; i < 3; ++i) fail_unless(show(overlay, 8, 6) == before);
  fail_unless_equals_int(int(overlay.texts(GST_MESSAGE_WARNING).size()), 1);
  overlay.set("fit", "stretch");
  fail_unless(show(overlay, 8, 6) != before);
}
END_TEST

START_TEST(test_old_masks_that_are_kept_are_shown_to_their_end) {
  // Those that are refused have fewer frames.
  const MaskFile masks({mask_array(8, 1, 6, 8, [](auto t, auto, auto, auto x) { return x == t; })});
  const MaskFile other({pattern_masks(3, 4)});
  Overlay overlay(plain(masks, {{"fit", "error"}}), caps_text("GRAY8", 8, 6));
  // The file of this name is read to its end first.
  guint64 loaded = 0;
  while (loaded == 0) {
    const auto stats = overlay.stats();
    fail_unless(gst_structure_get_uint64(stats.get(), "load-time", &loaded));
  }
  (void)overlay.process(make_buffer(Bytes(48, 0)));
  overlay.set("location", other.path());
  for (const guint64 k : {0, 5, 2, 7, 1}) {
    const auto output = overlay.process(make_buffer(Bytes(48, 0), k * GST_SECOND / 30));
    Bytes expected(48, 0);
    for (std::size_t y = 0; y < 6; ++y) expected[8 * y + std::size_t(k)] = 255;
    assert_same_bytes(bytes_of(output.get()), expected, 8, "frame " + std::to_string(k));
  }
}
END_TEST

START_TEST(test_shapes_that_suggest_a_mistake_are_one_warning) {
  struct Case {
    std::size_t mask_width, mask_height;
    int width, height;
    const char* tag;
    const char* property;
    const char* value;
    const char* says;  ///< nullptr: nothing
  };
  for (const auto& [mask_width, mask_height, width, height, tag, property, value, says] : {
           Case{24, 32, 32, 24, nullptr, "fit", "stretch", "orientation=90r"},
           Case{24, 32, 32, 24, "rotate-90", "fit", "stretch", nullptr},
           Case{24, 32, 32, 24, nullptr, "orientation", "90l", nullptr},
           Case{32, 24, 32, 24, nullptr, "orientation", "90l", "orientation=identity"},
           Case{32, 32, 32, 24, "rotate-90", "fit", "stretch", "rotate-90"},
           Case{32, 18, 32, 24, nullptr, "fit", "stretch", "fit=contain"},
           Case{32, 18, 32, 24, nullptr, "fit", "contain", nullptr},
           Case{16, 12, 32, 24, nullptr, "fit", "stretch", nullptr},
           Case{16, 16, 32, 24, nullptr, "fit", "stretch", nullptr},
           Case{33, 24, 32, 24, nullptr, "fit", "stretch", nullptr},
       }) {
    const MaskFile masks({pattern_masks(mask_height, mask_width)});
    Overlay overlay(plain(masks, {{property, value}}), caps_text("GRAY8", width, height));
    if (tag != nullptr) overlay.send(tag_event(tag, GST_TAG_SCOPE_STREAM));
    for (int i = 0; i < 3; ++i) show(overlay, width, height);
    const auto warnings = overlay.texts(GST_MESSAGE_WARNING);
    const auto* const found = warnings.empty() ? "" : warnings[0].c_str();
    fail_unless(warnings.size() == (says != nullptr ? 1U : 0U), "%zux%zu on %dx%d: %zu, %s", mask_width, mask_height,
                width, height, warnings.size(), found);
    const bool turned_by_tag = says != nullptr && tag != nullptr;
    const std::string expected = says == nullptr ? "" : turned_by_tag ? "orientation=90r" : says;
    fail_unless(std::string(found).find(expected) != std::string::npos, "%s", found);
  }
}
END_TEST

START_TEST(test_one_info_line_of_the_log_states_sizes_fit_and_orientation) {
  static std::vector<std::string> lines;
  lines.clear();
  gst_debug_set_threshold_for_name("sam2overlay", GST_LEVEL_INFO);
  const auto note = [](GstDebugCategory* category, GstDebugLevel level, const gchar*, const gchar*, gint, GObject*,
                       GstDebugMessage* message, gpointer) {
    const bool ours = std::string(gst_debug_category_get_name(category)) == "sam2overlay";
    const std::string text = gst_debug_message_get(message);
    if (ours && level == GST_LEVEL_INFO && text.find("fit=") != std::string::npos) lines.push_back(text);
  };
  (gst_debug_add_log_function)(note, &lines, nullptr);
  const MaskFile masks({pattern_masks(12, 6)});
  {
    Overlay overlay(plain(masks, {{"fit", "contain"}}),
                    caps_text("GRAY8", 24, 12, "framerate=30/1,pixel-aspect-ratio=1/1"));
    overlay.send(tag_event("rotate-270", GST_TAG_SCOPE_STREAM));
    for (int i = 0; i < 3; ++i) show(overlay, 24, 12);
  }
  gst_debug_remove_log_function_by_data(&lines);
  gst_debug_unset_threshold_for_name("sam2overlay");
  fail_unless_equals_int(int(lines.size()), 1);
  for (const char* const part : {"6x12", "24x12", "1/1", "fit=contain", "orientation=90l"}) {
    fail_unless(lines[0].find(part) != std::string::npos, "no %s in: %s", part, lines[0].c_str());
  }
}
END_TEST

START_TEST(test_smooth_edges_are_interpolated_and_metadata_is_not) {
  const auto left_half = mask_array(2, 1, 1, 2, [](auto, auto, auto, auto x) { return x == 0; });
  const MaskFile masks({left_half});
  Overlay overlay(plain(masks, {{"attach-meta", "true"}, {"fit", "stretch"}}), caps_text("GRAY8", 8, 4));
  // One row of grey, and the same again; the region is the left half.
  const auto assert_row = [&](const Bytes& row) {
    const auto output = overlay.process(make_buffer(Bytes(32, 0)));
    Bytes frame;
    for (int y = 0; y < 4; ++y) frame.insert(frame.end(), row.begin(), row.end());
    fail_unless(bytes_of(output.get()) == frame);
    const auto* const meta = gst_buffer_get_video_region_of_interest_meta_id(output.get(), 1);
    fail_unless(meta != nullptr && meta->x == 0 && meta->y == 0 && meta->w == 4 && meta->h == 4);
  };
  assert_row({255, 255, 255, 255, 0, 0, 0, 0});
  overlay.set("edges", "smooth");
  assert_row({255, 255, 223, 159, 96, 32, 0, 0});
  // The contour, one pixel inside what is covered by half, is opaque.
  overlay.set("draw", "contour");
  assert_row({0, 0, 0, 255, 0, 0, 0, 0});
  overlay.set("edges", "hard");
  overlay.set("draw", "fill");
  assert_row({255, 255, 255, 255, 0, 0, 0, 0});
}
END_TEST

static Suite* sam2overlay_geometry_suite() {
  auto* const suite = suite_create("sam2overlay_geometry");
  auto* const cases = tcase_create("geometry");
  tcase_add_test(cases, test_each_orientation_is_the_one_that_videoflip_undoes);
  tcase_add_test(cases, test_a_quarter_turn_is_only_taken_where_the_mask_has_the_transposed_shape);
  tcase_add_test(cases, test_the_streams_own_tag_rules_over_the_files_and_ends_with_the_stream);
  tcase_add_test(cases, test_contain_leaves_bars_and_cover_cuts_on_pixels_as_displayed);
  tcase_add_test(cases, test_a_frame_inside_a_crop_meta_is_what_masks_are_fitted_to);
  tcase_add_test(cases, test_smooth_edges_are_interpolated_and_metadata_is_not);
  tcase_add_test(cases, test_fit_error_takes_masks_of_the_frames_size_and_no_others);
  tcase_add_test(cases, test_fit_error_keeps_the_old_masks_when_new_ones_do_not_fit);
  tcase_add_test(cases, test_old_masks_that_are_kept_are_shown_to_their_end);
  tcase_add_test(cases, test_shapes_that_suggest_a_mistake_are_one_warning);
  tcase_add_test(cases, test_one_info_line_of_the_log_states_sizes_fit_and_orientation);
  suite_add_tcase(suite, cases);
  return suite;
}

GST_CHECK_MAIN(sam2overlay_geometry);
