// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include <gst/controller/controller.h>

#include <set>

#include "support/gst_check.hpp"
#include "support/properties.hpp"

using namespace sam2::test;

namespace {

constexpr const char* kRgbCaps = "video/x-raw,format=RGB,width=16,height=12,framerate=25/1";

/// Two objects that move with time: a square of 8 frame pixels and a small one. The masks are smaller than the frame
/// and not quite of its shape, so that it matters how they are fitted and scaled.
Array moving_masks() {
  return mask_array(6, 2, 10, 14, [](auto t, auto n, auto y, auto x) {
    return n == 0 ? x >= t && x < t + 7 && y >= 1 && y < 8 : x == 13 && y == t;
  });
}

/// All that can be noticed of a frame.
struct Notice {
  Bytes pixels;
  guint metas = 0;
  int messages = 0;

  friend bool operator==(const Notice&, const Notice&) = default;
};

Notice notice(Overlay& overlay, Player& player, guint64 k) {
  const auto buffer = player.pass(make_frame(k, 3 * kFrameBytes, 0x40));
  return {bytes_of(buffer.get()), gst_buffer_get_n_meta(buffer.get(), GST_VIDEO_REGION_OF_INTEREST_META_API_TYPE),
          overlay.count_frame_messages()};
}

/// A property that is set while playing, and the frame where it shows.
struct Change {
  const char* property;
  const char* text;
  guint64 frame;
};

constexpr Change kChanges[] = {
    {"timing", "buffers", 3},
    {"framerate", "50/1", 2},
    {"ts-offset", "40000000", 3},
    {"time-origin", "first-frame", 3},
    {"max-hold", "1", 3},
    {"at-end", "hold", 20},
    {"at-end", "loop", 20},
    {"interpolation", "motion", 4},
    {"draw", "fill", 3},
    {"draw", "centroid+contour", 3},
    {"object-effect", "dim", 3},
    {"object-effect", "color", 3},
    {"background-effect", "dim", 3},
    {"background-effect", "color", 3},
    {"effect-strength", "0.9", 3},
    {"effect-color", "#0000ff", 3},
    {"margin", "2", 3},
    {"margin", "-2", 3},
    {"opacity", "0.7", 3},
    {"palette", "sam2", 3},
    {"colors", "#123456,#654321", 3},
    {"line-width", "2", 3},
    {"trail-length", "1", 3},
    {"objects", "2", 3},
    {"objects", "", 3},
    {"zones", "gate:0.5,0 0.5,1", 3},
    {"silent", "true", 3},
    {"attach-meta", "false", 3},
    {"post-messages", "true", 3},
    {"fit", "contain", 3},
    {"fit", "cover", 3},
    {"edges", "smooth", 3},
    {"orientation", "180", 3},
    {"orientation", "ul-lr", 3},
    {"location", "", 3},
};

/// Counts warnings and errors of the log, GStreamer's own included.
class LogWatch {
 public:
  LogWatch() {
    gst_debug_set_default_threshold(GST_LEVEL_WARNING);
    // In parentheses, since the macro of this name compares pointers in a way that C++ forbids.
    (gst_debug_add_log_function)(count, this, nullptr);
  }
  LogWatch(const LogWatch&) = delete;
  LogWatch& operator=(const LogWatch&) = delete;
  ~LogWatch() { gst_debug_remove_log_function_by_data(this); }

  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  static void count(GstDebugCategory*, GstDebugLevel level, const gchar*, const gchar*, gint, GObject*,
                    GstDebugMessage* message, gpointer self) {
    if (level <= GST_LEVEL_WARNING) {
      static_cast<LogWatch*>(self)->text_ += std::string(gst_debug_message_get(message)) + "\n";
    }
  }

  std::string text_;
};

}  // namespace

