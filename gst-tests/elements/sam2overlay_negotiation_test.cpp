// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include <set>

#include "support/gst_check.hpp"
#include "support/player.hpp"
#include "support/program.hpp"

using namespace sam2::test;

namespace {

/// Names of all raw formats that the GStreamer that runs knows.
std::vector<std::string> raw_formats() {
  guint count = 0;
  const auto* const formats = gst_video_formats_raw(&count);
  std::vector<std::string> names;
  for (guint i = 0; i < count; ++i) names.emplace_back(gst_video_format_to_string(formats[i]));
  return names;
}

bool accepts(GstPad* pad, const char* caps) {
  return gst_pad_query_accept_caps(pad, caps_of(caps).get()) != FALSE;
}

Owned<GstPad> pad_of(const Overlay& overlay, const char* name) {
  return Owned<GstPad>(gst_element_get_static_pad(overlay.element(), name));
}

/// One row of values that a pattern frame has after the element, where the frame before it was all 0x40.
void assert_pattern(GstBuffer* buffer, const GstVideoInfo& info, guint8 inside) {
  GstVideoFrame frame;
  fail_unless(gst_video_frame_map(&frame, &info, buffer, GST_MAP_READ));
  const auto width = static_cast<std::size_t>(GST_VIDEO_FRAME_WIDTH(&frame));
  const auto height = static_cast<std::size_t>(GST_VIDEO_FRAME_HEIGHT(&frame));
  const auto* const first = static_cast<const guint8*>(GST_VIDEO_FRAME_COMP_DATA(&frame, 0));
  for (std::size_t y = 0; y < height; ++y) {
    for (std::size_t x = 0; x < width; ++x) {
      const auto mask_x = (2 * x + 1) * kWidth / (2 * width);
      const auto mask_y = (2 * y + 1) * kHeight / (2 * height);
      const int expected = in_pattern(mask_y, mask_x) ? inside : 0x40;
      const int found = first[y * static_cast<std::size_t>(GST_VIDEO_FRAME_COMP_STRIDE(&frame, 0)) +
                              x * static_cast<std::size_t>(GST_VIDEO_FRAME_COMP_PSTRIDE(&frame, 0))];
      fail_unless(found == expected, "%s %zux%zu: pixel (%zu, %zu) is %d instead of %d", GST_VIDEO_INFO_NAME(&info),
                  width, height, x, y, found, expected);
    }
  }
  gst_video_frame_unmap(&frame);
}

}  // namespace

START_TEST(test_both_templates_begin_with_the_formats_that_are_drawn_in_system_memory) {
  const Overlay overlay;
  for (const auto* const name : {"sink", "src"}) {
    const CapsPtr caps(
        gst_pad_template_get_caps(gst_element_class_get_pad_template(GST_ELEMENT_GET_CLASS(overlay.element()), name)));
    fail_unless(
        gst_caps_features_is_equal(gst_caps_get_features(caps.get(), 0), GST_CAPS_FEATURES_MEMORY_SYSTEM_MEMORY));
    const auto* const structure = gst_caps_get_structure(caps.get(), 0);
    fail_unless(gst_structure_has_name(structure, "video/x-raw"));
    const auto* const list = gst_structure_get_value(structure, "format");
    std::set<std::string> formats;
    for (guint i = 0; i < gst_value_list_get_size(list); ++i) {
      formats.insert(g_value_get_string(gst_value_list_get_value(list, i)));
    }
    fail_unless_equals_uint64(formats.size(), gst_value_list_get_size(list));
    const auto expected = raw_formats();
    fail_unless(formats == std::set<std::string>(expected.begin(), expected.end()));
    const auto every_size =
        caps_of("video/x-raw,width=[1,2147483647],height=[1,2147483647],framerate=[0/1,2147483647/1]");
    fail_unless(gst_caps_can_intersect(caps.get(), every_size.get()));
    for (const auto* const field : {"width", "height", "framerate"}) {
      const auto* const range = gst_structure_get_value(gst_caps_get_structure(every_size.get(), 0), field);
      fail_unless(gst_value_compare(gst_structure_get_value(structure, field), range) == GST_VALUE_EQUAL, "%s", field);
    }
  }
}
END_TEST

