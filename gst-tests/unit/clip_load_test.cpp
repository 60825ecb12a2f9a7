// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "clip/clip_load.hpp"

#include "support/gst_check.hpp"
#include "support/mask_file.hpp"

namespace {

using namespace sam2;
using namespace sam2::test;
using clip::ClipLoad;
using clip::ClipOptions;

constexpr std::size_t kFrames = 5;
/// So many frames that most of them are still to be read once the first is ready.
constexpr std::size_t kManyFrames = 100'000;

void write_masks(const std::string& path, std::size_t frames) {
  write_npz(path, {mask_array(frames, 1, 12, 16, [](auto t, auto, auto, auto x) { return x == t % 16; })});
}

/// A file whose last mask differs from what its checksum promises.
void write_broken_masks(const std::string& path) {
  const auto array = mask_array(kFrames, 1, 12, 16, [](auto, auto, auto y, auto) { return y == 0; });
  write_npz(path, {array});
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  const auto start_of_array = read_file(path).find(array.data);
  file.seekp(static_cast<std::streamoff>(start_of_array + array.data.size() - 1));
  file.put('\1');
}

ClipOptions options() {
  ClipOptions options;
  options.load.axes = "TNHW";
  return options;
}

ClipLoad::Status finished_status(ClipLoad& load) {
  load.wait([](const ClipLoad::Status& status) { return status.is_finished; });
  return load.status();
}

START_TEST(test_a_finished_load_has_every_entry_and_no_error) {
  const TemporaryDirectory directory;
  write_masks(directory.file("masks.npz"), kFrames);
  ClipLoad load(directory.file("masks.npz"), options());
  const auto status = finished_status(load);
  fail_unless(load.is_finished());
  fail_unless(!status.error, "%s", status.error ? status.error->message.c_str() : "");
  fail_unless(status.warnings.empty());
  fail_unless(status.duration.count() > 0);
  fail_unless_equals_uint64(status.clip->masks().entry_count(), kFrames);
  for (std::size_t entry = 0; entry < kFrames; ++entry) fail_unless(status.is_ready(entry), "entry %zu", entry);
}
END_TEST

START_TEST(test_equal_loads_of_one_file_are_shared) {
  const TemporaryDirectory directory;
  const auto path = directory.file("masks.npz");
  write_masks(path, kFrames);
  const auto first = ClipLoad::open(path, options());
  fail_unless(ClipLoad::open(path, options()) == first, "a load that runs is shared");
  finished_status(*first);
  fail_unless(ClipLoad::open(path, options()) == first, "a load that is finished is shared");
}
END_TEST

START_TEST(test_a_load_with_different_options_is_not_shared) {
  const TemporaryDirectory directory;
  const auto path = directory.file("masks.npz");
  write_masks(path, kFrames);
  const auto first = ClipLoad::open(path, options());
  auto other_threshold = options();
  other_threshold.load.threshold = 0.5;
  auto other_tracking = options();
  other_tracking.tracking = tracking::Tracking::Centroid;
  fail_unless(ClipLoad::open(path, other_threshold) != first, "threshold");
  fail_unless(ClipLoad::open(path, other_tracking) != first, "tracking");
}
END_TEST

START_TEST(test_a_load_of_a_file_that_has_changed_is_not_shared) {
  const TemporaryDirectory directory;
  const auto path = directory.file("masks.npz");
  write_masks(path, kFrames);
  const auto original = ClipLoad::open(path, options());
  finished_status(*original);

  write_masks(directory.file("next.npz"), kFrames);
  std::filesystem::rename(directory.file("next.npz"), path);
  const auto replaced = ClipLoad::open(path, options());
  fail_unless(replaced != original, "the file was replaced by one of the same size");
  finished_status(*replaced);

  write_masks(path, kFrames + 1);
  const auto rewritten = ClipLoad::open(path, options());
  fail_unless(rewritten != replaced, "the file was written again");
  fail_unless_equals_uint64(finished_status(*rewritten).clip->masks().entry_count(), kFrames + 1);
  fail_unless_equals_uint64(original->status().clip->masks().entry_count(), kFrames);
}
END_TEST

START_TEST(test_a_load_that_failed_is_tried_again) {
  const TemporaryDirectory directory;
  const auto path = directory.file("masks.npz");
  write_broken_masks(path);
  const auto first = ClipLoad::open(path, options());
  fail_unless(finished_status(*first).error.has_value());
  fail_unless(ClipLoad::open(path, options()) != first);
}
END_TEST

START_TEST(test_a_missing_file_is_an_error_without_a_clip) {
  const TemporaryDirectory directory;
  const auto load = ClipLoad::open(directory.file("missing.npz"), options());
  const auto status = finished_status(*load);
  fail_unless(status.error && status.error->message.find("missing.npz") != std::string::npos);
  fail_unless(status.clip == nullptr);
  fail_unless(!status.is_any_ready() && !status.is_ready(0));
  fail_unless(status.is_decided(0), "an entry that never comes is decided");
}
END_TEST

START_TEST(test_a_file_that_is_broken_at_its_end_keeps_the_entries_before) {
  const TemporaryDirectory directory;
  write_broken_masks(directory.file("masks.npz"));
  ClipLoad load(directory.file("masks.npz"), options());
  const auto status = finished_status(load);
  fail_unless(status.error.has_value());
  fail_unless(status.clip != nullptr);
  for (std::size_t entry = 0; entry + 1 < kFrames; ++entry) fail_unless(status.is_ready(entry), "entry %zu", entry);
  fail_unless(!status.is_ready(kFrames - 1), "the checksum does not vouch for the last entry");
  fail_unless(status.is_decided(kFrames - 1));
}
END_TEST

START_TEST(test_a_waiting_thread_tests_its_condition_again_when_it_is_woken) {
  const TemporaryDirectory directory;
  write_masks(directory.file("masks.npz"), kFrames);
  ClipLoad load(directory.file("masks.npz"), options());
  finished_status(load);
  std::atomic<int> calls{0};
  std::atomic<bool> is_over{false};
  std::thread waiting([&] {
    load.wait([&](const ClipLoad::Status&) {
      ++calls;
      return is_over.load();
    });
  });
  while (calls == 0) std::this_thread::yield();
  is_over = true;
  // Without this call the thread would sleep for ever, and the time limit of the test would end it.
  load.wake();
  waiting.join();
  fail_unless(calls >= 2);
}
END_TEST

START_TEST(test_a_wait_ends_at_its_deadline) {
  const TemporaryDirectory directory;
  write_masks(directory.file("masks.npz"), kFrames);
  ClipLoad load(directory.file("masks.npz"), options());
  finished_status(load);
  const auto deadline = ClipLoad::Clock::now() + std::chrono::milliseconds(20);
  fail_unless(!load.wait_until(deadline, [](const ClipLoad::Status&) { return false; }));
  fail_unless(ClipLoad::Clock::now() >= deadline);
  fail_unless(load.wait_until(deadline, [](const ClipLoad::Status&) { return true; }), "what is true needs no time");
}
END_TEST

START_TEST(test_a_destroyed_load_leaves_the_rest_of_its_file_unread) {
  const TemporaryDirectory directory;
  write_masks(directory.file("masks.npz"), kManyFrames);
  clip::SharedClip clip;
  {
    ClipLoad load(directory.file("masks.npz"), options());
    load.wait([&](const ClipLoad::Status& status) { return status.is_any_ready() || status.is_finished; });
    clip = load.status().clip;
  }
  fail_unless(clip != nullptr);
  fail_unless(clip->is_ready(0), "what was read remains");
  fail_unless(!clip->is_ready(kManyFrames - 1));
}
END_TEST

START_TEST(test_a_listener_is_called_once_when_the_load_finishes) {
  const TemporaryDirectory directory;
  write_masks(directory.file("masks.npz"), kManyFrames);
  std::atomic<int> calls{0};
  std::atomic<int> unsubscribed_calls{0};
  {
    ClipLoad load(directory.file("masks.npz"), options());
    // The load cannot finish while a condition is tested.
    load.wait([&](const ClipLoad::Status& status) {
      fail_unless(!status.is_finished);
      load.subscribe([&] { ++calls; });
      load.unsubscribe(load.subscribe([&] { ++unsubscribed_calls; }));
      return true;
    });
    finished_status(load);
  }
  fail_unless_equals_int(calls, 1);
  fail_unless_equals_int(unsubscribed_calls, 0);
}
END_TEST

START_TEST(test_a_listener_of_a_finished_load_is_called_immediately) {
  const TemporaryDirectory directory;
  int calls = 0;
  ClipLoad load(directory.file("missing.npz"), options());
  finished_status(load);
  load.subscribe([&] { ++calls; });
  fail_unless_equals_int(calls, 1);
}
END_TEST

Suite* clip_load_suite() {
  auto* const suite = suite_create("clip_load");
  auto* const test_case = tcase_create("clip_load");
  suite_add_tcase(suite, test_case);
  tcase_add_test(test_case, test_a_finished_load_has_every_entry_and_no_error);
  tcase_add_test(test_case, test_equal_loads_of_one_file_are_shared);
  tcase_add_test(test_case, test_a_load_with_different_options_is_not_shared);
  tcase_add_test(test_case, test_a_load_of_a_file_that_has_changed_is_not_shared);
  tcase_add_test(test_case, test_a_load_that_failed_is_tried_again);
  tcase_add_test(test_case, test_a_missing_file_is_an_error_without_a_clip);
  tcase_add_test(test_case, test_a_file_that_is_broken_at_its_end_keeps_the_entries_before);
  tcase_add_test(test_case, test_a_waiting_thread_tests_its_condition_again_when_it_is_woken);
  tcase_add_test(test_case, test_a_wait_ends_at_its_deadline);
  tcase_add_test(test_case, test_a_destroyed_load_leaves_the_rest_of_its_file_unread);
  tcase_add_test(test_case, test_a_listener_is_called_once_when_the_load_finishes);
  tcase_add_test(test_case, test_a_listener_of_a_finished_load_is_called_immediately);
  return suite;
}

}  // namespace

GST_CHECK_MAIN(clip_load);
