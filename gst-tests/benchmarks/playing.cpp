// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
// Plays a mask file of 1080 x 1920 and prints milliseconds to the first frame without the element, and with it;
// seconds until all is loaded; and microseconds a frame in the element, at the beginning and at the end of the file.
#include <gst/check/gstharness.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <numeric>
#include <string>

#include "stats.hpp"

namespace {

using sam2::benchmark::stat_of;

using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::duration<double, std::milli>;

constexpr GstClockTime kPeriod = GST_SECOND / 30;
constexpr std::size_t kFrameBytes = 1920 * 1080 * 3 / 2;

GstPadProbeReturn note_time(GstPad* /*pad*/, GstPadProbeInfo* /*info*/, gpointer first) {
  *static_cast<Clock::time_point*>(first) = Clock::now();
  return GST_PAD_PROBE_REMOVE;
}

/// From PLAYING being wanted to the first frame that reaches the sink.
double time_first_frame(const std::string& element) {
  const auto description = "videotestsrc num-buffers=1 ! video/x-raw,format=NV12,width=1920,height=1080 ! " + element +
                           " ! fakesink name=sink sync=false";
  auto* const pipeline = gst_parse_launch(description.c_str(), nullptr);
  auto* const sink = gst_bin_get_by_name(GST_BIN(pipeline), "sink");
  auto* const pad = gst_element_get_static_pad(sink, "sink");
  auto first = Clock::time_point::max();
  gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_BUFFER, note_time, &first, nullptr);
  const auto begin = Clock::now();
  gst_element_set_state(pipeline, GST_STATE_PLAYING);
  auto* const bus = gst_element_get_bus(pipeline);
  const auto ends = static_cast<GstMessageType>(GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  gst_message_unref(gst_bus_timed_pop_filtered(bus, GST_CLOCK_TIME_NONE, ends));
  gst_element_set_state(pipeline, GST_STATE_NULL);
  gst_object_unref(bus);
  gst_object_unref(pad);
  gst_object_unref(sink);
  gst_object_unref(pipeline);
  return Milliseconds(first - begin).count();
}

/// Microseconds a frame from `first` on: the mean of several, of each the best of many turns.
double time_frames(GstHarness* harness, GstBuffer*& buffer, guint64 first) {
  constexpr std::size_t kFrames = 20;
  constexpr int kTurns = 20;
  std::array<double, kFrames> best;
  best.fill(1e9);
  for (int turn = 0; turn < kTurns; ++turn) {
    for (std::size_t k = 0; k < kFrames; ++k) {
      GST_BUFFER_PTS(buffer) = (first + k) * kPeriod;
      GST_BUFFER_DURATION(buffer) = kPeriod;
      const auto begin = Clock::now();
      gst_harness_push(harness, buffer);
      buffer = gst_harness_pull(harness);
      best[k] = std::min(best[k], 1000 * Milliseconds(Clock::now() - begin).count());
    }
  }
  return std::accumulate(best.begin(), best.end(), 0.0) / kFrames;
}

void time_playing(const std::string& location) {
  auto* const element = gst_element_factory_make("sam2overlay", nullptr);
  gst_object_ref_sink(element);
  g_object_set(element, "location", location.c_str(), nullptr);
  auto* const harness = gst_harness_new_with_element(element, "sink", "src");
  gst_harness_set_src_caps_str(harness, "video/x-raw,width=1920,height=1080,framerate=30/1,format=NV12");
  guint64 load_time = 0;
  while ((load_time = stat_of(element, "load-time")) == 0) g_usleep(1000);
  auto* buffer = gst_buffer_new_allocate(nullptr, kFrameBytes, nullptr);
  gst_buffer_memset(buffer, 0, 128, kFrameBytes);
  const auto at_begin = time_frames(harness, buffer, 0);
  const auto at_end = time_frames(harness, buffer, stat_of(element, "frames-total") - 20);
  std::printf("%f %f %f\n", static_cast<double>(load_time) / 1e9, at_begin, at_end);
  gst_buffer_unref(buffer);
  gst_harness_teardown(harness);
  gst_object_unref(element);
}

}  // namespace

int main(int argc, char** argv) {
  gst_init(&argc, &argv);
  if (argc != 2) return 2;
  const std::string location = argv[1];
  std::array<double, 2> first = {1e9, 1e9};
  for (int turn = 0; turn < 9; ++turn) {
    first[0] = std::min(first[0], time_first_frame("identity"));
    first[1] = std::min(first[1], time_first_frame("sam2overlay location=" + location));
  }
  std::printf("%f %f ", first[0], first[1]);
  time_playing(location);
  return 0;
}
