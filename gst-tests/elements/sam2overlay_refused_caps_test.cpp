// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
// Where caps do not fit, the first error on the bus is the element's. It names the caps and the cure.
#include "support/overlay.hpp"
#include "support/pipeline.hpp"

using namespace sam2::test;

namespace {

constexpr const char* kDrawn = "video/x-raw,format=GRAY8,width=16,height=12,framerate=25/1";

/// Sends caps as upstream does.
void send_caps(const Overlay& overlay, const char* caps) {
  auto* const pad = overlay.harness()->srcpad;
  gst_pad_push_event(pad, gst_event_new_stream_start("stream"));
  gst_pad_push_event(pad, gst_event_new_caps(caps_of(caps).get()));
}

void assert_words(const Report& report, const std::vector<const char*>& words) {
  for (const auto* const word : words) assert_report(report, GST_CORE_ERROR, GST_CORE_ERROR_NEGOTIATION, word);
  fail_unless(report.type == GST_MESSAGE_ERROR);
}

struct Case {
  const char* caps;
  std::vector<const char*> words;
};

const Case kCases[] = {
    {"video/x-h264,width=64,height=48", {"video/x-h264", "encoded", "decodebin"}},
    {"image/jpeg,width=64,height=48", {"image/jpeg", "encoded", "decodebin"}},
    {"audio/x-raw,format=S16LE,rate=8000,channels=1,layout=interleaved", {"audio/x-raw", "not video"}},
    {"video/x-raw(memory:GLMemory),format=RGBA,width=64,height=48", {"memory:GLMemory", "gldownload", "video/x-raw"}},
    {"video/x-raw(memory:Elsewhere),format=RGBA,width=64,height=48", {"memory:Elsewhere", "system memory"}},
    {"video/x-raw(format:Interlaced),format=RGBA,width=64,height=48,interlace-mode=alternate",
     {"format:Interlaced", "one field", "deinterlace"}},
};

}  // namespace

START_TEST(test_refused_caps_name_the_caps_and_the_cure) {
  const auto& [caps, words] = kCases[_i];
  Overlay overlay{Properties{}};
  send_caps(overlay, caps);
  assert_words(only_report(overlay), words);
}
END_TEST

START_TEST(test_caps_that_downstream_refuses_name_a_converter) {
  Overlay overlay{Properties{}};
  gst_harness_set_sink_caps_str(overlay.harness(), "video/x-raw,format=NV12");
  send_caps(overlay, kDrawn);
  assert_words(only_report(overlay), {"GRAY8", "NV12", "videoconvert"});
}
END_TEST

START_TEST(test_data_without_caps_name_a_decoder) {
  Overlay overlay{Properties{}};
  auto* const pad = overlay.harness()->srcpad;
  gst_pad_push_event(pad, gst_event_new_stream_start("stream"));
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_BYTES);
  gst_pad_push_event(pad, gst_event_new_segment(&segment));
  fail_unless_equals_int(gst_pad_push(pad, make_buffer(Bytes(64, 0))), GST_FLOW_NOT_NEGOTIATED);
  assert_words(only_report(overlay), {"without caps", "decodebin"});
}
END_TEST

START_TEST(test_fitting_caps_post_no_error) {
  Overlay overlay{Properties{}};
  send_caps(overlay, kDrawn);
  assert_no_reports(overlay);
}
END_TEST

START_TEST(test_frame_rates_behind_videorate_give_no_warning) {
  // The base class warns where the caps that are offered are no subset of the caps that were asked for, and Check fails
  // a test that warns. The encoder's template has a list of framerate ranges.
  const auto played =
      play("videotestsrc num-buffers=8 ! video/x-raw,framerate=30/1 ! videorate ! sam2overlay ! jpegenc ! fakesink");
  fail_unless_equals_int(played.warnings, 0);
}
END_TEST

static Suite* sam2overlay_refused_caps_suite(void) {
  auto* suite = suite_create("sam2overlay_refused_caps");
  auto* tests = tcase_create("errors");
  suite_add_tcase(suite, tests);
  tcase_add_loop_test(tests, test_refused_caps_name_the_caps_and_the_cure, 0, static_cast<int>(std::size(kCases)));
  tcase_add_test(tests, test_caps_that_downstream_refuses_name_a_converter);
  tcase_add_test(tests, test_data_without_caps_name_a_decoder);
  tcase_add_test(tests, test_fitting_caps_post_no_error);
  tcase_add_test(tests, test_frame_rates_behind_videorate_give_no_warning);
  return suite;
}

GST_CHECK_MAIN(sam2overlay_refused_caps)
