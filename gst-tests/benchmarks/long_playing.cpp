// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
// Plays a long mask file of 1080 x 1920 at 30 frames a second in a harness. Prints, each on a line of its own:
// milliseconds of a seek near the end right after opening; frames that were scanned by then; seconds of the scan while
// frames play; the most megabytes that it took beyond those before, at several moments; the median and the slowest of
// 50 seeks in milliseconds; microseconds a frame backwards, mean and slowest; megabytes at the end.
#include <gst/check/gstharness.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "stats.hpp"

namespace {

using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::duration<double, std::milli>;

constexpr GstClockTime kPeriod = GST_SECOND / 30;
constexpr std::size_t kFrameBytes = 1920 * 1080 * 3 / 2;

/// Megabytes in memory, without pages of files.
double resident_megabytes() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("RssAnon:")) return std::stod(line.substr(8)) / 1000;
  }
  return 0;
}

class LongPlayer {
 public:
  LongPlayer(const char* location, const char* axes) : element_(gst_element_factory_make("sam2overlay", nullptr)) {
    gst_object_ref_sink(element_);
    g_object_set(element_, "location", location, nullptr);
    gst_util_set_object_arg(G_OBJECT(element_), "axes", axes);
    gst_util_set_object_arg(G_OBJECT(element_), "time-origin", "stream");
    buffer_ = gst_buffer_new_allocate(nullptr, kFrameBytes, nullptr);
    gst_buffer_memset(buffer_, 0, 128, kFrameBytes);
    before_ = resident_megabytes();
    harness_ = gst_harness_new_with_element(element_, "sink", "src");
    gst_harness_set_src_caps_str(harness_, "video/x-raw,width=1920,height=1080,framerate=30/1,format=NV12");
  }
  LongPlayer(const LongPlayer&) = delete;
  LongPlayer& operator=(const LongPlayer&) = delete;
  ~LongPlayer() {
    gst_buffer_unref(buffer_);
    gst_harness_teardown(harness_);
    gst_object_unref(element_);
  }

  /// Milliseconds until the frame is there.
  double show(guint64 frame) {
    GST_BUFFER_PTS(buffer_) = frame * kPeriod;
    GST_BUFFER_DURATION(buffer_) = kPeriod;
    const auto begin = Clock::now();
    gst_harness_push(harness_, buffer_);
    buffer_ = gst_harness_pull(harness_);
    return Milliseconds(Clock::now() - begin).count();
  }
  guint64 stat(const char* field) const { return sam2::benchmark::stat_of(element_, field); }
  [[nodiscard]] double taken_megabytes() const { return resident_megabytes() - before_; }

 private:
  GstElement* element_;
  GstHarness* harness_ = nullptr;
  GstBuffer* buffer_ = nullptr;
  double before_ = 0;
};

/// Plays from the begin, as fast as a display would, until all of the file has been read.
void play_while_scanning(LongPlayer& player) {
  std::vector<double> taken;
  auto next = Clock::now();
  guint64 noted = 0;
  for (guint64 frame = 0; player.stat("load-time") == 0; ++frame) {
    player.show(frame);
    const auto scanned = player.stat("frames-scanned");
    const auto part = player.stat("frames-total") / 8;
    if (scanned >= noted * part) {
      taken.push_back(player.taken_megabytes());
      ++noted;
    }
    next += std::chrono::nanoseconds(kPeriod);
    const auto wait = std::chrono::duration_cast<std::chrono::microseconds>(next - Clock::now()).count();
    if (wait > 0) g_usleep(static_cast<gulong>(wait));
  }
  taken.push_back(player.taken_megabytes());
  std::printf("scan %.2f s\ntaken", static_cast<double>(player.stat("load-time")) / 1e9);
  for (const auto megabytes : taken) std::printf(" %.0f", megabytes);
  std::printf(" MB\n");
}

void seek_at_random(LongPlayer& player) {
  const auto frames = player.stat("frames-total");
  std::mt19937 random(1);
  std::vector<double> times;
  for (int i = 0; i < 50; ++i) times.push_back(player.show(random() % frames));
  std::ranges::sort(times);
  std::printf("seeks median %.1f ms, slowest %.1f ms\n", times[times.size() / 2], times.back());
}

void play_backwards(LongPlayer& player) {
  constexpr guint64 kFrames = 600;
  const auto begin = player.stat("frames-total") * 3 / 4;
  const auto count = std::min(kFrames, begin);
  double sum = 0;
  double slowest = 0;
  for (guint64 i = 0; i < count; ++i) {
    const auto time = player.show(begin - i);
    sum += time;
    slowest = std::max(slowest, time);
  }
  std::printf("backwards %.0f us, slowest %.1f ms\n", 1000 * sum / static_cast<double>(count), slowest);
}

}  // namespace

/// Arguments: the file, and its property `axes`.
int main(int argc, char** argv) {
  gst_init(&argc, &argv);
  setlinebuf(stdout);
  if (argc != 3) return 2;
  {
    LongPlayer player(argv[1], argv[2]);
    player.show(0);
    const auto frames = player.stat("frames-total");
    const auto time = player.show(frames * 29 / 30 / 100 * 100);
    std::printf("seek after opening %.1f ms, when %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " were scanned\n", time,
                player.stat("frames-scanned"), frames);
  }
  LongPlayer player(argv[1], argv[2]);
  play_while_scanning(player);
  seek_at_random(player);
  play_backwards(player);
  std::printf("at the end %.0f MB\n", player.taken_megabytes());
  return 0;
}
