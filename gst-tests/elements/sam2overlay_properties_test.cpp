// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include <map>
#include <set>

#include "support/gst_check.hpp"
#include "support/properties.hpp"

using namespace sam2::test;

namespace {

enum class Access { Live, LiveControllable, AtLoad, ReadOnly };

/// The interface that applications rely on.
struct Expected {
  const char* name;
  const char* type;
  const char* initial;
  const char* range;  ///< lowest and highest value, or the nicks
  Access access;
};

constexpr Expected kExpected[] = {
    {"location", "gchararray", "(null)", "", Access::Live},
    {"array", "gchararray", "(null)", "", Access::AtLoad},
    {"axes", "gchararray", "(null)", "", Access::AtLoad},
    {"values", "GstSam2OverlayValues", "auto", "auto binary labels logits probabilities", Access::AtLoad},
    {"threshold", "gdouble", "-1.7976931348623157e+308", "-1.79769e+308 1.79769e+308", Access::AtLoad},
    {"max-memory", "guint64", "268435456", "0 18446744073709551615", Access::AtLoad},
    {"tracking", "GstSam2OverlayTracking", "auto", "auto ids centroid", Access::AtLoad},
    {"timing", "GstSam2OverlayTiming", "auto", "auto timestamps framerate buffers", Access::Live},
    {"framerate", "GstFraction", "0/1", "0/1 2147483647/1", Access::Live},
    {"ts-offset", "gint64", "0", "-9223372036854775808 9223372036854775807", Access::LiveControllable},
    {"time-origin", "GstSam2OverlayTimeOrigin", "auto", "auto stream first-frame", Access::Live},
    {"max-hold", "guint64", "18446744073709551615", "0 18446744073709551615", Access::Live},
    {"at-end", "GstSam2OverlayAtEnd", "clear", "clear hold loop", Access::Live},
    {"interpolation", "GstSam2OverlayInterpolation", "none", "none motion", Access::Live},
    {"draw", "GstSam2OverlayDraw", "fill+contour+centroid", "fill contour centroid trail label box zone", Access::Live},
    {"object-effect", "GstSam2OverlayObjectEffect", "none",
     "none blur pixelate desaturate dim color inpaint transparent", Access::LiveControllable},
    {"background-effect", "GstSam2OverlayBackgroundEffect", "none",
     "none blur pixelate desaturate dim color transparent", Access::LiveControllable},
    {"effect-strength", "gdouble", "0.5", "0 1", Access::LiveControllable},
    {"effect-color", "gchararray", "#000000", "", Access::Live},
    {"margin", "gint", "0", "-2147483648 2147483647", Access::LiveControllable},
    {"bridge", "guint64", "0", "0 18446744073709551615", Access::Live},
    {"missing", "GstSam2OverlayMissing", "show", "show hide error", Access::Live},
    {"opacity", "gdouble", "0.5", "0 1", Access::LiveControllable},
    {"palette", "GstSam2OverlayPalette", "tab10", "tab10 sam2 tab20 golden", Access::LiveControllable},
    {"colors", "gchararray", "(null)", "", Access::Live},
    {"line-width", "guint", "0", "0 2147483647", Access::LiveControllable},
    {"trail-length", "guint64", "1000000000", "0 18446744073709551615", Access::Live},
    {"objects", "gchararray", "(null)", "", Access::Live},
    {"zones", "gchararray", "(null)", "", Access::Live},
    {"silent", "gboolean", "false", "", Access::LiveControllable},
    {"fit", "GstSam2OverlayFit", "stretch", "stretch contain cover error padded", Access::Live},
    {"edges", "GstSam2OverlayEdges", "hard", "hard smooth", Access::Live},
    {"orientation", "GstVideoOrientationMethod", "auto", "identity 90r 180 90l horiz vert ul-lr ur-ll auto custom",
     Access::Live},
    {"tracks-location", "gchararray", "(null)", "", Access::AtLoad},
    {"render", "GstSam2OverlayRender", "auto", "auto blend composition", Access::Live},
    {"attach-meta", "gboolean", "true", "", Access::Live},
    {"post-messages", "gboolean", "false", "", Access::Live},
    {"stats", "GstStructure", nullptr, "", Access::ReadOnly},
};

std::vector<GParamSpec*> own_properties(GstElement* element) {
  guint count = 0;
  auto** all = g_object_class_list_properties(G_OBJECT_GET_CLASS(element), &count);
  std::vector<GParamSpec*> own;
  std::copy_if(all, all + count, std::back_inserter(own),
               [&](const GParamSpec* pspec) { return pspec->owner_type == G_OBJECT_TYPE(element); });
  g_free(all);
  return own;
}

GParamSpec* find_property(const Overlay& overlay, const char* name) {
  auto* pspec = g_object_class_find_property(G_OBJECT_GET_CLASS(overlay.element()), name);
  fail_unless(pspec != nullptr, "no property %s", name);
  return pspec;
}

std::string range_of(const GParamSpec* pspec) {
  std::ostringstream range;
  if (G_IS_PARAM_SPEC_ENUM(pspec)) {
    const auto* const klass = G_PARAM_SPEC_ENUM(pspec)->enum_class;
    for (guint i = 0; i < klass->n_values; ++i) range << (i > 0 ? " " : "") << klass->values[i].value_nick;
  } else if (G_IS_PARAM_SPEC_FLAGS(pspec)) {
    const auto* const klass = G_PARAM_SPEC_FLAGS(pspec)->flags_class;
    for (guint i = 0; i < klass->n_values; ++i) range << (i > 0 ? " " : "") << klass->values[i].value_nick;
  } else if (G_IS_PARAM_SPEC_DOUBLE(pspec)) {
    range << G_PARAM_SPEC_DOUBLE(pspec)->minimum << ' ' << G_PARAM_SPEC_DOUBLE(pspec)->maximum;
  } else if (G_IS_PARAM_SPEC_UINT64(pspec)) {
    range << G_PARAM_SPEC_UINT64(pspec)->minimum << ' ' << G_PARAM_SPEC_UINT64(pspec)->maximum;
  } else if (G_IS_PARAM_SPEC_INT64(pspec)) {
    range << G_PARAM_SPEC_INT64(pspec)->minimum << ' ' << G_PARAM_SPEC_INT64(pspec)->maximum;
  } else if (G_IS_PARAM_SPEC_INT(pspec)) {
    range << G_PARAM_SPEC_INT(pspec)->minimum << ' ' << G_PARAM_SPEC_INT(pspec)->maximum;
  } else if (G_IS_PARAM_SPEC_UINT(pspec)) {
    range << G_PARAM_SPEC_UINT(pspec)->minimum << ' ' << G_PARAM_SPEC_UINT(pspec)->maximum;
  } else if (GST_IS_PARAM_SPEC_FRACTION(pspec)) {
    const auto* const fraction = GST_PARAM_SPEC_FRACTION(pspec);
    range << fraction->min_num << '/' << fraction->min_den << ' ' << fraction->max_num << '/' << fraction->max_den;
  }
  return range.str();
}

bool mentions(const char* text, const char* word) {
  return std::string_view(text).find(word) != std::string_view::npos;
}

struct NotifyCounter {
  explicit NotifyCounter(Overlay& overlay) : element(overlay.element()) {
    handler = g_signal_connect(element, "notify", G_CALLBACK(count), this);
  }
  NotifyCounter(const NotifyCounter&) = delete;
  NotifyCounter& operator=(const NotifyCounter&) = delete;
  ~NotifyCounter() { g_signal_handler_disconnect(element, handler); }

