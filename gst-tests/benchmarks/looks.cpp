// SPDX-License-Identifier: LGPL-2.1-or-later
// What each look costs in the element itself: three objects that move over 14 % of a 1080p frame, which gets other
// masks each time, on one core. No time is asserted.
#include <gst/check/gstharness.h>
#include <gst/video/video.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <memory>
#include <numeric>

#include "scene.hpp"
#include "stopwatch.hpp"
#include "support/mask_file.hpp"

using namespace sam2;
using namespace sam2::benchmark;

namespace {

constexpr Size kSize = {1920, 1080};
constexpr int kFrames = 20;
constexpr int kTurns = 200;
constexpr GstClockTime kPeriod = GST_SECOND / 30;

/// Label maps, in which the objects of a scene go to the right.
void write_masks(const std::string& path) {
  const Scene scene(kSize, 14, 3);
  const auto plane = std::size_t(kSize.width) * std::size_t(kSize.height);
  test::Array array{"masks", "|u1", {kFrames, std::size_t(kSize.height), std::size_t(kSize.width)}, {}};
  array.data.assign(kFrames * plane, '\0');
  for (int t = 0; t < kFrames; ++t) {
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

/// An element with a look, and the shortest time that each frame took in it.
class Look {
 public:
  Look(const std::string& masks, const std::string& format, const char* draw)
      : element_(gst_element_factory_make("sam2overlay", nullptr)) {
    gst_object_ref_sink(element_);
    g_object_set(element_, "location", masks.c_str(), "attach-meta", FALSE, nullptr);
    gst_util_set_object_arg(G_OBJECT(element_), "draw", draw);
    harness_ = gst_harness_new_with_element(element_, "sink", "src");
    gst_harness_set_src_caps_str(harness_,
                                 ("video/x-raw,width=1920,height=1080,framerate=30/1,format=" + format).c_str());
    GstVideoInfo info;
    gst_video_info_set_format(&info, gst_video_format_from_string(format.c_str()), guint(kSize.width),
                              guint(kSize.height));
    buffer_ = gst_buffer_new_allocate(nullptr, info.size, nullptr);
    gst_buffer_memset(buffer_, 0, 128, info.size);
    best_.fill(1e9);
  }
  Look(const Look&) = delete;
  Look& operator=(const Look&) = delete;
  ~Look() {
    gst_buffer_unref(buffer_);
    gst_harness_teardown(harness_);
    gst_object_unref(element_);
  }

  void play() {
    using Clock = std::chrono::steady_clock;
    for (std::size_t k = 0; k < kFrames; ++k) {
      GST_BUFFER_PTS(buffer_) = k * kPeriod;
      GST_BUFFER_DURATION(buffer_) = kPeriod;
      const auto begin = Clock::now();
      gst_harness_push(harness_, buffer_);
      buffer_ = gst_harness_pull(harness_);
      best_[k] = std::min(best_[k], std::chrono::duration<double, std::milli>(Clock::now() - begin).count());
    }
  }

  /// Milliseconds a frame, over all frames.
  [[nodiscard]] double time() const { return std::accumulate(best_.begin(), best_.end(), 0.0) / kFrames; }

 private:
  GstElement* element_;
  GstHarness* harness_;
  GstBuffer* buffer_;
  std::array<double, kFrames> best_;
};

constexpr std::array kLooks = {"fill",
                               "fill+contour",
                               "fill+contour+centroid",
                               "fill+contour+centroid+box",
                               "fill+contour+centroid+trail",
                               "fill+contour+centroid+label",
                               "fill+contour+centroid+trail+label"};

void compare_looks(const std::string& masks, const char* format) {
  std::vector<std::unique_ptr<Look>> looks;
  for (const auto* const draw : kLooks) looks.push_back(std::make_unique<Look>(masks, format, draw));
  // In turn, so that all meet the same times of other load on the machine.
  for (int turn = 0; turn < kTurns; ++turn) {
    for (const auto& look : looks) look->play();
  }
  for (std::size_t i = 0; i < looks.size(); ++i) {
    const auto time = looks[i]->time();
    std::printf("%-6s %-36s %8.3f %6.2fx\n", format, kLooks[i], time, time / looks[0]->time());
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
      "Milliseconds a frame in the element, three objects, 14 %% of 1080p; \"x\" is against the fill alone\n\n");
  for (const auto* const format : {"NV12", "I420", "BGRA"}) compare_looks(masks, format);
}