START_TEST(test_each_format_and_odd_size_is_accepted) {
  Overlay overlay;
  overlay.go(GST_STATE_PAUSED);
  const auto sink = pad_of(overlay, "sink");
  for (const auto& format : raw_formats()) {
    for (const auto* const size : {"width=1,height=1", "width=385,height=289", "width=40000,height=2"}) {
      const auto caps = std::string("video/x-raw,format=") + format + "," + size + ",framerate=25/1";
      fail_unless(accepts(sink.get(), caps.c_str()), "%s", caps.c_str());
    }
  }
}
END_TEST

START_TEST(test_other_memory_formats_and_media_are_refused) {
  Overlay overlay;
  overlay.go(GST_STATE_PAUSED);
  for (const auto* const pad : {"sink", "src"}) {
    for (const auto* const caps :
         {"video/x-raw(memory:DMABuf),format=NV12,width=64,height=48,framerate=25/1",
          "video/x-raw(memory:GLMemory),format=RGBA,width=64,height=48,framerate=25/1",
          "video/x-raw(meta:GstVideoOverlayComposition),format=I420,width=64,height=48,framerate=25/1",
          "video/x-raw(memory:SystemMemory,meta:GstVideoOverlayComposition),format=I420,width=64,height=48",
          "video/x-raw(format:Interlaced),format=I420,width=64,height=48,framerate=25/1,interlace-mode=alternate",
          "video/x-raw,format=NO_SUCH_FORMAT,width=64,height=48", "audio/x-raw,format=S16LE", "image/jpeg"}) {
      fail_unless(!accepts(pad_of(overlay, pad).get(), caps), "%s accepts %s", pad, caps);
    }
  }
}
END_TEST

START_TEST(test_a_neighbour_that_takes_anything_does_not_make_other_memory_drawable) {
  Overlay overlay;
  const Player player(overlay);
  const auto sink = pad_of(overlay, "sink");
  for (const auto* const caps : {"video/x-raw(memory:DMABuf),format=NV12,width=64,height=48,framerate=25/1",
                                 "video/x-raw(memory:GLMemory),format=RGBA,width=64,height=48,framerate=25/1"}) {
    fail_unless(!accepts(sink.get(), caps), "%s is accepted", caps);
  }
  // Unless it says that it draws compositions.
  gst_harness_add_propose_allocation_meta(player.harness(), GST_VIDEO_OVERLAY_COMPOSITION_META_API_TYPE, nullptr);
  fail_unless(accepts(sink.get(), "video/x-raw(memory:DMABuf),format=NV12,width=64,height=48,framerate=25/1"));
  // Fields have half the lines.
  for (const auto* const features : {"format:Interlaced", "format:Interlaced,meta:GstVideoOverlayComposition"}) {
    const auto caps = std::string("video/x-raw(") + features +
                      "),format=I420,width=64,height=48,framerate=25/1,"
                      "interlace-mode=alternate";
    fail_unless(!accepts(sink.get(), caps.c_str()), "%s is accepted", caps.c_str());
  }
}
END_TEST

START_TEST(test_neighbours_with_other_memory_can_be_linked_in_any_order) {
  const auto caps =
      caps_of("video/x-raw(memory:Elsewhere,meta:GstVideoOverlayComposition),format=NV12,width=64,height=48");
  for (const bool sink_is_first : {false, true}) {
    const Overlay overlay;
    const auto make = [&](GstPadDirection direction) {
      auto* const templ = gst_pad_template_new("pad", direction, GST_PAD_ALWAYS, caps.get());
      auto* const pad = gst_pad_new_from_template(templ, nullptr);
      gst_object_unref(templ);
      return Owned<GstPad>(GST_PAD(gst_object_ref_sink(pad)));
    };
    const auto source = make(GST_PAD_SRC);
    const auto sink = make(GST_PAD_SINK);
    const auto overlay_sink = pad_of(overlay, "sink");
    const auto overlay_source = pad_of(overlay, "src");
    for (const bool sink_now : {sink_is_first, !sink_is_first}) {
      const auto linked =
          sink_now ? gst_pad_link(overlay_source.get(), sink.get()) : gst_pad_link(source.get(), overlay_sink.get());
      fail_unless(linked == GST_PAD_LINK_OK, "%s cannot be linked", sink_now ? "sink" : "source");
    }
  }
}
END_TEST