  static void count(GObject*, GParamSpec* pspec, NotifyCounter* self) { ++self->counts[pspec->name]; }
  std::map<std::string, int> take() { return std::exchange(counts, {}); }

  GstElement* element;
  gulong handler;
  std::map<std::string, int> counts;
};

}  // namespace

START_TEST(test_the_properties_are_those_of_the_interface_and_no_others) {
  const Overlay overlay;
  std::set<std::string> expected;
  for (const auto& property : kExpected) expected.insert(property.name);
  std::set<std::string> found;
  for (const auto* const pspec : own_properties(overlay.element())) found.insert(pspec->name);
  for (const auto& name : found) fail_unless(expected.count(name) == 1, "unexpected property %s", name.c_str());
  for (const auto& name : expected) fail_unless(found.count(name) == 1, "no property %s", name.c_str());
}
END_TEST

START_TEST(test_each_property_has_its_type_range_and_flags) {
  const Overlay overlay;
  for (const auto& expected : kExpected) {
    const auto* const pspec = find_property(overlay, expected.name);
    fail_unless_equals_string(g_type_name(pspec->value_type), expected.type);
    assert_text(range_of(pspec), expected.range);
    const bool writable = expected.access != Access::ReadOnly;
    const bool live = expected.access == Access::Live || expected.access == Access::LiveControllable;
    const auto has = [&](guint flag) { return (pspec->flags & flag) != 0; };
    fail_unless(has(G_PARAM_READABLE), "%s", expected.name);
    fail_unless(has(G_PARAM_WRITABLE) == writable, "%s", expected.name);
    fail_unless(has(GST_PARAM_MUTABLE_PLAYING) == live, "%s", expected.name);
    fail_unless(has(GST_PARAM_MUTABLE_READY) == (expected.access == Access::AtLoad), "%s", expected.name);
    fail_unless(has(GST_PARAM_CONTROLLABLE) == (expected.access == Access::LiveControllable), "%s", expected.name);
    fail_unless(!has(G_PARAM_CONSTRUCT) && !has(G_PARAM_CONSTRUCT_ONLY), "%s", expected.name);
    fail_unless((pspec->flags & G_PARAM_STATIC_STRINGS) == G_PARAM_STATIC_STRINGS, "%s", expected.name);
  }
}
END_TEST

