// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include <algorithm>
#include <atomic>

#include "support/gst_check.hpp"
#include "support/properties.hpp"
#include "support/sanitizers.hpp"

using namespace sam2::test;

namespace {

// With sanitizers, two cores pass a few frames a second beside so many threads; with AddressSanitizer, which makes each
// allocation slow, less than one if the threads do not pause for longer.
const gulong kPause = has_address_sanitizer() ? 500 : 50;  // us
const bool kSanitized = has_address_sanitizer() || has_thread_sanitizer();
const int kFrames = kSanitized ? 50 : 1000;
const int kStateChanges = kSanitized ? 60 : 150;

GValue value_of(GstElement* element, const char* property, const std::string& text) {
  auto* pspec = g_object_class_find_property(G_OBJECT_GET_CLASS(element), property);
  GValue value = G_VALUE_INIT;
  g_value_init(&value, pspec->value_type);
  fail_unless(gst_value_deserialize(&value, text.c_str()), "%s=%s", property, text.c_str());
  return value;
}

/// Sets every property to one of its two values, alternating, once for each time that it is wound up.
class Restless {
 public:
  Restless(Overlay& overlay, const ColumnsAndRows& files)
      : overlay_(overlay), values_(values_of_all_properties(files.columns, files.rows)) {}

  void set_all() {
    // What is set here calls the handler again.
    if (!wound_up_.exchange(false)) return;
    ++rounds_;
    for (const auto& [property, first, second] : values_) {
      overlay_.set(property, (rounds_ % 2 == 0 ? first : second).c_str());
    }
    // What the handler is called by has to go on coming.
    overlay_.set("post-messages", "true");
  }
  void wind_up() { wound_up_ = true; }
  [[nodiscard]] int rounds() const { return rounds_; }

 private:
  Overlay& overlay_;
  std::vector<TwoValues> values_;
  std::atomic<bool> wound_up_{false};
  std::atomic<int> rounds_{0};
};

GstBusSyncReply on_message(GstBus*, GstMessage* message, gpointer restless) {
  if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ELEMENT || GST_MESSAGE_TYPE(message) == GST_MESSAGE_WARNING) {
    static_cast<Restless*>(restless)->set_all();
  }
  return GST_BUS_PASS;
}

/// Two threads for each property, each setting its own value.
std::vector<GstHarnessThread*> stress_all_properties(GstHarness* harness, GstElement* element,
                                                     const ColumnsAndRows& files) {
  std::vector<GstHarnessThread*> threads;
  for (const auto& [property, first, second] : values_of_all_properties(files.columns, files.rows)) {
    for (const auto& text : {first, second}) {
      auto value = value_of(element, property, text);
      threads.push_back(gst_harness_stress_property_start_full(harness, property, &value, kPause));
      g_value_unset(&value);
    }
  }
  return threads;
}

GstPadProbeReturn count_buffer(GstPad*, GstPadProbeInfo*, gpointer count) {
  ++*static_cast<std::atomic<int>*>(count);
  return GST_PAD_PROBE_OK;
}

gboolean ignore_log(const gchar*, GLogLevelFlags, const gchar*, gpointer) {
  return TRUE;
}

}  // namespace

START_TEST(test_every_property_may_be_set_from_a_synchronous_bus_handler) {
  const ColumnsAndRows files;
  Overlay overlay;
  overlay.set("axes", "TNHW").set("post-messages", "true").set_location(files.columns);
  Restless restless(overlay, files);
  gst_bus_set_sync_handler(overlay.bus(), on_message, &restless, nullptr);
  Player player(overlay);
  for (guint64 k = 0; k < 500; ++k) {
    restless.wind_up();
    player.show(k);
  }
  // The handler of the warning sets all properties, the one that it is about included.
  restless.wind_up();
  overlay.set_location(files.directory.file("missing.npz"));
  player.show(0);
  restless.wind_up();
  overlay.set("colors", "no colour");
  player.show(0);
  fail_unless_equals_int(restless.rounds(), 502);
  gst_bus_set_sync_handler(overlay.bus(), nullptr, nullptr, nullptr);
}
END_TEST

START_TEST(test_a_synchronous_bus_handler_may_mend_what_made_the_start_fail) {
  const ColumnsAndRows files;
  struct Mender {
    Overlay* overlay;
    const ColumnsAndRows* files;
  };
  Overlay overlay;
  overlay.set("axes", "TNHW").set_location(files.directory.file("missing.npz"));
  Mender mender{&overlay, &files};
  gst_bus_set_sync_handler(
      overlay.bus(),
      [](GstBus*, GstMessage* message, gpointer data) {
        const auto* const self = static_cast<Mender*>(data);
        if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR) self->overlay->set_location(self->files->columns);
        return GST_BUS_PASS;
      },
      &mender, nullptr);
  fail_unless_equals_int(overlay.go(GST_STATE_PAUSED), GST_STATE_CHANGE_FAILURE);
  fail_unless_equals_uint64(overlay.stat("frames-total"), 0);
  only_report(overlay);
  fail_unless_equals_int(overlay.go(GST_STATE_PAUSED), GST_STATE_CHANGE_SUCCESS);
  fail_unless_equals_uint64(overlay.stat("frames-total"), kWidth);
  gst_bus_set_sync_handler(overlay.bus(), nullptr, nullptr, nullptr);
}
END_TEST

