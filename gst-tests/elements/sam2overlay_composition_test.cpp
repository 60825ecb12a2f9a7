// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
// Masks as overlay compositions: negotiation, rectangles, and what they look like on the frame.
#include <gst/video/video-overlay-composition.h>

#include "support/overlay.hpp"
#include "support/pipeline.hpp"

using namespace sam2::test;

namespace {

constexpr const char* kComposed = "video/x-raw(memory:SystemMemory,meta:GstVideoOverlayComposition)";

/// Two objects that touch and one far away; the third frame has none of them.
Array three_objects() {
  return mask_array(3, 3, 24, 32, [](auto t, auto n, auto y, auto x) {
    if (t == 2) return false;
    if (n == 0) return x >= 2 + t && x < 12 + t && y >= 3 && y < 11;
    if (n == 1) return x >= 8 && x < 16 && y >= 6 && y < 15 && (x + y) % 3 != 0;
    return x >= 26 && x < 31 && y >= 18 && y < 22;
  });
}

const MaskFile& masks() {
  static const MaskFile file({three_objects()});
  return file;
}

std::string with_feature(const std::string& caps) {
  return kComposed + caps.substr(std::string("video/x-raw").size());
}

/// A sink that says in its caps and in the ALLOCATION query that it draws compositions.
void offer_compositions(Overlay& overlay, const std::string& caps) {
  gst_harness_add_propose_allocation_meta(overlay.harness(), GST_VIDEO_OVERLAY_COMPOSITION_META_API_TYPE, nullptr);
  gst_harness_set_sink_caps_str(overlay.harness(), (with_feature(caps) + ";" + caps).c_str());
  overlay.set_caps(caps);
}

bool output_has_feature(Overlay& overlay) {
  const Owned<GstCaps> caps(gst_pad_get_current_caps(overlay.harness()->sinkpad));
  return gst_caps_features_contains(gst_caps_get_features(caps.get(), 0),
                                    GST_CAPS_FEATURE_META_GST_VIDEO_OVERLAY_COMPOSITION) != FALSE;
}

GstVideoOverlayComposition* composition_of(GstBuffer* buffer) {
  const auto* const meta = gst_buffer_get_video_overlay_composition_meta(buffer);
  return meta != nullptr ? meta->overlay : nullptr;
}

/// The bytes of `buffer` as a sink would show them.
Bytes blended(GstBuffer* buffer, const std::string& caps) {
  const auto info = video_info(caps);
  const Owned<GstBuffer> copy(gst_buffer_copy_deep(buffer));
  GstVideoFrame frame;
  fail_unless(gst_video_frame_map(&frame, &info, copy.get(), GST_MAP_READWRITE));
  if (auto* const composition = composition_of(buffer)) gst_video_overlay_composition_blend(composition, &frame);
  gst_video_frame_unmap(&frame);
  return bytes_of(copy.get());
}

GstVideoOverlayRectangle* rectangle_at(int x, int y) {
  auto* const pixels = make_buffer(Bytes(4 * 4 * 4, 200));
  gst_buffer_add_video_meta(pixels, GST_VIDEO_FRAME_FLAG_NONE, GST_VIDEO_OVERLAY_COMPOSITION_FORMAT_RGB, 4, 4);
  auto* const rectangle = gst_video_overlay_rectangle_new_raw(pixels, x, y, 4, 4, GST_VIDEO_OVERLAY_FORMAT_FLAG_NONE);
  gst_buffer_unref(pixels);
  return rectangle;
}

/// Caps of the pad "src" of the first element of its type in a pipeline that has played to its end.
std::string negotiated(const std::string& elements) {
  const auto pipeline = parse_pipeline("videotestsrc num-buffers=2 ! " + caps_text("I420", 64, 48) + " ! " + elements);
  const Owned<GstElement> overlay(gst_bin_get_by_name(GST_BIN(pipeline.get()), "masks"));
  gst_element_set_state(pipeline.get(), GST_STATE_PLAYING);
  const Owned<GstBus> bus(gst_element_get_bus(pipeline.get()));
  const auto ends = static_cast<GstMessageType>(GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  const Owned<GstMessage> end(gst_bus_timed_pop_filtered(bus.get(), 30 * GST_SECOND, ends));
  fail_unless(end != nullptr && GST_MESSAGE_TYPE(end.get()) == GST_MESSAGE_EOS, "%s", elements.c_str());
  const Owned<GstElement> element(GST_ELEMENT(gst_object_ref(overlay.get())));
  auto* const pad = gst_element_get_static_pad(element.get(), "src");
  const Owned<GstCaps> caps(gst_pad_get_current_caps(pad));
  gst_object_unref(pad);
  auto* const text = gst_caps_to_string(caps.get());
  std::string result(text);
  g_free(text);
  gst_element_set_state(pipeline.get(), GST_STATE_NULL);
  return result;
}

bool has_feature(const std::string& caps) {
  return caps.find("meta:GstVideoOverlayComposition") != std::string::npos;
}

}  // namespace

START_TEST(test_compositions_are_for_those_who_say_that_they_draw_them) {
  const auto overlay = "sam2overlay name=masks axes=TNHW location=" + masks().path();
  for (const auto& [more, expected] :
       {std::pair(" ! fakevideosink", true), std::pair(" ! queue ! fakevideosink", true),
        std::pair(" ! identity ! fakevideosink", true), std::pair(" ! sam2overlay ! fakevideosink", true),
        std::pair(" render=composition ! fakevideosink", true), std::pair(" render=blend ! fakevideosink", false),
        std::pair(" ! fakevideosink allocation-meta-flags=0", false),
        std::pair(" ! videobalance saturation=0.5 ! fakevideosink", false), std::pair(" ! fakesink", false)}) {
    const auto caps = negotiated(overlay + more);
    fail_unless(has_feature(caps) == expected, "%s: %s", more, caps.c_str());
  }
}
END_TEST

START_TEST(test_a_composition_looks_like_the_blended_frame) {
  for (const std::string look : {"fill", "fill+contour+centroid"}) {
    for (const std::string format : {"RGB", "BGR"}) {
      const auto caps = caps_text(format, 32, 24);
      const auto frame = noise(video_info(caps).size, 11);
      Overlay blend(masks().with({{"draw", look}, {"render", "blend"}}), caps);
      Overlay compose(masks().with({{"draw", look}}));
      offer_compositions(compose, caps);
      for (int k = 0; k < 3; ++k) {
        const auto pts = GstClockTime(k) * GST_SECOND / 30;
        const auto expected = bytes_of(blend.process(make_buffer(frame, pts)).get());
        const auto output = compose.process(make_buffer(frame, pts));
        fail_unless(bytes_of(output.get()) == frame, "pixels were touched");
        const auto got = blended(output.get(), caps);
        for (std::size_t i = 0; i < got.size(); ++i) {
          // Where objects overlap, each is rounded on its own.
          const int tolerance = i / 3 % 32 >= 8 && i / 3 % 32 < 16 ? 2 : 1;
          fail_unless(std::abs(got[i] - expected[i]) <= tolerance, "%s: byte %zu is %d, not %d", format.c_str(), i,
                      got[i], expected[i]);
        }
      }
    }
  }
}
END_TEST

START_TEST(test_smooth_edges_are_composed_as_they_are_blended) {
  const auto caps = caps_text("RGB", 80, 60);
  const auto frame = noise(video_info(caps).size, 12);
  const Properties look = {{"edges", "smooth"}, {"objects", "1,3"}};
  auto blended_look = look;
  blended_look.emplace_back("render", "blend");
  Overlay blend(masks().with(blended_look), caps);
  Overlay compose(masks().with(look));
  offer_compositions(compose, caps);
  const auto expected = bytes_of(blend.process(make_buffer(frame)).get());
  fail_unless(expected != frame);
  const auto got = blended(compose.process(make_buffer(frame)).get(), caps);
  // One for the fill, and one for what the contour and the marker are drawn over.
  for (std::size_t i = 0; i < got.size(); ++i) fail_unless(std::abs(got[i] - expected[i]) <= 2, "byte %zu", i);
}
END_TEST

START_TEST(test_trails_labels_and_boxes_of_carried_masks_are_composed_as_they_are_blended) {
  // Three frames a mask, so that objects move between masks and their compositions must not stay.
  const auto caps = caps_text("RGB", 160, 120);
  const auto frame = noise(video_info(caps).size, 14);
  const MaskFile file({mask_array(3, 2, 120, 160, [](auto t, auto n, auto y, auto x) {
    return n == 0 ? x - (10 + 12 * t) < 30 && y - (40 + 6 * t) < 25 : x - (110 - 9 * t) < 20 && y - 80 < 20;
  })});
  const Properties look = {
      {"draw", "fill+contour+trail+label+box"}, {"interpolation", "motion"}, {"framerate", "10/1"}};
  auto blended_look = look;
  blended_look.emplace_back("render", "blend");
  Overlay blend(file.with(blended_look), caps);
  Overlay compose(file.with(look));
  offer_compositions(compose, caps);
  Bytes before;
  for (int k = 0; k < 9; ++k) {
    const auto pts = GstClockTime(k) * GST_SECOND / 30;
    const auto expected = bytes_of(blend.process(make_buffer(frame, pts)).get());
    fail_unless(k >= 7 || expected != before, "frame %d is as the one before", k);
    before = expected;
    const auto output = compose.process(make_buffer(frame, pts));
    fail_unless(bytes_of(output.get()) == frame, "pixels were touched");
    const auto got = blended(output.get(), caps);
    // Each of fill, trail and the edges of letters is rounded on its own.
    for (std::size_t i = 0; i < got.size(); ++i) {
      fail_unless(std::abs(got[i] - expected[i]) <= 3, "frame %d: byte %zu is %d, not %d", k, i, got[i], expected[i]);
    }
  }
}
END_TEST

START_TEST(test_frames_of_every_depth_carry_the_same_composition) {
  const auto pixels_on = [](const std::string& format) {
    const auto caps = caps_text(format, 32, 24);
    const auto frame = noise(video_info(caps).size, 13);
    Overlay overlay(masks().with({}));
    offer_compositions(overlay, caps);
    const auto output = overlay.process(make_buffer(frame));
    fail_unless(bytes_of(output.get()) == frame, "%s was touched", format.c_str());
    auto* const composition = composition_of(output.get());
    fail_unless(composition != nullptr, "%s has none", format.c_str());
    Bytes pixels;
    for (guint i = 0; i < gst_video_overlay_composition_n_rectangles(composition); ++i) {
      auto* const rectangle = gst_video_overlay_composition_get_rectangle(composition, i);
      const auto part =
          bytes_of(gst_video_overlay_rectangle_get_pixels_unscaled_raw(rectangle, GST_VIDEO_OVERLAY_FORMAT_FLAG_NONE));
      pixels.insert(pixels.end(), part.begin(), part.end());
    }
    return pixels;
  };
  const auto expected = pixels_on("BGRx");
  fail_unless(!expected.empty());
  for (const char* const format : {"NV12", "I420_10LE", "P010_10LE", "Y444_10LE", "RGBA64_LE"}) {
    fail_unless(pixels_on(format) == expected, "%s", format);
  }
}
END_TEST

START_TEST(test_rectangles_are_cropped_to_groups_of_objects) {
  const auto caps = caps_text("BGRx", 32, 24);
  Overlay overlay(masks().with({{"draw", "fill"}}));
  offer_compositions(overlay, caps);
  const Bytes frame(video_info(caps).size, 0);
  const auto output = overlay.process(make_buffer(frame));
  fail_unless(output_has_feature(overlay));
  auto* const composition = composition_of(output.get());
  fail_unless(composition != nullptr);
  fail_unless_equals_int(int(gst_video_overlay_composition_n_rectangles(composition)), 2);
  gint x = 0;
  gint y = 0;
  guint width = 0;
  guint height = 0;
  gst_video_overlay_rectangle_get_render_rectangle(gst_video_overlay_composition_get_rectangle(composition, 0), &x, &y,
                                                   &width, &height);
  fail_unless(x == 2 && y == 3 && width == 14 && height == 12, "%d,%d %ux%u", x, y, width, height);
  gst_video_overlay_rectangle_get_render_rectangle(gst_video_overlay_composition_get_rectangle(composition, 1), &x, &y,
                                                   &width, &height);
  fail_unless(x == 26 && y == 18 && width == 5 && height == 4, "%d,%d %ux%u", x, y, width, height);
  const auto without = overlay.process(make_buffer(frame, 2 * GST_SECOND / 30));
  fail_unless(composition_of(without.get()) == nullptr);
}
END_TEST

START_TEST(test_a_mask_that_stays_keeps_its_composition) {
  const auto caps = caps_text("BGRx", 32, 24);
  Overlay overlay(masks().with({{"draw", "fill"}, {"framerate", "10/1"}}));
  offer_compositions(overlay, caps);
  const Bytes frame(video_info(caps).size, 0);
  const auto seqnum = [&](int k) {
    const auto output = overlay.process(make_buffer(frame, GstClockTime(k) * GST_SECOND / 30));
    return gst_video_overlay_composition_get_seqnum(composition_of(output.get()));
  };
  // Three frames a mask.
  const auto first = seqnum(0);
  fail_unless(seqnum(1) == first && seqnum(2) == first);
  const auto second = seqnum(3);
  fail_unless(second != first && seqnum(4) == second);
  overlay.set("opacity", "0.9");
  fail_unless(seqnum(5) != second);
}
END_TEST

START_TEST(test_upstreams_rectangles_stay_below_ours) {
  for (const char* const render : {"auto", "blend"}) {
    const auto caps = caps_text("BGRx", 32, 24);
    Overlay overlay(masks().with({{"draw", "fill"}, {"render", render}}));
    offer_compositions(overlay, caps);
    overlay.set_caps(with_feature(caps));
    for (int k = 0; k < 2; ++k) {
      auto* const buffer = make_buffer(Bytes(video_info(caps).size, 0));
      auto* const theirs = rectangle_at(1, 1);
      const auto their_number = gst_video_overlay_rectangle_get_seqnum(theirs);
      auto* const before = gst_video_overlay_composition_new(theirs);
      gst_buffer_add_video_overlay_composition_meta(buffer, before);
      gst_video_overlay_composition_unref(before);
      gst_video_overlay_rectangle_unref(theirs);
      const auto output = overlay.process(buffer);
      fail_unless_equals_int(int(gst_buffer_get_n_meta(output.get(), GST_VIDEO_OVERLAY_COMPOSITION_META_API_TYPE)), 1);
      auto* const after = composition_of(output.get());
      fail_unless_equals_int(int(gst_video_overlay_composition_n_rectangles(after)), 3);
      fail_unless(gst_video_overlay_rectangle_get_seqnum(gst_video_overlay_composition_get_rectangle(after, 0)) ==
                  their_number);
    }
  }
}
END_TEST

START_TEST(test_nothing_is_drawn_below_upstreams_rectangles) {
  // Nobody downstream answers the ALLOCATION query, but upstream has rectangles all the same.
  const auto caps = caps_text("BGRx", 32, 24);
  for (const char* const render : {"auto", "blend", "composition"}) {
    Overlay overlay(masks().with({{"render", render}}), with_feature(caps));
    auto* const buffer = make_buffer(Bytes(video_info(caps).size, 7));
    auto* const theirs = rectangle_at(1, 1);
    auto* const before = gst_video_overlay_composition_new(theirs);
    gst_buffer_add_video_overlay_composition_meta(buffer, before);
    gst_video_overlay_composition_unref(before);
    gst_video_overlay_rectangle_unref(theirs);
    const auto output = overlay.process(buffer);
    fail_unless(bytes_of(output.get()) == Bytes(video_info(caps).size, 7), "%s: drawn below", render);
    fail_unless_equals_int(int(gst_video_overlay_composition_n_rectangles(composition_of(output.get()))), 3);
    fail_unless(overlay.texts(GST_MESSAGE_WARNING).empty(), "%s", render);
  }
}
END_TEST

START_TEST(test_blend_draws_into_pixels_also_where_only_frames_with_the_feature_are_taken) {
  const auto caps = caps_text("BGRx", 32, 24);
  Overlay overlay(masks().with({{"render", "blend"}}));
  gst_harness_add_propose_allocation_meta(overlay.harness(), GST_VIDEO_OVERLAY_COMPOSITION_META_API_TYPE, nullptr);
  gst_harness_set_sink_caps_str(overlay.harness(), with_feature(caps).c_str());
  overlay.set_caps(caps);
  const auto output = overlay.process(make_buffer(Bytes(video_info(caps).size, 7)));
  fail_unless(composition_of(output.get()) == nullptr);
  fail_unless(bytes_of(output.get()) != Bytes(video_info(caps).size, 7));
}
END_TEST

START_TEST(test_composition_falls_back_to_blending_with_one_warning) {
  const auto caps = caps_text("GRAY8", 32, 24);
  const Bytes frame(video_info(caps).size, 0);
  Overlay blend(masks().with({{"draw", "fill"}}), caps);
  Overlay overlay(masks().with({{"draw", "fill"}, {"render", "composition"}}), caps);
  for (int i = 0; i < 5; ++i) {
    gst_harness_push_upstream_event(overlay.harness(), gst_event_new_reconfigure());
    fail_unless(overlay.process(frame) == blend.process(frame));
  }
  fail_unless_equals_int(int(overlay.texts(GST_MESSAGE_WARNING).size()), 1);
  fail_unless(blend.texts(GST_MESSAGE_WARNING).empty());
}
END_TEST

START_TEST(test_render_may_change_while_playing) {
  const auto caps = caps_text("BGRx", 32, 24);
  Overlay overlay(masks().with({{"draw", "fill"}}));
  offer_compositions(overlay, caps);
  const Bytes frame(video_info(caps).size, 0);
  for (const auto& [render, composed] : {std::pair("auto", true), std::pair("blend", false),
                                         std::pair("composition", true), std::pair("blend", false)}) {
    overlay.set("render", render);
    const auto output = overlay.process(make_buffer(frame));
    fail_unless((composition_of(output.get()) != nullptr) == composed, "%s", render);
    fail_unless((bytes_of(output.get()) == frame) == composed, "%s", render);
    fail_unless(output_has_feature(overlay) == composed, "%s", render);
  }
}
END_TEST

START_TEST(test_memory_that_is_not_mapped_is_taken_where_its_compositions_are_drawn) {
  const std::string fields = ",format=P016_LE,width=32,height=24,framerate=30/1";
  const auto plain = "video/x-raw(memory:Elsewhere)" + fields;
  const auto composed = "video/x-raw(memory:Elsewhere,meta:GstVideoOverlayComposition)" + fields;
  Overlay overlay(masks().with({{"draw", "fill"}}));
  gst_harness_add_propose_allocation_meta(overlay.harness(), GST_VIDEO_OVERLAY_COMPOSITION_META_API_TYPE, nullptr);
  gst_harness_set_sink_caps_str(overlay.harness(), composed.c_str());
  overlay.set_caps(plain);
  auto* const buffer = make_buffer(Bytes(1, 7));
  const auto output = overlay.process(buffer);
  fail_unless(bytes_of(output.get()) == Bytes(1, 7));
  fail_unless(composition_of(output.get()) != nullptr);
  fail_unless(overlay.texts(GST_MESSAGE_WARNING).empty());

  Overlay refusing(masks().with({{"draw", "fill"}}));
  gst_harness_set_sink_caps_str(refusing.harness(), plain.c_str());
  const Owned<GstCaps> caps(gst_caps_from_string(plain.c_str()));
  fail_unless(!gst_pad_peer_query_accept_caps(refusing.harness()->srcpad, caps.get()));
}
END_TEST

START_TEST(test_a_frame_that_others_hold_gets_its_composition_on_the_same_memory) {
  const auto caps = caps_text("BGRx", 32, 24);
  Overlay overlay(masks().with({{"draw", "fill"}}));
  offer_compositions(overlay, caps);
  const Owned<GstBuffer> mine(make_buffer(Bytes(video_info(caps).size, 0)));
  const auto output = overlay.process(gst_buffer_ref(mine.get()));
  fail_unless(output.get() != mine.get() && composition_of(output.get()) != nullptr);
  fail_unless(composition_of(mine.get()) == nullptr);
  fail_unless(gst_buffer_peek_memory(output.get(), 0) == gst_buffer_peek_memory(mine.get(), 0));
}
END_TEST

static Suite* sam2overlay_composition_suite() {
  auto* const suite = suite_create("sam2overlay_composition");
  auto* const cases = tcase_create("composition");
  tcase_add_test(cases, test_compositions_are_for_those_who_say_that_they_draw_them);
  tcase_add_test(cases, test_a_composition_looks_like_the_blended_frame);
  tcase_add_test(cases, test_smooth_edges_are_composed_as_they_are_blended);
  tcase_add_test(cases, test_trails_labels_and_boxes_of_carried_masks_are_composed_as_they_are_blended);
  tcase_add_test(cases, test_frames_of_every_depth_carry_the_same_composition);
  tcase_add_test(cases, test_rectangles_are_cropped_to_groups_of_objects);
  tcase_add_test(cases, test_a_mask_that_stays_keeps_its_composition);
  tcase_add_test(cases, test_upstreams_rectangles_stay_below_ours);
  tcase_add_test(cases, test_nothing_is_drawn_below_upstreams_rectangles);
  tcase_add_test(cases, test_blend_draws_into_pixels_also_where_only_frames_with_the_feature_are_taken);
  tcase_add_test(cases, test_composition_falls_back_to_blending_with_one_warning);
  tcase_add_test(cases, test_render_may_change_while_playing);
  tcase_add_test(cases, test_memory_that_is_not_mapped_is_taken_where_its_compositions_are_drawn);
  tcase_add_test(cases, test_a_frame_that_others_hold_gets_its_composition_on_the_same_memory);
  suite_add_tcase(suite, cases);
  return suite;
}

GST_CHECK_MAIN(sam2overlay_composition);
