// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
// Two elements on one file, which is being read, while everything about them changes. Nothing may be lost, hang or,
// with ThreadSanitizer, race.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>
#include <utility>

#include "support/properties.hpp"

using namespace sam2::test;

namespace {

constexpr std::size_t kFrames = 400;

/// Repeats `step` in a thread of its own, until it is destroyed.
class Worker {
 public:
  template <typename Step>
  explicit Worker(Step step)
      : thread_([this, step] {
          for (unsigned round = 0; !is_over_; ++round) {
            step(round);
            ++rounds_;
          }
        }) {}
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;
  ~Worker() {
    is_over_ = true;
    thread_.join();
  }

  /// Waits until `step` has run so often.
  void wait_for(unsigned rounds) const {
    while (rounds_ < rounds) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }

 private:
  std::atomic<bool> is_over_{false};
  std::atomic<unsigned> rounds_{0};
  std::thread thread_;
};

void wait_a_little() {
  std::this_thread::sleep_for(std::chrono::microseconds(50));
}

/// Frames flow through it, interrupted by flushing seeks.
class Stream {
 public:
  explicit Stream(const std::string& location) {
    overlay_.set("axes", "TNHW").set_location(location);
    player_ = std::make_unique<Player>(overlay_);
  }

  [[nodiscard]] Overlay& overlay() { return overlay_; }

  /// What seeks do to a stream that runs: only its flush may overtake frames.
  void flush() {
    auto* const pad = player_->harness()->srcpad;
    gst_pad_push_event(pad, gst_event_new_flush_start());
    // A frame on its way has come back by then.
    const std::lock_guard lock(streaming_);
    gst_pad_push_event(pad, gst_event_new_flush_stop(TRUE));
    is_flushed_ = true;
  }
  void push(unsigned round) {
    const std::lock_guard lock(streaming_);
    auto* const pad = player_->harness()->srcpad;
    if (std::exchange(is_flushed_, false)) {
      GstSegment segment;
      gst_segment_init(&segment, GST_FORMAT_TIME);
      segment.start = segment.time = segment.position = round % kFrames * kFramePeriod;
      gst_pad_push_event(pad, gst_event_new_segment(&segment));
    }
    const auto flow = gst_pad_push(pad, make_frame(round % kFrames));
    fail_unless(flow == GST_FLOW_OK || flow == GST_FLOW_FLUSHING, "flow %s", gst_flow_get_name(flow));
    frames_ += flow == GST_FLOW_OK ? 1 : 0;
    while (const BufferPtr buffer{gst_harness_try_pull(player_->harness())}) {
    }
    for (const auto& report : overlay_.reports(GST_MESSAGE_ERROR)) fail_unless(false, "%s", report.text.c_str());
  }
  [[nodiscard]] int frames() const { return frames_; }

 private:
  Overlay overlay_;
  std::unique_ptr<Player> player_;
  std::mutex streaming_;
  bool is_flushed_ = false;
  std::atomic<int> frames_{0};
};

}  // namespace

START_TEST(test_elements_share_a_file_while_everything_changes) {
  const TemporaryDirectory directory;
  const auto path = [&](unsigned number) { return directory.file("masks" + std::to_string(number % 3) + ".npz"); };
  const auto write = [&](unsigned number) {
    // What is being read is never written to: a new file takes its place.
    const auto next = directory.file("next.npz");
    auto other = column_masks(kFrames);
    other.name = "segs";
    write_npz(next, {column_masks(kFrames), other});
    std::filesystem::rename(next, path(number));
  };
  for (const unsigned number : {0, 1, 2}) write(number);
  Stream first(path(0));
  Stream second(path(0));
  const auto values = values_of_all_properties(path(0), path(1));
  {
    const Worker plays_first([&](unsigned round) { first.push(round); });
    const Worker plays_second([&](unsigned round) { second.push(round); });
    const Worker seeks([&](unsigned round) {
      (round % 2 == 0 ? first : second).flush();
      std::this_thread::sleep_for(std::chrono::milliseconds(3));
    });
    // Both look for the same file, which has just been replaced.
    const Worker relocates([&](unsigned round) {
      first.overlay().set_location(path(round));
      second.overlay().set_location(path(round));
      write(round + 1);
    });
    const Worker changes([&](unsigned round) {
      for (const auto& [property, value, other] : values) {
        if (std::string_view(property) == "location" || std::string_view(property) == "max-memory") continue;
        (round % 2 == 0 ? first : second).overlay().set(property, (round / 2 % 2 == 0 ? value : other).c_str());
        wait_a_little();
      }
    });
    const Worker asks([&](unsigned) {
      fail_unless(first.overlay().stats() != nullptr);
      fail_unless(second.overlay().stats() != nullptr);
      wait_a_little();
    });
    relocates.wait_for(20);
    changes.wait_for(150);
    seeks.wait_for(150);
    asks.wait_for(1000);
    while (std::min(first.frames(), second.frames()) < 1000) wait_a_little();
  }
}
END_TEST

START_TEST(test_elements_that_share_a_file_may_be_stopped_while_it_is_read) {
  const TemporaryDirectory directory;
  for (int round = 0; round < 30; ++round) {
    const auto path = directory.file(std::to_string(round) + ".npz");
    write_npz(path, {column_masks(2000)});
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&path, round, i] {
        Overlay overlay;
        overlay.set("axes", "TNHW").set_location(path);
        overlay.go(GST_STATE_PAUSED);
        std::this_thread::sleep_for(std::chrono::microseconds(100 * ((round + i) % 5)));
        overlay.set_location(i == 0 ? std::optional<std::string>() : path);
        overlay.go(GST_STATE_NULL);
      });
    }
    for (auto& thread : threads) thread.join();
  }
}
END_TEST

static Suite* sam2overlay_stress_suite() {
  auto* suite = suite_create("sam2overlay_stress");
  auto* tests = tcase_create("general");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_elements_share_a_file_while_everything_changes);
  tcase_add_test(tests, test_elements_that_share_a_file_may_be_stopped_while_it_is_read);
  return suite;
}

GST_CHECK_MAIN(sam2overlay_stress);
