// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include <malloc.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "support/gst_check.hpp"
#include "support/program.hpp"
#include "support/properties.hpp"
#include "support/sanitizers.hpp"

using namespace sam2::test;

namespace {

/// Argument that makes this program do so instead of running tests.
constexpr const char* kEndWhilePlaying = "--end-while-playing";

constexpr auto kReady = GST_STATE_READY;
constexpr auto kPaused = GST_STATE_PAUSED;
constexpr auto kPlaying = GST_STATE_PLAYING;
constexpr auto kNull = GST_STATE_NULL;

/// The sequences that GStreamer's own modules put all their elements through.
const std::vector<GstState> kSequences[] = {
    {kReady, kPaused, kPlaying, kPaused, kReady, kNull, kPaused, kReady, kPlaying, kPaused, kReady, kPaused, kNull},
    {kReady, kNull, kReady, kPaused, kReady, kNull, kReady, kPaused, kPlaying, kPaused, kReady, kNull},
    {kReady, kPaused, kPlaying, kPaused, kPlaying, kPaused, kReady, kPaused, kPlaying, kPaused, kReady, kNull, kReady,
     kPaused, kPlaying, kPaused, kReady, kNull},
};

std::size_t count_threads() {
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator("/proc/self/task"), {}));
}

/// Lets allocated_bytes() know of all threads: malloc tells of one arena only.
void share_one_arena() {
  mallopt(M_ARENA_MAX, 1);
}

std::size_t allocated_bytes() {
  const auto info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

/// AddressSanitizer has a malloc of its own, whose count lacks what a thread allocated while that thread ends.
const bool kAllocationsAreCounted = !has_address_sanitizer();

}  // namespace

START_TEST(test_the_state_sequences_pass_a_hundred_times_with_and_without_a_file) {
  const ColumnsAndRows files;
  for (const bool with_file : {false, true}) {
    Overlay overlay;
    overlay.set("axes", "TNHW");
    if (with_file) overlay.set_location(files.columns);
    for (int round = 0; round < 100; ++round) {
      for (const auto& sequence : kSequences) {
        for (const auto state : sequence) {
          fail_unless_equals_int(overlay.go(state), GST_STATE_CHANGE_SUCCESS);
          fail_unless_equals_int(GST_STATE(overlay.element()), state);
          const bool loaded = with_file && state >= kPaused;
          if (loaded) overlay.finish_loading();
          fail_unless_equals_uint64(overlay.stat("frames-total"), loaded ? kWidth : 0);
        }
      }
    }
    assert_no_reports(overlay);
  }
}
END_TEST

START_TEST(test_a_start_that_failed_can_be_repeated) {
  const ColumnsAndRows files;
  Overlay overlay;
  overlay.set("axes", "TNHW").set_plain_look();
  for (int round = 0; round < 50; ++round) {
    overlay.set_location(files.directory.file("missing.npz"));
    for (int attempt = 0; attempt < 2; ++attempt) {
      fail_unless_equals_int(overlay.go(kPaused), GST_STATE_CHANGE_FAILURE);
      assert_report(only_report(overlay), GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_FOUND, "missing.npz");
    }
    // Not running, so this loads nothing.
    overlay.set_location(files.directory.file("missing too.npz"));
    assert_no_reports(overlay);
    overlay.set_location(files.columns);
    fail_unless_equals_int(overlay.go(kPaused), GST_STATE_CHANGE_SUCCESS);
    fail_unless_equals_uint64(overlay.stat("frames-total"), kWidth);
    fail_unless_equals_int(overlay.go(round % 2 == 0 ? kNull : kReady), GST_STATE_CHANGE_SUCCESS);
    assert_no_reports(overlay);
  }
  Player player(overlay);
  fail_unless(player.show(3) == column_frame(3));
}
END_TEST

START_TEST(test_a_file_of_timestamps_missing_undoes_the_start) {
  const ColumnsAndRows files;
  Overlay overlay;
  overlay.set("axes", "TNHW").set("timing", "timestamps").set_location(files.columns);
  fail_unless_equals_int(overlay.go(kPaused), GST_STATE_CHANGE_FAILURE);
  fail_unless_equals_uint64(overlay.stat("frames-total"), 0);
  fail_unless_equals_uint64(overlay.stat("load-time"), 0);
}
END_TEST

