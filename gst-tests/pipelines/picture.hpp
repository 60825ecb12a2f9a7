// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/video/video.h>

#include "support/gst_check.hpp"

namespace sam2::test {

/// 8-bit R, G, B, row after row without padding.
struct Picture {
  int width = 0;
  int height = 0;
  std::vector<std::uint8_t> samples;

  [[nodiscard]] std::array<int, 3> at(int x, int y) const {
    const auto* const pixel =
        &samples[3 * (static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x))];
    return {pixel[0], pixel[1], pixel[2]};
  }
  /// The part [left, left + columns) of every row.
  [[nodiscard]] Picture columns(int left, int columns) const {
    Picture part{columns, height, {}};
    for (int y = 0; y < height; ++y) {
      const auto begin = samples.begin() + 3 * (std::ptrdiff_t{y} * width + left);
      part.samples.insert(part.samples.end(), begin, begin + std::ptrdiff_t{3} * columns);
    }
    return part;
  }
};

/// Sum of the differences of the three samples.
inline int difference(const Picture& a, const Picture& b, int x, int y) {
  const auto p = a.at(x, y);
  const auto q = b.at(x, y);
  return std::abs(p[0] - q[0]) + std::abs(p[1] - q[1]) + std::abs(p[2] - q[2]);
}

namespace detail {

inline void keep_picture(GstElement*, GstBuffer* buffer, GstPad* pad, gpointer data) {
  auto* const caps = gst_pad_get_current_caps(pad);
  GstVideoInfo info;
  GstVideoFrame frame;
  ck_assert(gst_video_info_from_caps(&info, caps));
  ck_assert(gst_video_frame_map(&frame, &info, buffer, GST_MAP_READ));
  Picture picture{GST_VIDEO_FRAME_WIDTH(&frame), GST_VIDEO_FRAME_HEIGHT(&frame), {}};
  const auto row_bytes = std::ptrdiff_t{3} * picture.width;
  for (int y = 0; y < picture.height; ++y) {
    const auto* const row = static_cast<const std::uint8_t*>(GST_VIDEO_FRAME_PLANE_DATA(&frame, 0)) +
                            std::ptrdiff_t{y} * GST_VIDEO_FRAME_PLANE_STRIDE(&frame, 0);
    picture.samples.insert(picture.samples.end(), row, row + row_bytes);
  }
  gst_video_frame_unmap(&frame);
  gst_caps_unref(caps);
  static_cast<std::vector<Picture>*>(data)->push_back(std::move(picture));
}

}  // namespace detail

/// All pictures that a source, in the syntax of gst-launch, makes.
inline std::vector<Picture> pictures_of(const std::string& source) {
  GError* error = nullptr;
  auto* const pipeline = gst_parse_launch(
      (source + " ! videoconvert ! video/x-raw,format=RGB ! fakesink name=sink signal-handoffs=true").c_str(), &error);
  ck_assert_msg(error == nullptr, "%s: %s", source.c_str(), error != nullptr ? error->message : "");
  std::vector<Picture> pictures;
  auto* const sink = gst_bin_get_by_name(GST_BIN(pipeline), "sink");
  g_signal_connect(sink, "handoff", G_CALLBACK(detail::keep_picture), &pictures);
  gst_object_unref(sink);

  auto* const bus = gst_element_get_bus(pipeline);
  gst_element_set_state(pipeline, GST_STATE_PLAYING);
  auto* const message = gst_bus_timed_pop_filtered(bus, 60 * GST_SECOND,
                                                   static_cast<GstMessageType>(GST_MESSAGE_EOS | GST_MESSAGE_ERROR));
  ck_assert_msg(message != nullptr, "%s does not end", source.c_str());
  if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR) gst_message_parse_error(message, &error, nullptr);
  ck_assert_msg(error == nullptr, "%s: %s", source.c_str(), error != nullptr ? error->message : "");
  gst_message_unref(message);
  gst_element_set_state(pipeline, GST_STATE_NULL);
  gst_object_unref(bus);
  gst_object_unref(pipeline);
  return pictures;
}

inline std::vector<Picture> pictures_in(const std::string& path) {
  return pictures_of("filesrc location=\"" + path + "\" ! decodebin");
}

}  // namespace sam2::test