START_TEST(test_interlacing_multiview_and_colorimetry_pass_unchanged) {
  for (const auto* const fields :
       {"interlace-mode=interleaved,field-order=top-field-first", "interlace-mode=mixed", "multiview-mode=side-by-side",
        "colorimetry=bt2020", "chroma-site=mpeg2", "pixel-aspect-ratio=16/11"}) {
    const auto caps =
        caps_of((std::string("video/x-raw,format=I420,width=64,height=48,framerate=25/1,") + fields).c_str());
    Overlay overlay;
    const Player player(overlay, "video/x-raw,format=GRAY8,width=16,height=12,framerate=25/1");
    gst_harness_set_src_caps(player.harness(), gst_caps_copy(caps.get()));
    const CapsPtr output(gst_pad_get_current_caps(pad_of(overlay, "src").get()));
    fail_unless(gst_caps_is_equal(output.get(), caps.get()), "%s", fields);
  }
}
END_TEST

START_TEST(test_without_a_frame_rate_buffers_are_counted_with_one_warning) {
  for (const auto* const caps :
       {"video/x-raw,format=GRAY8,width=16,height=12", "video/x-raw,format=GRAY8,width=16,height=12,framerate=0/1"}) {
    PlainFixture fixture(column_masks(), "TNHW");
    Player player(fixture.overlay, caps);
    // The times say something else, and are not believed.
    for (std::size_t k = 0; k < kWidth; ++k) fail_unless(player.show(3 * k) == column_frame(k));
    assert_report(only_warning(fixture.overlay), GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_SETTINGS, "framerate");
  }
}
END_TEST

START_TEST(test_without_a_frame_rate_in_the_caps_the_property_decides) {
  PlainFixture fixture(column_masks(), "TNHW");
  fixture.overlay.set("framerate", "25/1");
  Player player(fixture.overlay, "video/x-raw,format=GRAY8,width=16,height=12");
  for (const std::size_t k : {5, 2, 15, 0}) fail_unless(player.show(k) == column_frame(k));
  assert_no_reports(fixture.overlay);
}
END_TEST

START_TEST(test_caps_that_change_in_the_middle_rescale_the_masks) {
  struct Step {
    const char* format;
    int width;
    int height;
    guint8 white;
  };
  PlainFixture fixture(still_array(kHeight, kWidth, in_pattern), "NHW");
  const Player player(fixture.overlay);
  guint64 k = 0;
  for (const auto& [format, width, height, white] :
       {Step{"GRAY8", 64, 48, 255}, Step{"GRAY8", 640, 480, 255}, Step{"GRAY8", 8, 8, 255}, Step{"RGB", 20, 16, 255},
        Step{"I420", 20, 16, 235}, Step{"I420", 7, 3, 235}, Step{"GRAY8", 1, 1, 255}, Step{"BGRx", 33, 31, 255},
        Step{"YUY2", 64, 48, 235}, Step{"GRAY8", 16, 12, 255}}) {
    GstVideoInfo info;
    gst_video_info_set_format(&info, gst_video_format_from_string(format), static_cast<guint>(width),
                              static_cast<guint>(height));
    info.fps_n = 25;
    gst_harness_set_src_caps(player.harness(), gst_video_info_to_caps(&info));
    const auto result = BufferPtr(gst_harness_push_and_pull(player.harness(), make_frame(k++, info.size, 0x40)));
    assert_pattern(result.get(), info, white);
  }
  assert_no_reports(fixture.overlay);
}
END_TEST

START_TEST(test_the_first_buffer_of_new_caps_is_drawn_by_these_caps) {
  // Only frame 1 has a mask: it is the first that is drawn on, and its caps have never been used before.
  PlainFixture fixture(
      mask_array(2, 1, kHeight, kWidth, [](auto t, auto, auto y, auto x) { return t == 1 && in_pattern(y, x); }),
      "TNHW");
  Player player(fixture.overlay);
  fail_unless(player.show(0) == Bytes(kFrameBytes, 0));
  GstVideoInfo info;
  gst_video_info_set_format(&info, GST_VIDEO_FORMAT_GRAY8, 64, 48);
  info.fps_n = 25;
  gst_harness_set_src_caps(player.harness(), gst_video_info_to_caps(&info));
  const auto result = player.pass(make_frame(1, info.size, 0x40));
  assert_pattern(result.get(), info, 255);
}
END_TEST

START_TEST(test_a_change_of_the_frame_rate_alone_keeps_playing) {
  PlainFixture fixture(column_masks(), "TNHW");
  Player player(fixture.overlay);
  fail_unless(player.show(4) == column_frame(4));
  // The masks' rate is that of the caps: at half of it, 160 ms is frame 2.
  gst_harness_set_src_caps_str(player.harness(), "video/x-raw,format=GRAY8,width=16,height=12,framerate=25/2");
  fail_unless(player.show(4) == column_frame(2));
}
END_TEST