START_TEST(test_each_default_is_that_of_the_interface_and_of_a_fresh_instance) {
  const Overlay overlay;
  for (const auto& expected : kExpected) {
    if (expected.initial == nullptr) continue;
    auto* pspec = find_property(overlay, expected.name);
    assert_text(text_of(g_param_spec_get_default_value(pspec)), expected.initial);
    GValue value = G_VALUE_INIT;
    g_object_get_property(G_OBJECT(overlay.element()), expected.name, &value);
    fail_unless(g_param_value_defaults(pspec, &value), "a fresh instance has %s=%s", expected.name,
                text_of(&value).c_str());
    g_value_unset(&value);
  }
  fail_unless(overlay.get("qos") == "false", "late frames must not be dropped by default");
}
END_TEST

START_TEST(test_each_property_is_described_and_says_when_it_is_read) {
  const Overlay overlay;
  for (auto* const pspec : own_properties(overlay.element())) {
    fail_unless(std::strlen(g_param_spec_get_nick(pspec)) > 0, "%s has no nick", pspec->name);
    const auto* const blurb = g_param_spec_get_blurb(pspec);
    fail_unless(blurb != nullptr && std::strlen(blurb) > 5, "%s has no blurb", pspec->name);
    if ((pspec->flags & G_PARAM_WRITABLE) == 0 || (pspec->flags & GST_PARAM_MUTABLE_PLAYING) != 0) continue;
    const bool says_when = mentions(blurb, "when a file is loaded") || mentions(blurb, "Opened when");
    fail_unless(says_when && mentions(blurb, "READY"), "%s: %s", pspec->name, blurb);
  }
}
END_TEST

