// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include <map>

#include "support/gst_check.hpp"
#include "support/player.hpp"

using namespace sam2::test;

namespace {

/// Events of each type that arrive at a pad.
class EventCounter {
 public:
  EventCounter(GstPad* pad, GstPadProbeType type) : pad_(pad) {
    probe_ = gst_pad_add_probe(pad, type, count, this, nullptr);
  }
  EventCounter(const EventCounter&) = delete;
  EventCounter& operator=(const EventCounter&) = delete;
  ~EventCounter() { gst_pad_remove_probe(pad_, probe_); }

  [[nodiscard]] int of(GstEventType type) const { return counts_.count(type) != 0 ? counts_.at(type) : 0; }

 private:
  static GstPadProbeReturn count(GstPad*, GstPadProbeInfo* info, gpointer self) {
    ++static_cast<EventCounter*>(self)->counts_[GST_EVENT_TYPE(gst_pad_probe_info_get_event(info))];
    return GST_PAD_PROBE_OK;
  }

  GstPad* pad_;
  gulong probe_;
  std::map<GstEventType, int> counts_;
};

constexpr auto kDownstreamEvents =
    static_cast<GstPadProbeType>(GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM | GST_PAD_PROBE_TYPE_EVENT_FLUSH);

GstFlowReturn flow_to_return = GST_FLOW_OK;

GstFlowReturn refuse(GstPad*, GstObject*, GstBuffer* buffer) {
  gst_buffer_unref(buffer);
  return flow_to_return;
}

}  // namespace

START_TEST(test_reconfigure_between_buffers_changes_nothing) {
  PlainFixture fixture(column_masks(), "TNHW");
  fixture.overlay.set("at-end", "loop");
  Player player(fixture.overlay);
  const EventCounter downstream(player.harness()->sinkpad, kDownstreamEvents);
  for (std::size_t k = 0; k < 1000; ++k) {
    fail_unless(gst_harness_push_upstream_event(player.harness(), gst_event_new_reconfigure()));
    fail_unless(player.show(k) == column_frame(k % kWidth), "frame %zu", k);
  }
  fail_unless(downstream.of(GST_EVENT_CAPS) <= 1);
  assert_no_reports(fixture.overlay);
}
END_TEST

START_TEST(test_each_downstream_event_passes_once) {
  PlainFixture fixture(column_masks(), "TNHW");
  Player player(fixture.overlay);
  auto* harness = player.harness();
  const EventCounter counter(harness->sinkpad, kDownstreamEvents);
  player.show(0);
  auto* toc = gst_toc_new(GST_TOC_SCOPE_GLOBAL);
  for (auto* const event : {gst_event_new_tag(gst_tag_list_new(GST_TAG_TITLE, "clip", nullptr)),
                            gst_event_new_gap(kFramePeriod, kFramePeriod), gst_event_new_toc(toc, FALSE),
                            gst_event_new_custom(GST_EVENT_CUSTOM_DOWNSTREAM, gst_structure_new_empty("custom")),
                            gst_event_new_custom(GST_EVENT_CUSTOM_DOWNSTREAM_OOB, gst_structure_new_empty("custom")),
                            gst_event_new_custom(GST_EVENT_CUSTOM_DOWNSTREAM_STICKY, gst_structure_new_empty("custom")),
                            gst_event_new_stream_group_done(1), gst_event_new_segment_done(GST_FORMAT_TIME, 0),
                            gst_event_new_flush_start(), gst_event_new_flush_stop(TRUE), gst_event_new_eos()}) {
    const auto type = GST_EVENT_TYPE(event);
    const auto before = counter.of(type);
    fail_unless(gst_harness_push_event(harness, event), "%s", gst_event_type_get_name(type));
    fail_unless(counter.of(type) == before + 1, "%s came %d times", gst_event_type_get_name(type),
                counter.of(type) - before);
  }
  gst_toc_unref(toc);
  assert_no_reports(fixture.overlay);
}
END_TEST

