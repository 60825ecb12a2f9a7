// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include <atomic>
#include <functional>
#include <thread>

#include "support/gst_check.hpp"
#include "support/player.hpp"
#include "support/program.hpp"

using namespace sam2::test;

namespace {

/// Two files whose masks are of different sizes and numbers of objects, and what frame 3 looks like with each.
struct TwoFiles {
  TwoFiles() {
    write_npz(first, {column_masks()});
    write_npz(second, {mask_array(6, 3, 2 * kHeight, 2 * kWidth,
                                  [](auto t, auto n, auto y, auto) { return y / 2 % 3 == n && y / 2 != t; })});
  }

  TemporaryDirectory directory;
  std::string first = directory.file("first.npz");
  std::string second = directory.file("second.npz");
  Bytes first_frame = column_frame(3);
  Bytes second_frame = row_frame(3);
};

}  // namespace

START_TEST(test_without_a_location_the_same_buffers_come_out) {
  for (const auto* const location : {static_cast<const char*>(nullptr), ""}) {
    Overlay overlay;
    if (location != nullptr) overlay.set_location(location);
    Player player(overlay);
    for (guint64 k = 0; k < 10; ++k) {
      auto* buffer = make_frame(k);
      // Shared, so that writing would take a copy.
      const BufferPtr shared(gst_buffer_ref(buffer));
      fail_unless(player.pass(buffer).get() == shared.get());
    }
    fail_unless_equals_uint64(overlay.stat("passed-through"), 10);
    assert_no_reports(overlay);
  }
}
END_TEST

START_TEST(test_nothing_is_read_before_the_element_starts) {
  const TemporaryDirectory directory;
  Overlay overlay;
  overlay.set("axes", "TNHW").set_plain_look();
  overlay.set_location(directory.file("missing.npz"));
  fail_unless_equals_int(overlay.go(GST_STATE_READY), GST_STATE_CHANGE_SUCCESS);
  overlay.set_location(directory.file("missing too.npz"));
  assert_no_reports(overlay);
  overlay.set_location(column_file(directory));
  fail_unless_equals_uint64(overlay.stat("frames-total"), 0);
  Player player(overlay);
  fail_unless(player.show(2) == column_frame(2));
}
END_TEST

START_TEST(test_a_location_that_is_set_while_playing_counts_from_the_next_frame_on) {
  const TwoFiles files;
  Overlay overlay;
  overlay.set("axes", "TNHW").set_plain_look();
  Player player(overlay);
  fail_unless(player.show(3) == Bytes(kFrameBytes, 0));
  for (int round = 0; round < 200; ++round) {
    overlay.set_location(files.first);
    fail_unless(player.show(3) == files.first_frame);
    overlay.set_location(files.second);
    fail_unless(player.show(3) == files.second_frame);
  }
  fail_unless_equals_uint64(overlay.stat("objects"), 3);
  assert_no_reports(overlay);
}
END_TEST

START_TEST(test_files_that_alternate_while_frames_flow_never_mix) {
  const TwoFiles files;
  Overlay overlay;
  overlay.set("axes", "TNHW").set_plain_look().set_location(files.first);
  Player player(overlay);
  std::atomic<bool> done{false};
  std::thread application([&] {
    while (!done) {
      overlay.set_location(files.second);
      overlay.set_location(files.first);
    }
  });
  constexpr int kEnough = 200;
  int firsts = 0;
  int seconds = 0;
  int others = 0;
  while (others == 0 && std::min(firsts, seconds) < kEnough) {
    const auto frame = player.show(3);
    ++(frame == files.first_frame ? firsts : frame == files.second_frame ? seconds : others);
  }
  done = true;
  application.join();
  fail_unless_equals_int(others, 0);
  assert_no_reports(overlay);
}
END_TEST

START_TEST(test_location_null_while_playing_stops_drawing) {
  const TemporaryDirectory directory;
  for (const auto& nothing : {std::optional<std::string>(), std::optional<std::string>("")}) {
    Overlay overlay;
    overlay.set_location(column_file(directory)).set("axes", "TNHW").set_plain_look();
    Player player(overlay);
    fail_unless(player.show(3) == column_frame(3));
    overlay.set_location(nothing);
    auto* buffer = make_frame(4);
    const BufferPtr shared(gst_buffer_ref(buffer));
    fail_unless(player.pass(buffer).get() == shared.get());
    for (const auto* const field : {"frames-total", "objects", "store-bytes"})
      fail_unless_equals_uint64(overlay.stat(field), 0);
    assert_no_reports(overlay);
  }
}
END_TEST