START_TEST(test_enumerations_are_prefixed_described_and_part_of_the_plugins_interface) {
  const Overlay overlay;
  for (const auto* const pspec : own_properties(overlay.element())) {
    if (!G_IS_PARAM_SPEC_ENUM(pspec) && !G_IS_PARAM_SPEC_FLAGS(pspec)) continue;
    if (pspec->value_type == GST_TYPE_VIDEO_ORIENTATION_METHOD) continue;  // GStreamer's own
    GstPluginAPIFlags flags;
    fail_unless(gst_type_is_plugin_api(pspec->value_type, &flags), "%s", g_type_name(pspec->value_type));
    fail_unless(g_str_has_prefix(g_type_name(pspec->value_type), "GstSam2Overlay"), "%s",
                g_type_name(pspec->value_type));
    if (!G_IS_PARAM_SPEC_ENUM(pspec)) continue;
    const auto* const klass = G_PARAM_SPEC_ENUM(pspec)->enum_class;
    for (guint i = 0; i < klass->n_values; ++i) {
      const auto& value = klass->values[i];
      fail_unless(std::strlen(value.value_name) > std::strlen(value.value_nick), "%s of %s is not described",
                  value.value_nick, pspec->name);
    }
  }
}
END_TEST

START_TEST(test_each_property_returns_what_was_set) {
  Overlay overlay;
  std::set<std::string> tried;
  for (const auto& [name, first, second] : values_of_all_properties("a.npz", "b \xC3\xA9.npz")) {
    tried.insert(name);
    for (const auto& text : {first, second, first}) {
      overlay.set(name, text.c_str());
      // Texts that stand for numbers have several spellings; those of texts may not change at all.
      GValue expected = G_VALUE_INIT;
      g_value_init(&expected, find_property(overlay, name)->value_type);
      fail_unless(gst_value_deserialize(&expected, text.c_str()));
      assert_text(overlay.get(name), text_of(&expected));
      g_value_unset(&expected);
    }
  }
  for (const auto& property : kExpected) {
    fail_unless(property.access == Access::ReadOnly || tried.count(property.name) == 1, "%s was not tried",
                property.name);
  }
}
END_TEST

START_TEST(test_texts_may_be_null_and_empty_and_any_bytes) {
  Overlay overlay;
  for (const auto* const name :
       {"location", "array", "axes", "effect-color", "colors", "objects", "zones", "tracks-location"}) {
    for (const auto* const text : {"", "x", static_cast<const char*>(nullptr), "\xFF\xFE/%d", ""}) {
      g_object_set(overlay.element(), name, text, nullptr);
      gchar* found = nullptr;
      g_object_get(overlay.element(), name, &found, nullptr);
      fail_unless(g_strcmp0(found, text) == 0, "%s", name);
      g_free(found);
    }
  }
  // Nothing runs yet that would be told.
  assert_no_reports(overlay);
}
END_TEST

START_TEST(test_limits_of_numbers_can_be_set) {
  Overlay overlay;
  for (const auto& property : kExpected) {
    const std::string range = property.range;
    const auto blank = range.find(' ');
    if (blank == std::string::npos || std::isalpha(range[0]) != 0) continue;
    // Doubles are printed with six digits.
    if (std::string(property.name) == "threshold") continue;
    for (const auto& text : {range.substr(0, blank), range.substr(blank + 1), std::string(property.initial)}) {
      overlay.set(property.name, text.c_str());
      assert_text(overlay.get(property.name), text);
    }
  }
  for (const double threshold : {-G_MAXDOUBLE, 0.0, G_MAXDOUBLE}) {
    g_object_set(overlay.element(), "threshold", threshold, nullptr);
    double found = 1;
    g_object_get(overlay.element(), "threshold", &found, nullptr);
    fail_unless(found == threshold);
  }
}
END_TEST

START_TEST(test_a_change_notifies_once_and_the_same_value_never) {
  Overlay overlay;
  NotifyCounter counter(overlay);
  for (const auto& [name, first, second] : values_of_all_properties("a.npz", "b.npz")) {
    const std::string initial = overlay.get(name);
    if (initial != "(null)") overlay.set(name, initial.c_str());
    fail_unless(counter.take().empty(), "%s: the default again is no change", name);
    // The second value of some properties is their default.
    for (const auto& text : {first, second, first}) {
      overlay.set(name, text.c_str());
      const auto changes = counter.take();
      fail_unless(changes.size() == 1 && changes.count(name) == 1 && changes.at(name) == 1, "%s=%s", name,
                  text.c_str());
      overlay.set(name, text.c_str());
      fail_unless(counter.take().empty(), "%s=%s a second time", name, text.c_str());
    }
  }
}
END_TEST