START_TEST(test_each_live_property_takes_effect_at_the_next_frame_and_back) {
  const TemporaryDirectory directory;
  const auto path = directory.file("masks.npz");
  write_npz(path, {moving_masks()});
  for (const auto& [property, text, frame] : kChanges) {
    Overlay overlay;
    overlay.set_location(path).set("axes", "TNHW");
    if (std::string_view(property) == "trail-length") overlay.set("draw", "trail");
    if (std::string_view(property) == "zones") overlay.set("draw", "zone");
    if (std::string_view(property) == "effect-strength") overlay.set("object-effect", "dim");
    if (std::string_view(property) == "effect-color") overlay.set("object-effect", "color");
    // There are frames between the masks then.
    if (std::string_view(property) == "interpolation") overlay.set("framerate", "10/1");
    Player player(overlay, kRgbCaps);
    // The first frame of a stream is an origin, and the number of a buffer its mask; neither may be that of `frame`.
    notice(overlay, player, 1);
    const auto before = notice(overlay, player, frame);
    const auto initial = overlay.get(property);
    overlay.set(property, text);
    const auto after = notice(overlay, player, frame);
    fail_unless(after != before, "%s=%s changes nothing", property, text);
    overlay.set(property, initial == "(null)" ? nullptr : initial.c_str());
    fail_unless(notice(overlay, player, frame) == before, "%s=%s is not undone", property, text);
    assert_no_reports(overlay);
  }
}
END_TEST

START_TEST(test_the_table_above_has_every_live_property) {
  const Overlay overlay;
  std::set<std::string> tried;
  for (const auto& change : kChanges) tried.insert(change.property);
  tried.insert("render");   // needs a sink that draws; tried where compositions are
  tried.insert("bridge");   // needs an object that goes away; tried in sam2overlay_reach_test
  tried.insert("missing");  // posts warnings; tried in sam2overlay_missing_test
  for (const auto& values : values_of_all_properties({}, {})) {
    const auto* const pspec = g_object_class_find_property(G_OBJECT_GET_CLASS(overlay.element()), values.property);
    const bool is_live = (pspec->flags & GST_PARAM_MUTABLE_PLAYING) != 0;
    fail_unless(tried.count(values.property) == (is_live ? 1 : 0), "%s", values.property);
  }
}
END_TEST

START_TEST(test_a_property_of_loading_counts_from_the_next_location_on) {
  const TemporaryDirectory directory;
  const auto path = directory.file("masks.npz");
  const auto copy = directory.file("copy.npz");
  std::vector<float> grades;
  for (std::size_t t = 0; t < 2; ++t) {
    for (std::size_t i = 0; i < 2 * kFrameBytes; ++i) grades.push_back(static_cast<float>(i % 10) / 10);
  }
  auto rows = row_masks();
  rows.name = "rows";
  for (const auto& file : {path, copy}) {
    write_npz(file, {make_array("masks", "<f4", {2, 2, kHeight, kWidth}, grades), rows});
  }
  for (const auto& [property, text] : std::initializer_list<std::pair<const char*, const char*>>{
           {"array", "rows"}, {"axes", "NTHW"}, {"values", "logits"}, {"threshold", "0.8"}}) {
    Overlay overlay;
    overlay.set_location(path).set("axes", "TNHW").set_plain_look();
    Player player(overlay);
    const auto shown = [&] {
      const auto stats = overlay.stats();
      return std::pair(player.show(0), std::string(gst_structure_get_string(stats.get(), "axes")));
    };
    const auto before = shown();
    overlay.set(property, text);
    fail_unless(shown() == before, "%s", property);
    overlay.set_location(copy);
    fail_unless(shown() != before, "%s", property);
    assert_no_reports(overlay);
  }
  Overlay overlay;
  overlay.set_location(path).set("axes", "TNHW");
  Player player(overlay);
  overlay.set("max-memory", "1");
  assert_no_reports(overlay);
  overlay.set_location(copy);
  assert_report(only_warning(overlay), GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NO_SPACE_LEFT, "max-memory");
}
END_TEST