START_TEST(test_each_upstream_event_passes_once) {
  PlainFixture fixture(column_masks(), "TNHW");
  Player player(fixture.overlay);
  auto* harness = player.harness();
  const EventCounter counter(harness->srcpad, GST_PAD_PROBE_TYPE_EVENT_UPSTREAM);
  player.show(0);
  for (auto* const event :
       {gst_event_new_qos(GST_QOS_TYPE_UNDERFLOW, 2.0, 5, 0), gst_event_new_latency(7),
        gst_event_new_seek(1.0, GST_FORMAT_TIME, GST_SEEK_FLAG_NONE, GST_SEEK_TYPE_SET, 0, GST_SEEK_TYPE_NONE, 0),
        gst_event_new_navigation(gst_structure_new_empty("application/x-gst-navigation")),
        gst_event_new_toc_select("chapter"), gst_event_new_step(GST_FORMAT_BUFFERS, 1, 1.0, TRUE, FALSE),
        gst_event_new_custom(GST_EVENT_CUSTOM_UPSTREAM, gst_structure_new_empty("custom"))}) {
    const auto type = GST_EVENT_TYPE(event);
    const auto before = counter.of(type);
    gst_harness_push_upstream_event(harness, event);
    fail_unless(counter.of(type) == before + 1, "%s came %d times", gst_event_type_get_name(type),
                counter.of(type) - before);
  }
}
END_TEST

START_TEST(test_a_flow_return_from_downstream_is_handed_on_unchanged) {
  for (const char* const draw : {"fill", "0"}) {
    PlainFixture fixture(column_masks(), "TNHW");
    fixture.overlay.set("draw", draw);
    const Player player(fixture.overlay);
    gst_pad_set_chain_function(player.harness()->sinkpad, refuse);
    for (const auto flow :
         {GST_FLOW_OK, GST_FLOW_EOS, GST_FLOW_NOT_LINKED, GST_FLOW_FLUSHING, GST_FLOW_NOT_NEGOTIATED, GST_FLOW_ERROR,
          GST_FLOW_NOT_SUPPORTED, GST_FLOW_CUSTOM_ERROR, GST_FLOW_CUSTOM_ERROR_1, GST_FLOW_OK}) {
      flow_to_return = flow;
      const auto found = gst_harness_push(player.harness(), make_frame(0));
      fail_unless(found == flow, "%s became %s", gst_flow_get_name(flow), gst_flow_get_name(found));
    }
    // Who failed tells.
    assert_no_reports(fixture.overlay);
  }
}
END_TEST

START_TEST(test_late_buffers_are_not_dropped) {
  PlainFixture fixture(column_masks(), "TNHW");
  Player player(fixture.overlay);
  for (std::size_t k = 0; k < kWidth; ++k) {
    gst_harness_push_upstream_event(
        player.harness(), gst_event_new_qos(GST_QOS_TYPE_UNDERFLOW, 10.0, 100 * GST_MSECOND, k * kFramePeriod));
    fail_unless(player.show(k) == column_frame(k));
  }
}
END_TEST

START_TEST(test_latency_is_that_of_upstream) {
  PlainFixture fixture(column_masks(), "TNHW");
  Player player(fixture.overlay);
  player.show(0);
  gst_harness_set_upstream_latency(player.harness(), 123 * GST_MSECOND);
  fail_unless_equals_uint64(gst_harness_query_latency(player.harness()), 123 * GST_MSECOND);
}
END_TEST

START_TEST(test_buffer_lists_and_an_end_without_buffers_pass) {
  PlainFixture fixture(column_masks(), "TNHW");
  Player player(fixture.overlay);
  auto* list = gst_buffer_list_new();
  for (guint64 k = 0; k < 3; ++k) gst_buffer_list_add(list, make_frame(k));
  fail_unless_equals_int(gst_pad_push_list(player.harness()->srcpad, list), GST_FLOW_OK);
  for (std::size_t k = 0; k < 3; ++k) {
    const BufferPtr result(gst_harness_pull(player.harness()));
    fail_unless(bytes_of(result.get()) == column_frame(k));
  }
  PlainFixture other(column_masks(), "TNHW");
  const Player empty(other.overlay);
  const EventCounter counter(empty.harness()->sinkpad, kDownstreamEvents);
  fail_unless(gst_harness_push_event(empty.harness(), gst_event_new_eos()));
  fail_unless_equals_int(counter.of(GST_EVENT_EOS), 1);
  assert_no_reports(other.overlay);
}
END_TEST

static Suite* sam2overlay_events_suite() {
  auto* suite = suite_create("sam2overlay_events");
  auto* tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_reconfigure_between_buffers_changes_nothing);
  tcase_add_test(tests, test_each_downstream_event_passes_once);
  tcase_add_test(tests, test_each_upstream_event_passes_once);
  tcase_add_test(tests, test_a_flow_return_from_downstream_is_handed_on_unchanged);
  tcase_add_test(tests, test_late_buffers_are_not_dropped);
  tcase_add_test(tests, test_latency_is_that_of_upstream);
  tcase_add_test(tests, test_buffer_lists_and_an_end_without_buffers_pass);
  return suite;
}

GST_CHECK_MAIN(sam2overlay_events);
