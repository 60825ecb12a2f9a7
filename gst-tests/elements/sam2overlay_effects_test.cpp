// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
// Effects as users set them: which pixels they reach, how they are negotiated, and what is refused.
#include <gst/video/video-overlay-composition.h>

#include <set>

#include "support/player.hpp"

using namespace sam2::test;

namespace {

constexpr const char* kRgbaCaps = "video/x-raw,format=RGBA,width=16,height=12,framerate=25/1";

/// Two objects, each in two columns: 4 and 5, 10 and 11. The second frame has none.
Array two_objects() {
  return mask_array(2, 2, kHeight, kWidth, [](auto t, auto n, auto, auto x) {
    return t == 0 && (n == 0 ? x == 4 || x == 5 : x == 10 || x == 11);
  });
}

/// A frame of GRAY8 whose byte i is i % 251.
GstBuffer* make_gradient(guint64 k = 0, gsize bytes = kFrameBytes) {
  Bytes pixels(bytes);
  for (std::size_t i = 0; i < bytes; ++i) pixels[i] = static_cast<guint8>(i % 251);
  return make_buffer(pixels, k * kFramePeriod, kFramePeriod);
}

/// The columns that differ from make_gradient().
std::set<std::size_t> changed_columns(const Bytes& pixels) {
  std::set<std::size_t> columns;
  for (std::size_t i = 0; i < pixels.size(); ++i) {
    if (pixels[i] != i % 251) columns.insert(i % kWidth);
  }
  return columns;
}

struct Fixture {
  explicit Fixture(const char* caps = kGrayCaps) {
    write_npz(path, {two_objects()});
    overlay.set_location(path).set("axes", "TNHW").set("draw", "0").set("effect-color", "#ffffff");
    player.emplace(overlay, caps);
  }

  Bytes show(guint64 k = 0) { return bytes_of(player->pass(make_gradient(k)).get()); }

  TemporaryDirectory directory;
  std::string path = directory.file("masks.npz");
  Overlay overlay;
  std::optional<Player> player;
};

const std::set<std::size_t> kObjects = {4, 5, 10, 11};

std::set<std::size_t> all_columns_but(const std::set<std::size_t>& columns) {
  std::set<std::size_t> others;
  for (std::size_t x = 0; x < kWidth; ++x) {
    if (!columns.contains(x)) others.insert(x);
  }
  return others;
}

}  // namespace

START_TEST(test_effects_reach_objects_or_everything_else) {
  Fixture fixture;
  fail_unless(changed_columns(fixture.show()).empty());
  fixture.overlay.set("object-effect", "color");
  fail_unless(changed_columns(fixture.show()) == kObjects);
  fixture.overlay.set("object-effect", "none").set("background-effect", "color");
  fail_unless(changed_columns(fixture.show()) == all_columns_but(kObjects));
}
END_TEST

START_TEST(test_objects_that_are_not_shown_are_background) {
  Fixture fixture;
  fixture.overlay.set("objects", "2").set("object-effect", "color");
  fail_unless((changed_columns(fixture.show()) == std::set<std::size_t>{10, 11}));
  fixture.overlay.set("object-effect", "none").set("background-effect", "color");
  fail_unless(changed_columns(fixture.show()) == all_columns_but({10, 11}));
}
END_TEST

START_TEST(test_a_frame_without_objects_is_all_background) {
  Fixture fixture;
  fixture.overlay.set("background-effect", "color");
  const auto pixels = fixture.show(1);
  fail_unless(pixels == Bytes(kFrameBytes, 255));
}
END_TEST

START_TEST(test_effects_are_below_everything_that_draw_names) {
  Fixture fixture;
  fixture.overlay.set("object-effect", "color").set("draw", "fill").set("opacity", "1").set("colors", "#000000");
  const auto pixels = fixture.show();
  for (std::size_t i = 0; i < pixels.size(); ++i) {
    fail_unless(!kObjects.contains(i % kWidth) || pixels[i] == 0, "byte %zu is %d", i, pixels[i]);
  }
}
END_TEST

START_TEST(test_silent_and_strength_0_pass_frames_through) {
  Fixture fixture;
  fixture.overlay.set("object-effect", "blur").set("background-effect", "pixelate").set("silent", "true");
  fail_unless(changed_columns(fixture.show()).empty());
  fixture.overlay.set("silent", "false").set("effect-strength", "0");
  fail_unless(changed_columns(fixture.show()).empty());
  fixture.overlay.set("effect-strength", "0.5");
  fail_unless(!changed_columns(fixture.show()).empty());
}
END_TEST

