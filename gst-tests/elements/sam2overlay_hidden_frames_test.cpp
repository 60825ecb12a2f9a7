// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
// What frames are that are hidden in place of others, and what else goes on with missing=hide and missing=error.
#include <map>

#include "gate.hpp"

using namespace sam2::test;

START_TEST(test_hidden_frames_keep_times_flags_and_metas_but_no_memory) {
  Gate gate("hide");
  gate.overlay.set("post-messages", "true");
  gate.begin();
  auto* const buffer = make_wrong(gint(kWidth));
  auto* const crop = gst_buffer_add_video_crop_meta(buffer);
  crop->width = crop->height = 2;
  const BufferPtr parent(make_clear(0));
  gst_buffer_add_parent_buffer_meta(buffer, parent.get());
  gst_buffer_add_video_region_of_interest_meta(buffer, "face", 1, 2, 3, 4);
  GST_BUFFER_FLAG_SET(buffer, GST_BUFFER_FLAG_DISCONT);
  const BufferPtr original(gst_buffer_ref(buffer));
  const auto hidden = gate.player->pass(buffer);
  fail_unless(bytes_of(hidden.get()) == Bytes(kFrameBytes, kHidden));
  fail_unless_equals_uint64(GST_BUFFER_PTS(hidden.get()), GST_BUFFER_PTS(original.get()));
  fail_unless_equals_uint64(GST_BUFFER_DURATION(hidden.get()), GST_BUFFER_DURATION(original.get()));
  fail_unless(GST_BUFFER_FLAG_IS_SET(hidden.get(), GST_BUFFER_FLAG_DISCONT));
  fail_unless_equals_int(int(regions_of(hidden.get()).size()), 1);
  fail_unless(gst_buffer_get_video_meta(hidden.get()) == nullptr);
  fail_unless(gst_buffer_get_video_crop_meta(hidden.get()) == nullptr);
  fail_unless(gst_buffer_get_parent_buffer_meta(hidden.get()) == nullptr);
  fail_unless_equals_int(gate.overlay.count_frame_messages(), 1);
}
END_TEST

START_TEST(test_who_writes_on_a_hidden_frame_does_not_write_on_the_next) {
  Gate gate("hide");
  gate.begin();
  for (int i = 0; i < 3; ++i) {
    const auto hidden = gate.player->pass(make_clear(0));
    fail_unless(bytes_of(hidden.get()) == Bytes(kFrameBytes, kHidden));
    GstMapInfo map;
    fail_unless(gst_buffer_map(hidden.get(), &map, GST_MAP_WRITE));
    std::fill_n(map.data, map.size, guint8{1});
    gst_buffer_unmap(hidden.get(), &map);
  }
}
END_TEST

START_TEST(test_masks_are_blended_although_downstream_draws_compositions) {
  const TemporaryDirectory directory;
  Overlay overlay(Properties{{"location", column_file(directory)},
                             {"axes", "TNHW"},
                             {"missing", "hide"},
                             {"draw", "fill"},
                             {"opacity", "1"},
                             {"colors", "#ffffff"},
                             {"attach-meta", "false"}});
  gst_harness_add_propose_allocation_meta(overlay.harness(), GST_VIDEO_OVERLAY_COMPOSITION_META_API_TYPE, nullptr);
  const std::string feature = "video/x-raw(memory:SystemMemory,meta:GstVideoOverlayComposition)";
  const std::string caps = kGrayCaps;
  gst_harness_set_sink_caps_str(overlay.harness(), (feature + caps.substr(11) + ";" + caps).c_str());
  overlay.set_caps(caps);
  const auto shown = [&] { return overlay.process(make_clear(0)); };
  fail_unless(bytes_of(shown().get()) == masked(0));
  // From the next frame on, and back.
  overlay.set("missing", "show");
  fail_unless(gst_buffer_get_video_overlay_composition_meta(shown().get()) != nullptr);
  overlay.set("missing", "hide");
  const auto again = shown();
  fail_unless(gst_buffer_get_video_overlay_composition_meta(again.get()) == nullptr);
  fail_unless(bytes_of(again.get()) == masked(0));
}
END_TEST

START_TEST(test_frames_outside_system_memory_end_the_stream) {
  const std::string fields = ",format=GRAY8,width=16,height=12,framerate=25/1";
  const auto composed = "video/x-raw(memory:Elsewhere,meta:GstVideoOverlayComposition)" + fields;
  for (const auto* const mode : kModes) {
    Overlay overlay(Properties{{"missing", mode}});
    gst_harness_add_propose_allocation_meta(overlay.harness(), GST_VIDEO_OVERLAY_COMPOSITION_META_API_TYPE, nullptr);
    gst_harness_set_sink_caps_str(overlay.harness(), composed.c_str());
    overlay.set_caps("video/x-raw(memory:Elsewhere)" + fields);
    fail_unless_equals_int(gst_harness_push(overlay.harness(), make_clear(0)), GST_FLOW_ERROR);
    fail_unless(gst_harness_try_pull(overlay.harness()) == nullptr);
    const auto reports = overlay.reports(GST_MESSAGE_ERROR);
    fail_unless(reports.size() == 1 && reports[0].says("gldownload"));
  }
}
END_TEST