START_TEST(test_playing_notifies_of_nothing) {
  const TemporaryDirectory directory;
  const auto path = directory.file("masks.npz");
  write_npz(path, {column_masks()});
  Overlay overlay;
  overlay.set_location(path).set("axes", "TNHW").set_plain_look();
  Player player(overlay);
  NotifyCounter counter(overlay);
  for (guint64 k = 0; k < 20; ++k) player.show(k);
  fail_unless(counter.take().empty());
}
END_TEST

START_TEST(test_stats_have_their_fields_and_types_before_and_after_loading) {
  constexpr const char* kNumbers[] = {"frames-total",   "frames-loaded", "objects",    "rendered",
                                      "passed-through", "store-bytes",   "load-time",  "frames-scanned",
                                      "cached-bytes",   "dropped",       "read-again", "zone-bytes"};
  const TemporaryDirectory directory;
  const auto path = directory.file("masks.npz");
  write_npz(path, {mask_array(5, 2, kHeight, kWidth, [](auto t, auto n, auto, auto x) { return x == t + n; })});
  Overlay overlay;
  for (const auto* const field : kNumbers) fail_unless(overlay.stat(field) == 0, "%s", field);
  assert_text(gst_structure_get_string(overlay.stats().get(), "axes"), "");
  fail_unless_equals_int(gst_structure_n_fields(overlay.stats().get()), 13);

  overlay.set_location(path).set("axes", "TNHW");
  Player player(overlay);
  for (guint64 k = 0; k < 7; ++k) player.show(k);
  for (const auto* const field : kNumbers) {
    fail_unless(gst_structure_has_field_typed(overlay.stats().get(), field, G_TYPE_UINT64), "%s", field);
  }
  fail_unless_equals_uint64(overlay.stat("frames-total"), 5);
  fail_unless_equals_uint64(overlay.stat("frames-loaded"), 5);
  fail_unless_equals_uint64(overlay.stat("frames-scanned"), 5);
  fail_unless_equals_uint64(overlay.stat("dropped"), 0);
  fail_unless_equals_uint64(overlay.stat("objects"), 2);
  fail_unless_equals_uint64(overlay.stat("rendered"), 5);
  fail_unless_equals_uint64(overlay.stat("passed-through"), 2);
  fail_unless(overlay.stat("store-bytes") > 0);
  fail_unless(overlay.stat("load-time") > 0);
  assert_text(gst_structure_get_string(overlay.stats().get(), "axes"), "TNHW");
  fail_unless_equals_int(gst_structure_n_fields(overlay.stats().get()), 13);
}
END_TEST

static Suite* sam2overlay_properties_suite() {
  auto* suite = suite_create("sam2overlay_properties");
  auto* tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_the_properties_are_those_of_the_interface_and_no_others);
  tcase_add_test(tests, test_each_property_has_its_type_range_and_flags);
  tcase_add_test(tests, test_each_default_is_that_of_the_interface_and_of_a_fresh_instance);
  tcase_add_test(tests, test_each_property_is_described_and_says_when_it_is_read);
  tcase_add_test(tests, test_enumerations_are_prefixed_described_and_part_of_the_plugins_interface);
  tcase_add_test(tests, test_each_property_returns_what_was_set);
  tcase_add_test(tests, test_texts_may_be_null_and_empty_and_any_bytes);
  tcase_add_test(tests, test_limits_of_numbers_can_be_set);
  tcase_add_test(tests, test_a_change_notifies_once_and_the_same_value_never);
  tcase_add_test(tests, test_playing_notifies_of_nothing);
  tcase_add_test(tests, test_stats_have_their_fields_and_types_before_and_after_loading);
  return suite;
}

GST_CHECK_MAIN(sam2overlay_properties);
