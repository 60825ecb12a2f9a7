// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include <chrono>
#include <future>
#include <thread>

#include "support/gst_check.hpp"
#include "support/player.hpp"

using namespace sam2::test;

namespace {

/// Frames of a file that takes minutes to read, although a disk keeps next to nothing of it: a hole.
constexpr std::size_t kHugeFrames = 100'000;
constexpr std::size_t kHugeSide = 2000;

/// A bare array (T,1,H,W) of which only frame 0 has a mask: all of it.
std::string huge_file(const TemporaryDirectory& directory) {
  const auto path = directory.file("huge.npy");
  Array array{"", "|u1", {kHugeFrames, 1, kHugeSide, kHugeSide}, std::string(kHugeSide * kHugeSide, '\1')};
  write_npy(path, array);
  const auto header = std::filesystem::file_size(path) - array.data.size();
  std::filesystem::resize_file(path, header + std::uintmax_t{kHugeFrames} * kHugeSide * kHugeSide);
  return path;
}

int list_loads() {
  int count = 0;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    std::string name;
    std::getline(std::ifstream(task.path() / "comm"), name);
    count += name == "sam2-load" ? 1 : 0;
  }
  return count;
}

/// Threads that load a file, soon: the kernel lists a thread for a moment longer than others wait for it.
int count_loads(int expected) {
  for (int turn = 0; turn < 500 && list_loads() != expected; ++turn) g_usleep(10'000);
  return list_loads();
}

/// An npz of `frames` column masks, whose bytes are wrong from frame `broken` on.
std::string broken_file(const TemporaryDirectory& directory, std::size_t broken) {
  const auto path = directory.file("broken.npz");
  write_npz(path, {column_masks()});
  // The CRC is wrong from the first changed byte on, and found to be at the end.
  const auto data = read_file(path).find("NUMPY") - 1 + 128;
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(static_cast<std::streamoff>(data + broken * kFrameBytes + 1));
  file.put('\1');
  return path;
}

MessagePtr wait_for_loaded(Overlay& overlay) {
  while (auto* const message = gst_bus_timed_pop_filtered(overlay.bus(), 20 * GST_SECOND, GST_MESSAGE_ELEMENT)) {
    if (gst_message_has_name(message, "sam2overlay-loaded")) return MessagePtr(message);
    gst_message_unref(message);
  }
  return nullptr;
}

/// Flow of a frame that the element still holds back.
std::future<GstFlowReturn> push_aside(Player& player, guint64 k) {
  auto flow =
      std::async(std::launch::async, [&player, k] { return gst_harness_push(player.harness(), make_frame(k)); });
  fail_unless(flow.wait_for(std::chrono::milliseconds(100)) == std::future_status::timeout);
  return flow;
}

}  // namespace

START_TEST(test_the_first_frame_is_shown_while_the_rest_is_being_read) {
  const TemporaryDirectory directory;
  Overlay overlay;
  overlay.set_location(huge_file(directory)).set("axes", "TNHW").set_plain_look();
  Player player(overlay);
  fail_unless(player.show(0) == Bytes(kFrameBytes, 255));
  fail_unless_equals_uint64(overlay.stat("frames-total"), kHugeFrames);
  const auto loaded = overlay.stat("frames-loaded");
  fail_unless(loaded >= 1);
  fail_unless(loaded < kHugeFrames);
  fail_unless_equals_uint64(overlay.stat("load-time"), 0);
  while (overlay.stat("frames-loaded") == loaded) g_usleep(1000);
}
END_TEST

START_TEST(test_null_does_not_wait_for_the_rest) {
  const TemporaryDirectory directory;
  const auto path = huge_file(directory);
  for (int round = 0; round < 5; ++round) {
    Overlay overlay;
    overlay.set_location(path).set("axes", "TNHW");
    fail_unless_equals_int(overlay.go(GST_STATE_PAUSED), GST_STATE_CHANGE_SUCCESS);
    fail_unless_equals_int(count_loads(1), 1);
    fail_unless_equals_int(overlay.go(GST_STATE_NULL), GST_STATE_CHANGE_SUCCESS);
    fail_unless_equals_int(count_loads(0), 0);
    assert_no_reports(overlay);
  }
}
END_TEST