START_TEST(test_a_pickled_side_array_is_a_warning_only) {
  const TemporaryDirectory directory;
  const auto path = directory.file("masks.npz");
  write_npz(path, {column_masks(), {"scores", "|O", {16}, std::string(100, 'x')}});
  Overlay overlay;
  overlay.set_location(path).set("axes", "TNHW").set_plain_look();
  Player player(overlay);
  const auto warning = only_warning(overlay);
  assert_report(warning, GST_STREAM_ERROR, GST_STREAM_ERROR_WRONG_TYPE, "scores");
  fail_unless(warning.says(path), "%s", warning.text.c_str());
  fail_unless(player.show(3) == column_frame(3));
  assert_no_reports(overlay);
}
END_TEST

START_TEST(test_a_single_npy_plays) {
  const TemporaryDirectory directory;
  const auto path = directory.file("masks.npy");
  write_npy(path, column_masks());
  Overlay overlay;
  overlay.set_location(path).set("axes", "TNHW").set_plain_look();
  Player player(overlay);
  fail_unless(player.show(3) == column_frame(3));
  assert_no_reports(overlay);
}
END_TEST

START_TEST(test_two_elements_play_at_once_what_each_was_given) {
  const TwoFiles files;
  const auto play = [](const std::string& path, const Bytes& expected, int& wrong) {
    for (int round = 0; round < 10; ++round) {
      Overlay overlay;
      overlay.set_location(path).set("axes", "TNHW").set_plain_look();
      Player player(overlay);
      for (int k = 0; k < 50; ++k) wrong += player.show(3) == expected ? 0 : 1;
    }
  };
  int wrong[3] = {};
  std::thread first([&] { play(files.first, files.first_frame, wrong[0]); });
  std::thread same([&] { play(files.first, files.first_frame, wrong[1]); });
  play(files.second, files.second_frame, wrong[2]);
  first.join();
  same.join();
  for (const int count : wrong) fail_unless_equals_int(count, 0);
}
END_TEST

START_TEST(test_changes_of_a_loaded_file_have_no_effect) {
  const TemporaryDirectory directory;
  const std::function<void(const std::string&)> accidents[] = {
      [](const auto& path) { std::filesystem::remove(path); },
      [](const auto& path) { std::filesystem::resize_file(path, 100); },
      [](const auto& path) { std::filesystem::resize_file(path, 0); },
      [](const auto& path) { std::ofstream(path) << std::string(100000, 'x'); },
      [](const auto& path) {
        write_npz(path + ".new", {row_masks()});
        std::filesystem::rename(path + ".new", path);
      },
  };
  for (const auto& accident : accidents) {
    const auto path = column_file(directory);
    Overlay overlay;
    overlay.set_location(path).set("axes", "TNHW").set_plain_look();
    Player player(overlay);
    fail_unless(player.show(0) == column_frame(0));
    accident(path);
    for (std::size_t k = 1; k < kWidth; ++k) fail_unless(player.show(k) == column_frame(k));
    assert_no_reports(overlay);
  }
}
END_TEST

START_TEST(test_setting_the_location_again_plays_the_new_file) {
  const TemporaryDirectory directory;
  const std::function<void(const std::string&)> ways[] = {
      [](const auto& path) { write_npz(path, {row_masks(kWidth + 1)}); },
      [](const auto& path) {
        write_npz(path + ".new", {row_masks()});
        std::filesystem::rename(path + ".new", path);
      },
  };
  for (const auto& write_anew : ways) {
    const auto path = column_file(directory);
    Overlay overlay;
    overlay.set_location(path).set("axes", "TNHW").set_plain_look();
    Player player(overlay);
    fail_unless(player.show(2) == column_frame(2));
    write_anew(path);
    fail_unless(player.show(3) == column_frame(3));
    overlay.set_location(path);
    fail_unless(player.show(3) == row_frame(3));
    assert_no_reports(overlay);
  }
}
END_TEST

