// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
// What tracks-location writes.
#include <sys/stat.h>

#include "support/player.hpp"

using namespace sam2::test;

namespace {

constexpr const char* kHeader = "frame,id,bb_left,bb_top,bb_width,bb_height,conf,x,y,z,area,vx,vy,age,time,label\n";

/// Frame 0: a column of 12 pixels and one pixel; frame 1: the column alone, a pixel further; frame 2: nothing.
std::string masks_file(const TemporaryDirectory& directory) {
  auto path = directory.file("masks.npz");
  const auto masks = mask_array(3, 2, kHeight, kWidth, [](auto t, auto n, auto y, auto x) {
    return n == 0 ? t < 2 && x == t + 2 : t == 0 && x == 9 && y == 4;
  });
  const auto labels = text_array("labels", {U"a\"b\\", U""});
  const auto scores = make_array<double>("scores", "<f8", {2}, {0.5, NAN});
  write_npz(path, {masks, labels, scores, make_array<std::int64_t>("object_ids", "<i8", {2}, {7, -3})});
  return path;
}

/// An overlay of these masks that writes a file of this name.
struct Recorder {
  explicit Recorder(const char* name) : path(directory.file(name)) {
    overlay.set_location(masks_file(directory)).set("tracks-location", path.c_str());
  }

  /// What it wrote.
  std::string text() const { return read_file(path); }

  TemporaryDirectory directory;
  std::string path;
  Overlay overlay;
};

/// Shows these frames and ends.
void play(Overlay& overlay, const std::vector<guint64>& frames) {
  {
    Player player(overlay);
    for (const auto k : frames) player.show(k);
    gst_harness_push_event(player.harness(), gst_event_new_eos());
  }
  assert_no_reports(overlay);
}

}  // namespace

START_TEST(test_csv_has_a_line_for_each_object_of_each_frame) {
  Recorder recorder("tracks.csv");
  // Without anything else to do for a frame.
  recorder.overlay.set("silent", "true").set("attach-meta", "false");
  play(recorder.overlay, {0, 1, 2, 3});
  assert_text(recorder.text(), std::string(kHeader) +
                                   "1,7,2,0,1,12,0.5,2,5.5,-1,12,25,0,0,0,\"a\"\"b\\\"\n"
                                   "1,-3,9,4,1,1,-1,9,4,-1,1,0,0,0,0,\"\"\n"
                                   "2,7,3,0,1,12,0.5,3,5.5,-1,12,25,0,40000000,40000000,\"a\"\"b\\\"\n");
}
END_TEST

START_TEST(test_json_lines_have_the_same) {
  Recorder recorder("tracks.jsonl");
  play(recorder.overlay, {1, 0});
  assert_text(recorder.text(),
              "{\"frame\":2,\"id\":7,\"bb_left\":3,\"bb_top\":0,\"bb_width\":1,\"bb_height\":12,\"conf\":0.5,\"x\":3,"
              "\"y\":5.5,\"area\":12,\"vx\":25,\"vy\":0,\"age\":40000000,\"time\":40000000,\"label\":\"a\\\"b\\\\\"}\n"
              "{\"frame\":1,\"id\":7,\"bb_left\":2,\"bb_top\":0,\"bb_width\":1,\"bb_height\":12,\"conf\":0.5,\"x\":2,"
              "\"y\":5.5,\"area\":12,\"vx\":25,\"vy\":0,\"age\":0,\"time\":0,\"label\":\"a\\\"b\\\\\"}\n"
              "{\"frame\":1,\"id\":-3,\"bb_left\":9,\"bb_top\":4,\"bb_width\":1,\"bb_height\":1,\"conf\":null,\"x\":9,"
              "\"y\":4,\"area\":1,\"vx\":0,\"vy\":0,\"age\":0,\"time\":0,\"label\":\"\"}\n");
}
END_TEST

START_TEST(test_a_frame_that_is_shown_twice_is_written_twice_and_each_run_begins_anew) {
  Recorder recorder("tracks.csv");
  play(recorder.overlay, {1, 1});
  const auto text = recorder.text();
  fail_unless_equals_int(int(std::ranges::count(text, '\n')), 3);
  recorder.overlay.go(GST_STATE_NULL);
  play(recorder.overlay, {1});
  fail_unless_equals_int(int(std::ranges::count(recorder.text(), '\n')), 2);
}
END_TEST