START_TEST(test_a_frame_ahead_of_the_file_is_let_go_by_a_flush) {
  const TemporaryDirectory directory;
  Overlay overlay;
  overlay.set_location(huge_file(directory)).set("axes", "TNHW").set_plain_look();
  Player player(overlay);
  for (int round = 0; round < 3; ++round) {
    auto flow = push_aside(player, kHugeFrames - 1);
    gst_harness_push_event(player.harness(), gst_event_new_flush_start());
    fail_unless_equals_int(flow.get(), GST_FLOW_FLUSHING);
    gst_harness_push_event(player.harness(), gst_event_new_flush_stop(TRUE));
    GstSegment segment;
    gst_segment_init(&segment, GST_FORMAT_TIME);
    gst_harness_push_event(player.harness(), gst_event_new_segment(&segment));
    fail_unless(player.show(0) == Bytes(kFrameBytes, 255));
  }
  assert_no_reports(overlay);
}
END_TEST

START_TEST(test_a_frame_ahead_of_the_file_is_let_go_by_a_state_change) {
  const TemporaryDirectory directory;
  Overlay overlay;
  overlay.set_location(huge_file(directory)).set("axes", "TNHW");
  Player player(overlay);
  auto flow = push_aside(player, kHugeFrames - 1);
  fail_unless_equals_int(overlay.go(GST_STATE_READY), GST_STATE_CHANGE_SUCCESS);
  fail_unless_equals_int(flow.get(), GST_FLOW_FLUSHING);
  fail_unless_equals_int(count_loads(0), 0);
}
END_TEST

START_TEST(test_a_frame_ahead_of_the_file_waits_for_its_masks) {
  const TemporaryDirectory directory;
  const auto path = directory.file("large.npz");
  constexpr std::size_t kFrames = 200;
  write_npz(path, {mask_array(kFrames, 1, 600, 400, [](auto t, auto, auto, auto) { return t + 1 == kFrames; })});
  for (int round = 0; round < 5; ++round) {
    Overlay overlay;
    overlay.set_location(path).set("axes", "TNHW").set_plain_look();
    Player player(overlay);
    fail_unless(player.show(kFrames - 1) == Bytes(kFrameBytes, 255));
    fail_unless(player.show(kFrames - 2) == Bytes(kFrameBytes, 0));
  }
}
END_TEST

START_TEST(test_a_broken_end_of_the_file_warns_once_and_is_never_shown) {
  const TemporaryDirectory directory;
  Overlay overlay;
  overlay.set_location(broken_file(directory, 5)).set("axes", "TNHW").set_plain_look();
  Player player(overlay);
  fail_unless(player.show(3) == column_frame(3));
  // The last frame is not vouched for, as the archive's check comes at its end.
  fail_unless(player.show(kWidth - 1) == Bytes(kFrameBytes, 0));
  const auto warning = only_warning(overlay);
  assert_report(warning, GST_STREAM_ERROR, GST_STREAM_ERROR_DECODE, "broken.npz: array 'masks': ");
  fail_unless(player.show(4) == column_frame(4));
  assert_no_reports(overlay);
}
END_TEST

START_TEST(test_a_single_frame_that_is_broken_is_an_error) {
  const TemporaryDirectory directory;
  const auto path = directory.file("broken.npz");
  write_npz(path, {column_masks(1)});
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(300);
  file.put('\7');
  file.close();
  Overlay overlay;
  overlay.set_location(path).set("axes", "TNHW");
  fail_unless_equals_int(overlay.go(GST_STATE_PAUSED), GST_STATE_CHANGE_FAILURE);
  const auto error = only_report(overlay);
  fail_unless_equals_int(error.type, GST_MESSAGE_ERROR);
  assert_report(error, GST_STREAM_ERROR, GST_STREAM_ERROR_DECODE, path);
}
END_TEST