START_TEST(test_ready_forgets_the_stream_and_keeps_the_properties) {
  const ColumnsAndRows files;
  Overlay overlay;
  overlay.set_location(files.columns).set("axes", "TNHW").set("timing", "buffers").set_plain_look();
  for (int round = 0; round < 3; ++round) {
    {
      // Counting starts over, and so do the warnings and the statistics.
      Player player(overlay);
      for (std::size_t k = 0; k < 4; ++k) fail_unless(player.show(100 + k) == column_frame(k));
      fail_unless_equals_uint64(overlay.stat("rendered"), 4);
    }
    fail_unless_equals_int(overlay.go(kReady), GST_STATE_CHANGE_SUCCESS);
    for (const auto* const field : {"rendered", "passed-through", "frames-total", "store-bytes"}) {
      fail_unless_equals_uint64(overlay.stat(field), 0);
    }
    assert_text(overlay.get("location"), files.columns);
    assert_text(overlay.get("timing"), "buffers");
    {
      // Other caps, twice the size.
      Player player(overlay, "video/x-raw,format=GRAY8,width=32,height=24,framerate=25/1");
      const auto frame = player.show(7, 4 * kFrameBytes);
      for (std::size_t i = 0; i < frame.size(); ++i) fail_unless((frame[i] != 0) == (i % (2 * kWidth) < 2));
    }
    assert_no_reports(overlay);
  }
}
END_TEST

START_TEST(test_ready_to_paused_and_back_needs_no_stream) {
  const ColumnsAndRows files;
  Overlay overlay;
  overlay.set_location(files.columns).set("axes", "TNHW").set_plain_look();
  for (const auto state : {kReady, kPaused, kReady, kPaused}) {
    fail_unless_equals_int(overlay.go(state), GST_STATE_CHANGE_SUCCESS);
  }
  // A file that changed in between is read again.
  overlay.go(kReady);
  write_npz(files.columns, {row_masks()});
  Player player(overlay);
  fail_unless(player.show(3) == row_frame(3));
  assert_no_reports(overlay);
}
END_TEST