START_TEST(test_a_frame_that_a_seek_cut_keeps_its_number) {
  Recorder recorder("tracks.csv");
  {
    Player player(recorder.overlay);
    player.show(0);
    gst_harness_push_event(player.harness(), gst_event_new_flush_start());
    gst_harness_push_event(player.harness(), gst_event_new_flush_stop(TRUE));
    GstSegment segment;
    gst_segment_init(&segment, GST_FORMAT_TIME);
    segment.start = segment.time = segment.position = 75 * GST_MSECOND;
    gst_harness_push_event(player.harness(), gst_event_new_segment(&segment));
    auto* const buffer = make_frame(1);
    GST_BUFFER_PTS(buffer) = 75 * GST_MSECOND;
    GST_BUFFER_DURATION(buffer) = 5 * GST_MSECOND;
    gst_buffer_unref(gst_harness_push_and_pull(player.harness(), buffer));
    gst_harness_push_event(player.harness(), gst_event_new_eos());
  }
  fail_unless(recorder.text().ends_with("\n2,7,3,0,1,12,0.5,3,5.5,-1,12,25,0,40000000,75000000,\"a\"\"b\\\"\n"), "%s",
              recorder.text().c_str());
}
END_TEST

START_TEST(test_without_a_frame_rate_frames_are_counted) {
  Recorder recorder("tracks.csv");
  recorder.overlay.set("framerate", "25/1");
  {
    Player player(recorder.overlay, "video/x-raw,format=GRAY8,width=16,height=12,framerate=0/1");
    for (const auto k : {1, 1, 0}) player.show(guint64(k));
    gst_harness_push_event(player.harness(), gst_event_new_eos());
  }
  const auto text = recorder.text();
  for (const auto* const start : {"\n1,7,3,0", "\n2,7,3,0", "\n3,7,2,0", "\n3,-3,9,4"}) {
    fail_unless(text.find(start) != std::string::npos, "%s in %s", start, text.c_str());
  }
}
END_TEST

START_TEST(test_a_file_that_cannot_be_written_is_one_error_at_the_start) {
  const TemporaryDirectory directory;
  const auto pipe = directory.file("pipe.csv");
  fail_unless(mkfifo(pipe.c_str(), 0600) == 0);
  const auto masks = masks_file(directory);
  for (const auto& [path, code] : {std::pair{directory.file("none/tracks.csv"), GST_RESOURCE_ERROR_OPEN_WRITE},
                                   {pipe, GST_RESOURCE_ERROR_OPEN_WRITE},
                                   {directory.file("tracks.txt"), GST_RESOURCE_ERROR_SETTINGS},
                                   {directory.file("tracks"), GST_RESOURCE_ERROR_SETTINGS}}) {
    Overlay overlay;
    overlay.set_location(masks).set("tracks-location", path.c_str());
    fail_unless(overlay.go(GST_STATE_PAUSED) == GST_STATE_CHANGE_FAILURE);
    const auto report = only_report(overlay);
    fail_unless(report.type == GST_MESSAGE_ERROR);
    assert_report(report, GST_RESOURCE_ERROR, code, path);
    overlay.set("tracks-location", directory.file("good.csv").c_str());
    fail_unless(overlay.go(GST_STATE_PAUSED) != GST_STATE_CHANGE_FAILURE);
  }
}
END_TEST

START_TEST(test_a_full_disk_is_one_warning_and_playback_goes_on) {
  if (!std::filesystem::exists("/dev/full")) return;
  Recorder recorder("full.csv");
  std::filesystem::create_symlink("/dev/full", recorder.path);
  recorder.overlay.set("at-end", "loop");
  Player player(recorder.overlay);
  for (guint64 k = 0; k < 2000; ++k) player.show(k);
  assert_report(only_warning(recorder.overlay), GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_WRITE, recorder.path);
}
END_TEST

START_TEST(test_a_failed_write_at_the_end_warns_once) {
  if (!std::filesystem::exists("/dev/full")) return;
  for (const bool ends : {true, false}) {
    Recorder recorder("full.jsonl");
    std::filesystem::create_symlink("/dev/full", recorder.path);
    {
      Player player(recorder.overlay);
      player.show(0);
      if (ends) gst_harness_push_event(player.harness(), gst_event_new_eos());
    }
    recorder.overlay.go(GST_STATE_READY);
    assert_report(only_warning(recorder.overlay), GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_WRITE, recorder.path);
  }
}
END_TEST

static Suite* tracks_file_suite() {
  auto* suite = suite_create("tracks file");
  auto* tests = tcase_create("tracks file");
  tcase_add_test(tests, test_csv_has_a_line_for_each_object_of_each_frame);
  tcase_add_test(tests, test_json_lines_have_the_same);
  tcase_add_test(tests, test_a_frame_that_is_shown_twice_is_written_twice_and_each_run_begins_anew);
  tcase_add_test(tests, test_a_frame_that_a_seek_cut_keeps_its_number);
  tcase_add_test(tests, test_without_a_frame_rate_frames_are_counted);
  tcase_add_test(tests, test_a_file_that_cannot_be_written_is_one_error_at_the_start);
  tcase_add_test(tests, test_a_full_disk_is_one_warning_and_playback_goes_on);
  tcase_add_test(tests, test_a_failed_write_at_the_end_warns_once);
  suite_add_tcase(suite, tests);
  return suite;
}

GST_CHECK_MAIN(tracks_file);