START_TEST(test_the_end_of_loading_is_told_once) {
  const TemporaryDirectory directory;
  const auto path = column_file(directory);
  Overlay overlay;
  overlay.set_location(path).set("axes", "TNHW");
  fail_unless_equals_int(overlay.go(GST_STATE_PAUSED), GST_STATE_CHANGE_SUCCESS);
  const auto message = wait_for_loaded(overlay);
  fail_unless(message != nullptr);
  const auto* const structure = gst_message_get_structure(message.get());
  fail_unless_equals_string(gst_structure_get_string(structure, "location"), path.c_str());
  guint64 frames = 0;
  guint64 objects = 0;
  guint64 bytes = 0;
  double seconds = 0;
  fail_unless(gst_structure_get(structure, "frames", G_TYPE_UINT64, &frames, "objects", G_TYPE_UINT64, &objects,
                                "bytes", G_TYPE_UINT64, &bytes, "seconds", G_TYPE_DOUBLE, &seconds, nullptr));
  fail_unless_equals_uint64(frames, kWidth);
  fail_unless_equals_uint64(objects, 1);
  fail_unless_equals_uint64(bytes, overlay.stat("store-bytes"));
  fail_unless_equals_uint64(static_cast<guint64>(std::llround(seconds * 1e9)), overlay.stat("load-time"));
  Player player(overlay);
  player.show(1);
  while (const MessagePtr other{gst_bus_pop(overlay.bus())}) {
    fail_unless(!gst_message_has_name(other.get(), "sam2overlay-loaded"));
  }
}
END_TEST

START_TEST(test_elements_that_play_the_same_file_share_its_masks) {
  const TemporaryDirectory directory;
  const auto path = huge_file(directory);
  Overlay first;
  Overlay second;
  Overlay other;
  for (auto* const overlay : {&first, &second}) overlay->set_location(path).set("axes", "TNHW").go(GST_STATE_PAUSED);
  fail_unless_equals_int(count_loads(1), 1);
  other.set_location(path).set("axes", "NTHW").set("max-memory", "0").go(GST_STATE_PAUSED);
  fail_unless_equals_int(count_loads(2), 2);
  first.go(GST_STATE_NULL);
  fail_unless_equals_int(count_loads(2), 2);
  second.go(GST_STATE_NULL);
  fail_unless_equals_int(count_loads(1), 1);
  // A file that has been written to since is another one.
  first.go(GST_STATE_PAUSED);
  std::filesystem::last_write_time(path, std::filesystem::last_write_time(path) + std::chrono::seconds(1));
  second.go(GST_STATE_PAUSED);
  fail_unless_equals_int(count_loads(3), 3);
}
END_TEST

START_TEST(test_a_file_that_takes_long_leaves_the_masks_in_use_until_it_is_there) {
  const TemporaryDirectory directory;
  Overlay overlay;
  overlay.set_location(column_file(directory)).set("axes", "TNHW").set_plain_look();
  Player player(overlay);
  fail_unless(player.show(3) == column_frame(3));
  overlay.set_location(huge_file(directory));
  for (guint64 k = 0; k < 10; ++k) fail_unless(player.show(k) == column_frame(k));
  fail_unless_equals_uint64(overlay.stat("frames-total"), kWidth);
  const auto rows = directory.file("rows.npz");
  write_npz(rows, {row_masks()});
  overlay.set_location(rows);
  fail_unless(player.show(3) == row_frame(3));
  fail_unless_equals_int(count_loads(0), 0);
  assert_no_reports(overlay);
}
END_TEST

static Suite* sam2overlay_streaming_suite() {
  auto* suite = suite_create("sam2overlay_streaming");
  auto* tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_the_first_frame_is_shown_while_the_rest_is_being_read);
  tcase_add_test(tests, test_null_does_not_wait_for_the_rest);
  tcase_add_test(tests, test_a_frame_ahead_of_the_file_is_let_go_by_a_flush);
  tcase_add_test(tests, test_a_frame_ahead_of_the_file_is_let_go_by_a_state_change);
  tcase_add_test(tests, test_a_frame_ahead_of_the_file_waits_for_its_masks);
  tcase_add_test(tests, test_a_broken_end_of_the_file_warns_once_and_is_never_shown);
  tcase_add_test(tests, test_a_single_frame_that_is_broken_is_an_error);
  tcase_add_test(tests, test_the_end_of_loading_is_told_once);
  tcase_add_test(tests, test_elements_that_play_the_same_file_share_its_masks);
  tcase_add_test(tests, test_a_file_that_takes_long_leaves_the_masks_in_use_until_it_is_there);
  return suite;
}

GST_CHECK_MAIN(sam2overlay_streaming);