START_TEST(test_effects_are_blended_although_downstream_draws_compositions) {
  Fixture fixture;
  Overlay overlay(
      Properties{{"location", fixture.path}, {"axes", "TNHW"}, {"object-effect", "color"}, {"draw", "fill"}});
  gst_harness_add_propose_allocation_meta(overlay.harness(), GST_VIDEO_OVERLAY_COMPOSITION_META_API_TYPE, nullptr);
  const std::string feature = "video/x-raw(memory:SystemMemory,meta:GstVideoOverlayComposition)";
  const std::string caps = kGrayCaps;
  gst_harness_set_sink_caps_str(overlay.harness(), (feature + caps.substr(11) + ";" + caps).c_str());
  overlay.set_caps(caps);
  const auto drawn = overlay.process(make_gradient());
  fail_unless(gst_buffer_get_video_overlay_composition_meta(drawn.get()) == nullptr);
  fail_unless(changed_columns(bytes_of(drawn.get())) == kObjects);

  // While playing, the next frame is a composition, and the one after it is blended again.
  overlay.set("object-effect", "none");
  const auto composed = overlay.process(make_gradient());
  fail_unless(gst_buffer_get_video_overlay_composition_meta(composed.get()) != nullptr);
  fail_unless(changed_columns(bytes_of(composed.get())).empty());
  overlay.set("background-effect", "color");
  const auto again = overlay.process(make_gradient());
  fail_unless(gst_buffer_get_video_overlay_composition_meta(again.get()) == nullptr);
  fail_unless(!changed_columns(bytes_of(again.get())).empty());
}
END_TEST

START_TEST(test_transparent_cuts_objects_out_of_frames_with_alpha) {
  Fixture fixture(kRgbaCaps);
  fixture.overlay.set("background-effect", "transparent");
  const Bytes opaque(4 * kFrameBytes, 255);
  const auto pixels = bytes_of(fixture.player->pass(make_buffer(opaque, 0, kFramePeriod)).get());
  for (std::size_t i = 0; i < pixels.size(); ++i) {
    const bool is_hidden = i % 4 == 3 && !kObjects.contains(i / 4 % kWidth);
    fail_unless_equals_int(pixels[i], is_hidden ? 0 : 255);
  }
}
END_TEST

START_TEST(test_transparent_without_alpha_ends_the_stream_and_names_the_caps) {
  Fixture fixture;
  fixture.overlay.set("object-effect", "transparent");
  fail_unless_equals_int(gst_harness_push(fixture.player->harness(), make_gradient()), GST_FLOW_ERROR);
  const auto reports = fixture.overlay.reports();
  fail_unless_equals_int(int(reports.size()), 1);
  fail_unless(reports[0].domain == GST_RESOURCE_ERROR && reports[0].code == GST_RESOURCE_ERROR_SETTINGS);
  for (const auto* const part : {"object-effect=transparent", "GRAY8", "video/x-raw,format=RGBA"}) {
    fail_unless(reports[0].text.find(part) != std::string::npos, "%s", reports[0].text.c_str());
  }
}
END_TEST

START_TEST(test_a_wrong_colour_keeps_the_last_one) {
  Fixture fixture;
  fixture.overlay.set("object-effect", "color").set("effect-color", "red");
  const auto pixels = fixture.show();
  fail_unless_equals_int(pixels[4], 255);
  const auto reports = fixture.overlay.reports();
  fail_unless_equals_int(int(reports.size()), 1);
  fail_unless(reports[0].text.find("effect-color is \"red\", expected #RRGGBB") != std::string::npos, "%s",
              reports[0].text.c_str());
}
END_TEST

static Suite* effects_suite() {
  auto* const suite = suite_create("effects");
  auto* const tests = tcase_create("effects");
  tcase_add_test(tests, test_effects_reach_objects_or_everything_else);
  tcase_add_test(tests, test_objects_that_are_not_shown_are_background);
  tcase_add_test(tests, test_a_frame_without_objects_is_all_background);
  tcase_add_test(tests, test_effects_are_below_everything_that_draw_names);
  tcase_add_test(tests, test_silent_and_strength_0_pass_frames_through);
  tcase_add_test(tests, test_effects_are_blended_although_downstream_draws_compositions);
  tcase_add_test(tests, test_transparent_cuts_objects_out_of_frames_with_alpha);
  tcase_add_test(tests, test_transparent_without_alpha_ends_the_stream_and_names_the_caps);
  tcase_add_test(tests, test_a_wrong_colour_keeps_the_last_one);
  suite_add_tcase(suite, tests);
  return suite;
}

GST_CHECK_MAIN(effects)
