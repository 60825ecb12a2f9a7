// SPDX-License-Identifier: LGPL-2.1-or-later
// What each look costs in the element itself: three objects that move over 14 % of a 1080p frame, which gets other
// masks each time, on one core. What the element does with nothing to draw is taken off. No time is asserted.
#include <gst/check/gstharness.h>
#include <gst/video/video.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <numeric>

#include "scene.hpp"
#include "stopwatch.hpp"
#include "support/mask_file.hpp"

using namespace sam2;
using namespace sam2::benchmark;

namespace {

constexpr Size kSize = {1920, 1080};
constexpr int kFrames = 20;
constexpr int kTurns = 40;
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

/// Milliseconds a frame, over all frames, of each the best of several.
double time_look(const std::string& masks, const char* format, const char* draw, bool silent) {
  auto* const element = gst_element_factory_make("sam2overlay", nullptr);
  gst_object_ref_sink(element);
  g_object_set(element, "location", masks.c_str(), "silent", silent, "attach-meta", FALSE, nullptr);
  gst_util_set_object_arg(G_OBJECT(element), "draw", draw);
  auto* const harness = gst_harness_new_with_element(element, "sink", "src");
  const auto caps = std::string("video/x-raw,width=1920,height=1080,framerate=30/1,format=") + format;
  gst_harness_set_src_caps_str(harness, caps.c_str());
  GstVideoInfo info;
  gst_video_info_set_format(&info, gst_video_format_from_string(format), guint(kSize.width), guint(kSize.height));
  auto* buffer = gst_buffer_new_allocate(nullptr, info.size, nullptr);
  gst_buffer_memset(buffer, 0, 128, info.size);
  using Clock = std::chrono::steady_clock;
  std::array<double, kFrames> best;
  best.fill(1e9);
  for (int turn = 0; turn < kTurns; ++turn) {
    for (std::size_t k = 0; k < kFrames; ++k) {
      GST_BUFFER_PTS(buffer) = k * kPeriod;
      GST_BUFFER_DURATION(buffer) = kPeriod;
      const auto begin = Clock::now();
      gst_harness_push(harness, buffer);
      buffer = gst_harness_pull(harness);
      best[k] = std::min(best[k], std::chrono::duration<double, std::milli>(Clock::now() - begin).count());
    }
  }
  gst_buffer_unref(buffer);
  gst_harness_teardown(harness);
  gst_object_unref(element);
  return std::accumulate(best.begin(), best.end(), 0.0) / kFrames;
}

}  // namespace

int main(int argc, char** argv) {
  gst_init(&argc, &argv);
  stay_on_one_core();

  const test::TemporaryDirectory directory;
  const auto masks = directory.file("masks.npz");
  write_masks(masks);
  const std::array looks = {"fill",
                            "fill+contour",
                            "fill+contour+centroid",
                            "fill+contour+centroid+box",
                            "fill+contour+centroid+trail",
                            "fill+contour+centroid+label",
                            "fill+contour+centroid+trail+label"};
  std::printf(
      "Milliseconds a frame in the element, three objects, 14 %% of 1080p; \"x\" is against the fill alone\n\n%-36s",
      "draw");
  const std::array formats = {"NV12", "BGRA"};
  for (const auto* const format : formats) std::printf("%16s", format);
  std::array<double, formats.size()> nothing{};
  std::array<double, formats.size()> fill{};
  for (std::size_t i = 0; i < formats.size(); ++i) nothing[i] = time_look(masks, formats[i], "fill", true);
  for (const auto* const look : looks) {
    std::printf("\n%-36s", look);
    for (std::size_t i = 0; i < formats.size(); ++i) {
      const auto time = time_look(masks, formats[i], look, false) - nothing[i];
      if (look == looks[0]) fill[i] = time;
      std::printf("  %7.3f %5.2fx", time, time / fill[i]);
      std::fflush(stdout);
    }
  }
  std::printf("\n");
}