START_TEST(test_a_gap_event_passes_and_brings_no_frame) {
  Gate gate("hide");
  gate.begin();
  gst_harness_push_event(gate.player->harness(), gst_event_new_gap(0, kFramePeriod));
  fail_unless(gst_harness_try_pull(gate.player->harness()) == nullptr);
  gate.stop(1, "set location");
}
END_TEST

START_TEST(test_a_prerolled_frame_is_hidden) {
  auto* const pipeline = gst_parse_launch(
      "videotestsrc pattern=white num-buffers=3 ! video/x-raw,format=GRAY8,width=16,height=12 ! "
      "sam2overlay missing=hide ! fakesink name=sink enable-last-sample=true",
      nullptr);
  fail_unless(gst_element_set_state(pipeline, GST_STATE_PAUSED) != GST_STATE_CHANGE_FAILURE);
  fail_unless_equals_int(gst_element_get_state(pipeline, nullptr, nullptr, 20 * GST_SECOND), GST_STATE_CHANGE_SUCCESS);
  auto* const sink = gst_bin_get_by_name(GST_BIN(pipeline), "sink");
  GstSample* sample = nullptr;
  g_object_get(sink, "last-sample", &sample, nullptr);
  fail_unless(sample != nullptr && bytes_of(gst_sample_get_buffer(sample)) == Bytes(kFrameBytes, 0));
  gst_sample_unref(sample);
  gst_object_unref(sink);
  gst_element_set_state(pipeline, GST_STATE_NULL);
  gst_object_unref(pipeline);
}
END_TEST

/// Pixels of the frame as GStreamer unpacks them, with their counts.
static std::map<std::vector<guint32>, int> unpacked_pixels(GstBuffer* buffer, GstVideoInfo* info, bool& is_argb) {
  std::map<std::vector<guint32>, int> pixels;
  const auto* const format = info->finfo;
  const auto* const unpacked = gst_video_format_get_info(format->unpack_format);
  is_argb = GST_VIDEO_FORMAT_INFO_IS_RGB(unpacked);
  const bool is_wide = unpacked->bits > 8;
  GstVideoFrame frame;
  fail_unless(gst_video_frame_map(&frame, info, buffer, GST_MAP_READ), "%s", format->name);
  const auto width = static_cast<std::size_t>(info->width);
  std::vector<guint16> line(4 * (width + 64));
  for (int y = 0; y < info->height; ++y) {
    format->unpack_func(format, GST_VIDEO_PACK_FLAG_NONE, line.data(), frame.data, frame.info.stride, 0, y,
                        info->width);
    for (std::size_t x = 0; x < width; ++x) {
      std::vector<guint32> pixel;
      for (std::size_t i = 4 * x; i < 4 * x + 4; ++i) {
        const auto sample = is_wide ? line[i] : reinterpret_cast<const guint8*>(line.data())[i];
        pixel.push_back(is_wide ? guint32(sample) >> 8 : guint32(sample));
      }
      ++pixels[pixel];
    }
  }
  gst_video_frame_unmap(&frame);
  return pixels;
}

START_TEST(test_every_format_is_hidden_in_one_colour) {
  // BT.601, limited range, and full range for gray: computed by hand.
  const std::vector<guint32> red_yuv{255, 81, 90, 240};
  const std::vector<guint32> red_gray{255, 76, 128, 128};
  for (const auto& format : drawn_formats()) {
    const auto caps = caps_text(format, 34, 18, "framerate=30/1");
    auto info = video_info(caps);
    Overlay overlay(Properties{{"missing", "hide"}, {"effect-color", "#ff0000"}}, caps);
    const auto hidden = overlay.process(make_buffer(noise(info.size, 1)));
    bool is_argb = false;
    const auto pixels = unpacked_pixels(hidden.get(), &info, is_argb);
    fail_unless(pixels.size() == 1, "%s: %zu colours", format.c_str(), pixels.size());
    const auto& pixel = pixels.begin()->first;
    const auto& yuv = GST_VIDEO_INFO_IS_GRAY(&info) ? red_gray : red_yuv;
    const auto expected = is_argb ? std::vector<guint32>{255, 255, 0, 0} : yuv;
    // GStreamer unpacks the highest of four levels of alpha as 192.
    fail_unless(!GST_VIDEO_INFO_HAS_ALPHA(&info) || pixel[0] == 255 || pixel[0] == 192, "%s: alpha is %u",
                format.c_str(), pixel[0]);
    for (std::size_t i = 1; i < expected.size(); ++i) {
      const auto difference = std::abs(int(pixel[i]) - int(expected[i]));
      fail_unless(difference <= 1, "%s: sample %zu is %u", format.c_str(), i, pixel[i]);
    }
  }
}
END_TEST

static Suite* sam2overlay_hidden_frames_suite() {
  auto* const suite = suite_create("sam2overlay_hidden_frames");
  auto* const tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_hidden_frames_keep_times_flags_and_metas_but_no_memory);
  tcase_add_test(tests, test_who_writes_on_a_hidden_frame_does_not_write_on_the_next);
  tcase_add_test(tests, test_masks_are_blended_although_downstream_draws_compositions);
  tcase_add_test(tests, test_frames_outside_system_memory_end_the_stream);
  tcase_add_test(tests, test_a_gap_event_passes_and_brings_no_frame);
  tcase_add_test(tests, test_a_prerolled_frame_is_hidden);
  tcase_add_test(tests, test_every_format_is_hidden_in_one_colour);
  return suite;
}

GST_CHECK_MAIN(sam2overlay_hidden_frames);