START_TEST(test_opacity_follows_a_control_source_exactly_even_after_a_seek) {
  const TemporaryDirectory directory;
  const auto path = directory.file("still.npz");
  write_npz(path, {still_array(kHeight, kWidth, [](auto, auto) { return true; })});
  Overlay overlay;
  overlay.set_location(path).set("axes", "NHW").set_plain_look();
  auto* source = gst_interpolation_control_source_new();
  g_object_set(source, "mode", GST_INTERPOLATION_MODE_LINEAR, nullptr);
  auto* curve = GST_TIMED_VALUE_CONTROL_SOURCE(source);
  gst_timed_value_control_source_set(curve, 0, 0.0);
  gst_timed_value_control_source_set(curve, 100 * kFramePeriod, 1.0);
  fail_unless(gst_object_add_control_binding(
      GST_OBJECT(overlay.element()),
      gst_direct_control_binding_new_absolute(GST_OBJECT(overlay.element()), "opacity", source)));
  gst_object_unref(source);

  Player player(overlay);
  // A seek backwards, as far as the element is concerned, is a frame with an earlier time.
  for (const guint64 k : {0, 1, 2, 3, 50, 77, 99, 100, 10, 11}) {
    const auto frame = player.show(k);
    double opacity = -1;
    g_object_get(overlay.element(), "opacity", &opacity, nullptr);
    fail_unless(std::abs(opacity - static_cast<double>(k) / 100) < 1e-12, "opacity %.17g", opacity);
    const auto white = static_cast<std::uint8_t>(std::lround(255 * static_cast<double>(k) / 100));
    fail_unless(frame == Bytes(kFrameBytes, white), "frame %d", static_cast<int>(k));
  }
}
END_TEST

START_TEST(test_each_controllable_property_follows_its_control_source_without_a_warning) {
  const TemporaryDirectory directory;
  const auto path = directory.file("masks.npz");
  write_npz(path, {column_masks()});
  for (const char* const property : {"ts-offset", "object-effect", "background-effect", "effect-strength", "opacity",
                                     "palette", "line-width", "silent"}) {
    LogWatch log;
    Overlay overlay;
    overlay.set_location(path).set("axes", "TNHW");
    auto* source = gst_interpolation_control_source_new();
    g_object_set(source, "mode", GST_INTERPOLATION_MODE_LINEAR, nullptr);
    gst_timed_value_control_source_set(GST_TIMED_VALUE_CONTROL_SOURCE(source), 0, 0.0);
    gst_timed_value_control_source_set(GST_TIMED_VALUE_CONTROL_SOURCE(source), 100 * kFramePeriod, 1.0);
    auto* object = GST_OBJECT(overlay.element());
    fail_unless(gst_object_add_control_binding(object, gst_direct_control_binding_new(object, property, source)));
    gst_object_unref(source);
    Player player(overlay);
    std::set<std::string> seen;
    for (guint64 k = 0; k < 100; ++k) {
      player.show(k);
      seen.insert(overlay.get(property));
    }
    fail_unless(seen.size() >= 2, "%s stayed %s", property, seen.begin()->c_str());
    fail_unless(log.text().empty(), "%s: %s", property, log.text().c_str());
    assert_no_reports(overlay);
  }
}
END_TEST

static Suite* sam2overlay_live_properties_suite() {
  auto* suite = suite_create("sam2overlay_live_properties");
  auto* tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_each_live_property_takes_effect_at_the_next_frame_and_back);
  tcase_add_test(tests, test_the_table_above_has_every_live_property);
  tcase_add_test(tests, test_a_property_of_loading_counts_from_the_next_location_on);
  tcase_add_test(tests, test_opacity_follows_a_control_source_exactly_even_after_a_seek);
  tcase_add_test(tests, test_each_controllable_property_follows_its_control_source_without_a_warning);
  return suite;
}

GST_CHECK_MAIN(sam2overlay_live_properties);