START_TEST(test_limits_of_both_neighbours_are_proxied) {
  Overlay overlay;
  auto* harness = gst_harness_new_with_element(overlay.element(), "sink", "src");
  gst_harness_set_caps_str(
      harness, "video/x-raw,format=NV12,width=64,height=48,framerate=25/1",
      "video/x-raw,format={NV12,NO_SUCH_FORMAT,BGRA},width=[16,64],height=[1,99],framerate=[1/1,30/1],"
      "pixel-aspect-ratio=1/1,colorimetry={bt601,bt709}");
  const CapsPtr caps(gst_pad_query_caps(pad_of(overlay, "sink").get(), nullptr));
  const auto expected = caps_of(
      "video/x-raw,format={NV12,BGRA},width=[16,64],height=[1,99],framerate=[1/1,30/1],"
      "pixel-aspect-ratio=1/1,colorimetry={bt601,bt709}");
  auto* text = gst_caps_to_string(caps.get());
  fail_unless(gst_caps_is_subset(caps.get(), expected.get()) && gst_caps_is_subset(expected.get(), caps.get()), "%s",
              text);
  g_free(text);
  const auto filter = caps_of("video/x-raw,format={I420,BGRA}");
  const CapsPtr filtered(gst_pad_query_caps(pad_of(overlay, "sink").get(), filter.get()));
  fail_unless_equals_string(gst_structure_get_string(gst_caps_get_structure(filtered.get(), 0), "format"), "BGRA");
  gst_harness_teardown(harness);
}
END_TEST

START_TEST(test_upstream_picks_the_format_that_downstream_needs) {
  PlainFixture fixture(column_masks(), "TNHW");
  const auto result = launch("sam2overlay axes=TNHW location=" + fixture.path +
                             " ! capsfilter caps=video/x-raw,format=I420 ! videoconvert ! sam2overlay ! capsfilter "
                             "caps=video/x-raw,format=NV12 ! fakesink");
  fail_unless(result.exit_code == 0, "%s", result.errors.c_str());
}
END_TEST

START_TEST(test_an_allocation_query_right_after_caps_is_answered_by_downstream) {
  PlainFixture fixture(column_masks(), "TNHW");
  Player player(fixture.overlay);
  auto* harness = player.harness();
  gst_harness_add_propose_allocation_meta(harness, GST_VIDEO_META_API_TYPE, nullptr);
  const auto caps = caps_of(kGrayCaps);
  auto* query = gst_query_new_allocation(caps.get(), TRUE);
  fail_unless(gst_pad_peer_query(harness->srcpad, query));
  fail_unless(gst_query_find_allocation_meta(query, GST_VIDEO_META_API_TYPE, nullptr));
  gst_query_unref(query);
  player.show(0);
  const CapsPtr output(gst_pad_get_current_caps(harness->sinkpad));
  fail_unless(gst_caps_is_equal(output.get(), caps.get()));
}
END_TEST

static Suite* sam2overlay_negotiation_suite() {
  auto* suite = suite_create("sam2overlay_negotiation");
  auto* tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_both_templates_begin_with_the_formats_that_are_drawn_in_system_memory);
  tcase_add_test(tests, test_each_format_and_odd_size_is_accepted);
  tcase_add_test(tests, test_other_memory_formats_and_media_are_refused);
  tcase_add_test(tests, test_a_neighbour_that_takes_anything_does_not_make_other_memory_drawable);
  tcase_add_test(tests, test_neighbours_with_other_memory_can_be_linked_in_any_order);
  tcase_add_test(tests, test_interlacing_multiview_and_colorimetry_pass_unchanged);
  tcase_add_test(tests, test_without_a_frame_rate_buffers_are_counted_with_one_warning);
  tcase_add_test(tests, test_without_a_frame_rate_in_the_caps_the_property_decides);
  tcase_add_test(tests, test_caps_that_change_in_the_middle_rescale_the_masks);
  tcase_add_test(tests, test_the_first_buffer_of_new_caps_is_drawn_by_these_caps);
  tcase_add_test(tests, test_a_change_of_the_frame_rate_alone_keeps_playing);
  tcase_add_test(tests, test_limits_of_both_neighbours_are_proxied);
  tcase_add_test(tests, test_upstream_picks_the_format_that_downstream_needs);
  tcase_add_test(tests, test_an_allocation_query_right_after_caps_is_answered_by_downstream);
  return suite;
}

GST_CHECK_MAIN(sam2overlay_negotiation);