START_TEST(test_null_frees_the_masks) {
  share_one_arena();
  const TemporaryDirectory directory;
  const auto path = directory.file("large.npz");
  write_npz(path, {mask_array(30, 1, 400, 400, [](auto t, auto, auto y, auto x) { return (x + y + t) % 3 == 0; })});
  Overlay overlay;
  overlay.set_location(path).set("axes", "TNHW");
  // Whatever is kept for good is allocated by the first round.
  for (int round = 0; round < 2; ++round) {
    overlay.go(kNull);
    const auto before = allocated_bytes();
    {
      Player player(overlay);
      player.show(0);
      overlay.finish_loading();
      fail_unless(!kAllocationsAreCounted || allocated_bytes() > before + 1'000'000);
      fail_unless(overlay.stat("store-bytes") > 1'000'000);
    }
    overlay.go(kNull);
    fail_unless_equals_uint64(overlay.stat("store-bytes"), 0);
    // A thread that reports the load may hold it for a moment longer.
    for (int wait = 0; wait < 5000 && allocated_bytes() >= before + 100'000; ++wait) g_usleep(1000);
    fail_unless(!kAllocationsAreCounted || round == 0 || allocated_bytes() < before + 100'000,
                "%zu bytes more than before", allocated_bytes() - before);
  }
}
END_TEST

START_TEST(test_a_thousand_elements_leave_no_thread_and_no_memory_behind) {
  share_one_arena();
  const ColumnsAndRows files;
  // Whatever is made once is made by these.
  for (int i = 0; i < 10; ++i) Overlay().set("axes", "TNHW").set_location(files.columns).go(kPaused);
  const auto threads = count_threads();
  const auto before = allocated_bytes();
  for (int i = 0; i < 1000; ++i) {
    Overlay overlay;
    overlay.set("axes", "TNHW").set_location(files.columns);
    if (i % 10 == 0) fail_unless_equals_int(overlay.go(kPaused), GST_STATE_CHANGE_SUCCESS);
    // Messages hold their source.
    assert_no_reports(overlay);
    ASSERT_OBJECT_REFCOUNT(overlay.element(), "overlay", 1);
  }
  // GLib keeps idle threads of its own for a while.
  for (int i = 0; i < 300 && count_threads() > threads; ++i) g_usleep(100'000);
  fail_unless(count_threads() <= threads);
  fail_unless(!kAllocationsAreCounted || allocated_bytes() < before + 100'000, "%zu bytes more",
              allocated_bytes() - before);
}
END_TEST

START_TEST(test_a_good_run_leaks_nothing_and_says_nothing) {
  const ColumnsAndRows files;
  const auto overlay = "sam2overlay axes=TNHW location=" + files.columns;
  for (const auto& elements : {overlay + " ! fakesink", std::string("sam2overlay ! fakesink"),
                               overlay + " draw=fill colors=#123456 objects=1 post-messages=true at-end=loop ! " +
                                   "videoconvert ! video/x-raw,format=BGRA ! " + overlay + " ! fakesink"}) {
    // The tracer tells of leaks in a warning, after everything else.
    const auto run = launch(elements, {{"GST_TRACERS", "leaks"}, {"GST_DEBUG", "2"}});
    fail_unless(run.exit_code == 0 && run.out.empty() && run.errors.empty(), "%s\n%s%s", elements.c_str(),
                run.out.c_str(), run.errors.c_str());
  }
}
END_TEST

START_TEST(test_a_failed_start_leaks_nothing) {
  const ColumnsAndRows files;
  const auto text = files.directory.file("text.npz");
  std::ofstream(text) << "These are no masks.";
  for (const auto& location : {files.directory.file("missing.npz"), text, files.columns + " axes=garbage"}) {
    const auto run = launch("sam2overlay location=" + location + " ! fakesink", {{"GST_TRACERS", "leaks"}});
    fail_unless(run.exit_code != 124);
    fail_unless(run.errors.find("Leaks") == std::string::npos, "%s", run.errors.c_str());
    fail_unless(run.errors.find("ERROR") != std::string::npos, "%s", run.errors.c_str());
  }
}
END_TEST

START_TEST(test_a_program_may_end_while_playing) {
  const ColumnsAndRows files;
  const auto program = std::filesystem::read_symlink("/proc/self/exe").string();
  for (int round = 0; round < 5; ++round) {
    const auto run = run_program({program, kEndWhilePlaying, files.columns});
    fail_unless(run.exit_code == 0 && run.errors.empty(), "%d: %s", run.exit_code, run.errors.c_str());
  }
}
END_TEST

static Suite* sam2overlay_states_suite() {
  auto* suite = suite_create("sam2overlay_states");
  auto* tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_the_state_sequences_pass_a_hundred_times_with_and_without_a_file);
  tcase_add_test(tests, test_a_start_that_failed_can_be_repeated);
  tcase_add_test(tests, test_a_file_of_timestamps_missing_undoes_the_start);
  tcase_add_test(tests, test_ready_forgets_the_stream_and_keeps_the_properties);
  tcase_add_test(tests, test_ready_to_paused_and_back_needs_no_stream);
  tcase_add_test(tests, test_null_frees_the_masks);
  tcase_add_test(tests, test_a_thousand_elements_leave_no_thread_and_no_memory_behind);
  tcase_add_test(tests, test_a_good_run_leaks_nothing_and_says_nothing);
  tcase_add_test(tests, test_a_failed_start_leaks_nothing);
  tcase_add_test(tests, test_a_program_may_end_while_playing);
  return suite;
}

/// Plays `location` and returns from main() meanwhile. The tests themselves cannot, since GstCheck waits for all
/// threads.
static int end_while_playing(const std::string& location) {
  gst_init(nullptr, nullptr);
  const auto description = "videotestsrc ! sam2overlay axes=TNHW at-end=loop post-messages=true location=" + location +
                           " ! fakesink sync=false";
  auto* pipeline = gst_parse_launch(description.c_str(), nullptr);
  gst_element_set_state(pipeline, kPlaying);
  const auto result = gst_element_get_state(pipeline, nullptr, nullptr, 10 * GST_SECOND);
  g_usleep(50'000);
  return result == GST_STATE_CHANGE_SUCCESS ? 0 : 1;
}

int main(int argc, char** argv) {
  if (argc == 3 && std::string(argv[1]) == kEndWhilePlaying) return end_while_playing(argv[2]);
  gst_check_init(&argc, &argv);
  return gst_check_run_suite(sam2overlay_states_suite(), "sam2overlay_states", __FILE__);
}