START_TEST(test_every_property_may_be_set_from_a_notify_handler) {
  const ColumnsAndRows files;
  Overlay overlay;
  overlay.set("axes", "TNHW").set_location(files.columns);
  Restless restless(overlay, files);
  g_signal_connect_swapped(overlay.element(), "notify", G_CALLBACK(+[](Restless* self) { self->set_all(); }),
                           &restless);
  Player player(overlay);
  for (guint64 k = 0; k < 200; ++k) {
    restless.wind_up();
    overlay.set("opacity", k % 2 == 0 ? "0.25" : "0.75");
    player.show(k);
  }
  fail_unless_equals_int(restless.rounds(), 200);
  g_signal_handlers_disconnect_by_data(overlay.element(), &restless);
}
END_TEST

START_TEST(test_frames_flow_while_all_properties_change) {
  const ColumnsAndRows files;
  Overlay overlay;
  overlay.set("axes", "TNHW").set_location(files.columns);
  Player player(overlay);
  auto threads = stress_all_properties(player.harness(), overlay.element(), files);
  std::atomic<int> changes{0};
  g_signal_connect_swapped(overlay.element(), "notify", G_CALLBACK(+[](std::atomic<int>* count) { ++*count; }),
                           &changes);
  guint64 frames = 0;
  while (frames < guint64(kFrames)) {
    auto* buffer = make_frame(frames++ % 20);
    // Somebody else holds it, and finds it unchanged.
    const BufferPtr shared(gst_buffer_ref(buffer));
    player.pass(buffer);
    fail_unless(bytes_of(shared.get()) == Bytes(kFrameBytes, 0));
    while (MessagePtr message{gst_bus_pop(overlay.bus())}) {
      const bool is_error = GST_MESSAGE_TYPE(message.get()) == GST_MESSAGE_ERROR;
      fail_unless(!is_error, "%s", is_error ? parse_report(message.get()).text.c_str() : "");
    }
  }
  for (auto* const thread : threads) gst_harness_stress_thread_stop(thread);
  // GObject tells of changes when no thread is setting a property any more. That may be now.
  fail_unless(changes > 0);
  g_signal_handlers_disconnect_by_data(overlay.element(), &changes);
  fail_unless_equals_uint64(overlay.stat("rendered") + overlay.stat("passed-through"), frames);

  for (const auto& [property, first, second] : values_of_all_properties({}, {})) overlay.reset(property);
  overlay.set("axes", "TNHW").set_plain_look().set_location(files.columns);
  fail_unless(player.show(3) == column_frame(3));
}
END_TEST

START_TEST(test_states_change_while_frames_flow_and_properties_change) {
  const ColumnsAndRows files;
  // Going to READY makes a pad forget its events, and the harness pushes them but once; where it happens while a buffer
  // is on its way, any GstBaseTransform sets caps on a pad that has none of them left.
  gst_check_add_log_filter(
      "GStreamer", G_LOG_LEVEL_WARNING,
      g_regex_new("Got data flow before|Sticky event misordering", G_REGEX_DEFAULT, G_REGEX_MATCH_DEFAULT, nullptr),
      ignore_log, nullptr, nullptr);
  Overlay overlay;
  overlay.set_location(files.columns);
  Player player(overlay);
  auto* harness = player.harness();
  auto threads = stress_all_properties(harness, overlay.element(), files);
  const auto caps = caps_of(kGrayCaps);
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  auto* buffer = make_frame(0);
  std::atomic<int> passed{0};
  const auto probe = gst_pad_add_probe(harness->sinkpad, GST_PAD_PROBE_TYPE_BUFFER, count_buffer, &passed, nullptr);
  threads.push_back(gst_harness_stress_push_buffer_start(harness, caps.get(), &segment, buffer));
  threads.push_back(gst_harness_stress_statechange_start(harness));
  for (int state_changes = 0; passed < std::min(kFrames, 100) || state_changes < kStateChanges;) {
    if (MessagePtr message{gst_bus_timed_pop_filtered(overlay.bus(), GST_MSECOND, GST_MESSAGE_STATE_CHANGED)}) {
      ++state_changes;
    }
  }
  for (auto* const thread : threads) gst_harness_stress_thread_stop(thread);
  gst_check_clear_log_filter();
  gst_pad_remove_probe(harness->sinkpad, probe);
  gst_buffer_unref(buffer);
}
END_TEST

static Suite* sam2overlay_concurrency_suite() {
  auto* suite = suite_create("sam2overlay_concurrency");
  auto* tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_every_property_may_be_set_from_a_synchronous_bus_handler);
  tcase_add_test(tests, test_a_synchronous_bus_handler_may_mend_what_made_the_start_fail);
  tcase_add_test(tests, test_every_property_may_be_set_from_a_notify_handler);
  tcase_add_test(tests, test_frames_flow_while_all_properties_change);
  tcase_add_test(tests, test_states_change_while_frames_flow_and_properties_change);
  return suite;
}

GST_CHECK_MAIN(sam2overlay_concurrency);
