// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "rivals.hpp"

#include <cstring>
#include <vector>

#include "stopwatch.hpp"

#if defined(SAM2_HAS_OPENCV)
#include <opencv2/core.hpp>
#endif

namespace sam2::benchmark {
namespace {

constexpr std::uint8_t kAlpha = 128;

/// The box of a mask as a BGRA picture, which is what overlay rectangles are made of.
GstVideoOverlayRectangle* make_rectangle(const runs::RunMask& mask, composite::Rgb color) {
  const auto box = runs::region_props(mask).box;
  auto* const pixels = gst_buffer_new_allocate(nullptr, gsize(box.width) * gsize(box.height) * 4, nullptr);
  gst_buffer_memset(pixels, 0, 0, gst_buffer_get_size(pixels));
  GstMapInfo map;
  gst_buffer_map(pixels, &map, GST_MAP_WRITE);
  const std::uint8_t pixel[] = {color.blue, color.green, color.red, kAlpha};
  for (auto y = box.top; y < box.top + box.height; ++y) {
    for (const auto& span : mask.row(y)) {
      for (auto x = span.begin; x < span.end; ++x) {
        std::memcpy(map.data + (gsize(y - box.top) * gsize(box.width) + gsize(x - box.left)) * 4, pixel, 4);
      }
    }
  }
  gst_buffer_unmap(pixels, &map);
  gst_buffer_add_video_meta(pixels, GST_VIDEO_FRAME_FLAG_NONE, GST_VIDEO_OVERLAY_COMPOSITION_FORMAT_RGB,
                            guint(box.width), guint(box.height));
  auto* const rectangle = gst_video_overlay_rectangle_new_raw(pixels, box.left, box.top, guint(box.width),
                                                              guint(box.height), GST_VIDEO_OVERLAY_FORMAT_FLAG_NONE);
  gst_buffer_unref(pixels);
  return rectangle;
}

}  // namespace

std::optional<double> time_overlay_composition(const Scene& scene, GstVideoFrame* frame) {
  auto* const composition = gst_video_overlay_composition_new(nullptr);
  for (std::size_t i = 0; i < scene.masks.size(); ++i) {
    auto* const rectangle = make_rectangle(scene.masks[i], Scene::color(i));
    gst_video_overlay_composition_add_rectangle(composition, rectangle);
    gst_video_overlay_rectangle_unref(rectangle);
  }
  const auto time = best_of([&] { gst_video_overlay_composition_blend(composition, frame); });
  gst_video_overlay_composition_unref(composition);
  return time;
}

/// A picture of the frame's size and format over the frame at half alpha: it takes none with alpha where its output has
/// none, so that this is less than masks would need.
std::optional<double> time_compositor(const Scene& scene, const std::string& format) {
  constexpr int kFrames = 40;
  const auto caps = "video/x-raw,format=" + format + ",width=" + std::to_string(scene.size.width) +
                    ",height=" + std::to_string(scene.size.height) + ",framerate=30/1";
  const auto still =
      "videotestsrc num-buffers=1 ! " + caps + " ! imagefreeze num-buffers=" + std::to_string(kFrames) + " ! mix.";
  return time_pipeline("compositor name=mix max-threads=1 background=black sink_1::alpha=0.5 ! " + caps +
                           " ! fakesink " + still + "sink_0 " + still + "sink_1",
                       kFrames);
}

std::optional<double> time_add_weighted([[maybe_unused]] const Scene& scene, [[maybe_unused]] GstVideoFrame* frame) {
#if defined(SAM2_HAS_OPENCV)
  const auto* const info = frame->info.finfo;
  if (!GST_VIDEO_FORMAT_INFO_IS_RGB(info) || GST_VIDEO_FORMAT_INFO_BITS(info) != 8) return std::nullopt;
  const int channels = GST_VIDEO_FRAME_COMP_PSTRIDE(frame, 0);
  cv::Mat picture(scene.size.height, scene.size.width, CV_8UC(channels), GST_VIDEO_FRAME_PLANE_DATA(frame, 0),
                  std::size_t(GST_VIDEO_FRAME_PLANE_STRIDE(frame, 0)));
  cv::setNumThreads(1);
  struct Object {
    cv::Mat target, color, blended, mask;
  };
  std::vector<Object> objects;
  for (std::size_t i = 0; i < scene.masks.size(); ++i) {
    const auto& runs = scene.masks[i];
    const auto box = runs::region_props(runs).box;
    auto& object = objects.emplace_back();
    object.target = picture(cv::Rect(box.left, box.top, box.width, box.height));
    const auto color = Scene::color(i);
    object.color =
        cv::Mat(box.height, box.width, CV_8UC(channels), cv::Scalar(color.red, color.green, color.blue, 255));
    object.mask = cv::Mat::zeros(box.height, box.width, CV_8U);
    for (auto y = box.top; y < box.top + box.height; ++y) {
      for (const auto& span : runs.row(y)) {
        object.mask(cv::Rect(span.begin - box.left, y - box.top, span.end - span.begin, 1)).setTo(255);
      }
    }
  }
  return best_of([&] {
    for (auto& object : objects) {
      cv::addWeighted(object.target, 0.5, object.color, 0.5, 0, object.blended);
      object.blended.copyTo(object.target, object.mask);
    }
  });
#else
  return std::nullopt;
#endif
}

std::optional<double> time_pipeline(const std::string& description, int frames) {
  constexpr int kTurns = 3;
  double best = std::numeric_limits<double>::max();
  for (int turn = 0; turn < kTurns; ++turn) {
    GError* error = nullptr;
    auto* const pipeline = gst_parse_launch(description.c_str(), &error);
    if (error != nullptr) {
      g_printerr("%s\n", error->message);
      g_clear_error(&error);
      if (pipeline != nullptr) gst_object_unref(pipeline);
      return std::nullopt;
    }
    auto* const bus = gst_element_get_bus(pipeline);
    gst_element_set_state(pipeline, GST_STATE_PAUSED);
    gst_element_get_state(pipeline, nullptr, nullptr, GST_CLOCK_TIME_NONE);
    const auto start = std::chrono::steady_clock::now();
    gst_element_set_state(pipeline, GST_STATE_PLAYING);
    auto* const message =
        gst_bus_timed_pop_filtered(bus, GST_CLOCK_TIME_NONE, GstMessageType(GST_MESSAGE_EOS | GST_MESSAGE_ERROR));
    const std::chrono::duration<double, std::milli> time = std::chrono::steady_clock::now() - start;
    const bool failed = GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR;
    gst_message_unref(message);
    gst_element_set_state(pipeline, GST_STATE_NULL);
    gst_object_unref(bus);
    gst_object_unref(pipeline);
    if (failed) return std::nullopt;
    best = std::min(best, time.count() / frames);
  }
  return best;
}

}  // namespace sam2::benchmark