START_TEST(test_setting_the_location_again_uses_new_properties) {
  const TemporaryDirectory directory;
  const auto path = directory.file("both.npz");
  auto rows = row_masks();
  rows.name = "rows";
  write_npz(path, {column_masks(), rows});
  Overlay overlay;
  overlay.set_location(path).set("axes", "TNHW").set("array", column_masks().name.c_str()).set_plain_look();
  Player player(overlay);
  fail_unless(player.show(3) == column_frame(3));
  overlay.set("array", "rows");
  fail_unless(player.show(3) == column_frame(3));
  overlay.set_location(path);
  fail_unless(player.show(3) == row_frame(3));
  assert_no_reports(overlay);
}
END_TEST

START_TEST(test_a_bad_file_under_the_same_location_leaves_the_masks_in_use) {
  const TemporaryDirectory directory;
  const auto path = column_file(directory);
  Overlay overlay;
  overlay.set_location(path).set("axes", "TNHW").set_plain_look();
  Player player(overlay);
  fail_unless(player.show(2) == column_frame(2));
  std::filesystem::remove(path);
  overlay.set_location(path);
  fail_unless(player.show(3) == column_frame(3));
  assert_report(only_warning(overlay), GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_FOUND, "columns.npz");
}
END_TEST

START_TEST(test_a_name_with_a_conversion_plays_one_archive_a_frame) {
  const TemporaryDirectory directory;
  for (std::size_t k = 0; k < kWidth; ++k) {
    if (k == 5 || k == 6) continue;
    auto masks = mask_array(1, 1, kHeight, kWidth, [k](auto, auto, auto, auto x) { return x == k; });
    write_npz(directory.file("m_" + std::string(k < 10 ? "0" : "") + std::to_string(k) + ".npz"), {masks});
  }
  Overlay overlay;
  overlay.set_location(directory.file("m_%02d.npz")).set("max-hold", "80000000").set_plain_look();
  Player player(overlay);
  for (const std::size_t k : {0, 1, 2, 3, 4, 7, 15, 14, 2, 0}) fail_unless(player.show(k) == column_frame(k));
  // Held over two frames, and not longer.
  fail_unless(player.show(5) == column_frame(4));
  fail_unless(player.show(6) == Bytes(kFrameBytes, 0));
  assert_no_reports(overlay);
}
END_TEST

START_TEST(test_gst_launch_fails_and_names_the_file_once) {
  const TemporaryDirectory directory;
  const auto path = directory.file("missing.npz");
  const auto result = launch("sam2overlay location=" + path + " ! fakesink");
  fail_unless(result.exit_code != 0);
  fail_unless(result.exit_code != 124);
  const auto output = result.out + result.errors;
  const auto first = output.find(path);
  fail_unless(first != std::string::npos && output.find(path, first + 1) == std::string::npos, "%s", output.c_str());
}
END_TEST

static Suite* sam2overlay_loading_suite() {
  auto* suite = suite_create("sam2overlay_loading");
  auto* tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_without_a_location_the_same_buffers_come_out);
  tcase_add_test(tests, test_nothing_is_read_before_the_element_starts);
  tcase_add_test(tests, test_a_location_that_is_set_while_playing_counts_from_the_next_frame_on);
  tcase_add_test(tests, test_files_that_alternate_while_frames_flow_never_mix);
  tcase_add_test(tests, test_location_null_while_playing_stops_drawing);
  tcase_add_test(tests, test_a_pickled_side_array_is_a_warning_only);
  tcase_add_test(tests, test_a_single_npy_plays);
  tcase_add_test(tests, test_setting_the_location_again_plays_the_new_file);
  tcase_add_test(tests, test_setting_the_location_again_uses_new_properties);
  tcase_add_test(tests, test_a_bad_file_under_the_same_location_leaves_the_masks_in_use);
  tcase_add_test(tests, test_a_name_with_a_conversion_plays_one_archive_a_frame);
  tcase_add_test(tests, test_two_elements_play_at_once_what_each_was_given);
  tcase_add_test(tests, test_changes_of_a_loaded_file_have_no_effect);
  tcase_add_test(tests, test_gst_launch_fails_and_names_the_file_once);
  return suite;
}

GST_CHECK_MAIN(sam2overlay_loading);
