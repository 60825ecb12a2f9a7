// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
// What each look costs in the element itself: three objects that move over 14 % of 1080p frames, each of which gets
// other masks, on one core. No time is asserted.
#include <gst/check/gstharness.h>
#include <gst/video/video.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <memory>
#include <numeric>
#include <utility>
#include <vector>

#include "scene.hpp"
#include "stopwatch.hpp"
#include "support/mask_file.hpp"

using namespace sam2;
using namespace sam2::benchmark;

namespace {

constexpr Size kSize = {1920, 1080};
constexpr std::size_t kFrames = 20;
constexpr int kTurns = 100;
/// In a pipeline, frames come from a pool, and out of the nearest caches.
constexpr std::size_t kPoolFrames = 10;
constexpr GstClockTime kPeriod = GST_SECOND / 30;

/// Label maps, in which the objects of a scene go to the right.
void write_masks(const std::string& path) {
  const Scene scene(kSize, 14, 3);
  const auto plane = std::size_t(kSize.width) * std::size_t(kSize.height);
  test::Array array{"masks", "|u1", {kFrames, std::size_t(kSize.height), std::size_t(kSize.width)}, {}};
  array.data.assign(kFrames * plane, '\0');
  for (int t = 0; t < int(kFrames); ++t) {
    for (std::size_t i = 0; i < scene.masks.size(); ++i) {
      const auto& mask = scene.masks[i];
      for (int y = mask.top(); y < mask.bottom(); ++y) {
        for (const auto& span : mask.row(y)) {
          const auto row = std::size_t(t) * plane + std::size_t(y) * std::size_t(kSize.width);
          for (int x = span.begin; x < span.end; ++x) {
            if (x + 5 * t < kSize.width) array.data[row + std::size_t(x + 5 * t)] = char(i + 1);
          }
        }
      }
    }
  }
  test::write_npz(path, {array});
}

/// Frames of a pool, and the shortest time that each moment of the clip took.
class Player {
 public:
  Player(const std::string& format, std::size_t frames) {
    gst_video_info_set_format(&info_, gst_video_format_from_string(format.c_str()), guint(kSize.width),
                              guint(kSize.height));
    for (std::size_t i = 0; i < frames; ++i) {
      frames_.push_back(gst_buffer_new_allocate(nullptr, info_.size, nullptr));
      gst_buffer_memset(frames_.back(), 0, 128, info_.size);
    }
    best_.fill(1e9);
  }
  Player(const Player&) = delete;
  Player& operator=(const Player&) = delete;
  virtual ~Player() {
    for (auto* const frame : frames_) gst_buffer_unref(frame);
  }

  void play() {
    using Clock = std::chrono::steady_clock;
    for (std::size_t k = 0; k < kFrames; ++k) {
      auto*& frame = frames_[k % frames_.size()];
      GST_BUFFER_PTS(frame) = k * kPeriod;
      GST_BUFFER_DURATION(frame) = kPeriod;
      const auto begin = Clock::now();
      frame = pass(frame);
      best_[k] = std::min(best_[k], std::chrono::duration<double, std::milli>(Clock::now() - begin).count());
    }
  }

  /// Milliseconds a frame, over all frames.
  [[nodiscard]] double time() const { return std::accumulate(best_.begin(), best_.end(), 0.0) / kFrames; }

 protected:
  virtual GstBuffer* pass(GstBuffer* frame) = 0;

 private:
  GstVideoInfo info_;
  std::vector<GstBuffer*> frames_;
  std::array<double, kFrames> best_;
};

/// An element with a look.
class Look : public Player {
 public:
  Look(const std::string& masks, const std::string& format, const char* draw, std::size_t frames)
      : Player(format, frames), element_(gst_element_factory_make("sam2overlay", nullptr)) {
    gst_object_ref_sink(element_);
    g_object_set(element_, "location", masks.c_str(), "attach-meta", FALSE, nullptr);
    gst_util_set_object_arg(G_OBJECT(element_), "draw", draw);
    harness_ = gst_harness_new_with_element(element_, "sink", "src");
    gst_harness_set_src_caps_str(harness_,
                                 ("video/x-raw,width=1920,height=1080,framerate=30/1,format=" + format).c_str());
  }
  ~Look() override {
    gst_harness_teardown(harness_);
    gst_object_unref(element_);
  }

 private:
  GstBuffer* pass(GstBuffer* frame) override {
    gst_harness_push(harness_, frame);
    return gst_harness_pull(harness_);
  }

  GstElement* element_;
  GstHarness* harness_;
};

/// A copy of each frame into the one before.
class Copy : public Player {
 public:
  using Player::Player;
  ~Copy() override { g_clear_pointer(&last_, gst_buffer_unref); }

 private:
  GstBuffer* pass(GstBuffer* frame) override {
    if (last_ == nullptr) last_ = gst_buffer_copy_deep(frame);
    GstMapInfo from;
    GstMapInfo to;
    gst_buffer_map(frame, &from, GST_MAP_READ);
    gst_buffer_map(last_, &to, GST_MAP_WRITE);
    std::memcpy(to.data, from.data, from.size);
    gst_buffer_unmap(last_, &to);
    gst_buffer_unmap(frame, &from);
    return std::exchange(last_, frame);
  }

  GstBuffer* last_ = nullptr;
};

constexpr std::array kLooks = {"fill",
                               "fill+contour",
                               "fill+contour+centroid",
                               "fill+contour+centroid+box",
                               "fill+contour+centroid+trail",
                               "fill+contour+centroid+label",
                               "fill+contour+centroid+trail+label"};

/// Of a memcpy of the frame and of each look.
std::vector<double> time_all(const std::string& masks, const char* format, std::size_t frames) {
  std::vector<std::unique_ptr<Player>> players;
  players.push_back(std::make_unique<Copy>(format, frames));
  for (const auto* const draw : kLooks) players.push_back(std::make_unique<Look>(masks, format, draw, frames));
  // In turn, so that all meet the same times of other load on the machine.
  for (int turn = 0; turn < kTurns; ++turn) {
    for (const auto& player : players) player->play();
  }
  std::vector<double> times;
  for (const auto& player : players) times.push_back(player->time());
  return times;
}

void compare_looks(const std::string& masks, const char* format) {
  const auto pool = time_all(masks, format, kPoolFrames);
  const auto one = time_all(masks, format, 1);
  for (std::size_t i = 0; i < pool.size(); ++i) {
    std::printf("%-6s %-34s %8.3f %6.2fx %8.3f %6.2fx\n", format, i == 0 ? "(memcpy)" : kLooks[i - 1], pool[i],
                pool[i] / pool[1], one[i], one[i] / one[1]);
  }
}

}  // namespace

int main(int argc, char** argv) {
  gst_init(&argc, &argv);
  stay_on_one_core();

  const test::TemporaryDirectory directory;
  const auto masks = directory.file("masks.npz");
  write_masks(masks);
  std::printf(
      "Milliseconds a frame in the element, three objects, 14 %% of 1080p; \"x\" is against the fill alone. Frames of "
      "a "
      "pool are those\nof a pipeline; one frame over and over stays in the nearest caches.\n\n"
      "format draw                               pool of %zu        one frame\n",
      kPoolFrames);
  // v210 is unpacked around the drawn rows.
  for (const auto* const format : {"NV12", "I420", "BGRA", "v210"}) compare_looks(masks, format);
}
