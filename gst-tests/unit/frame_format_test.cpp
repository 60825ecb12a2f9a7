// SPDX-License-Identifier: LGPL-2.1-or-later
#include "composite/frame_format.hpp"

#include <gst/video/video.h>

#include "support/gst_check.hpp"

using namespace sam2::composite;

namespace {

const GstVideoFormatInfo* gst_info(const FrameFormat& format) {
  const auto id = gst_video_format_from_string(std::string(format.name).c_str());
  fail_unless(id != GST_VIDEO_FORMAT_UNKNOWN, "GStreamer does not know %s", std::string(format.name).c_str());
  return gst_video_format_get_info(id);
}

Channel channel_of(const GstVideoFormatInfo* info, unsigned component) {
  constexpr std::array kRgb = {Channel::Red, Channel::Green, Channel::Blue, Channel::Alpha};
  constexpr std::array kYuv = {Channel::Luma, Channel::ChromaU, Channel::ChromaV, Channel::Alpha};
  return GST_VIDEO_FORMAT_INFO_IS_RGB(info) ? kRgb[component] : kYuv[component];
}

/// GStreamer has the second chroma sample of P010 at byte 1, in the middle of the first one.
unsigned first_byte(const GstVideoFormatInfo* info, unsigned component) {
  const auto offset = unsigned(GST_VIDEO_FORMAT_INFO_POFFSET(info, component));
  return GST_VIDEO_FORMAT_INFO_BITS(info) == 8 ? offset : (offset + 1) / 2 * 2;
}

}  // namespace

START_TEST(test_formats_lay_out_each_component_as_gstreamer_does) {
  for (const auto& format : frame_formats()) {
    const auto* const info = gst_info(format);
    const auto name = std::string(format.name);
    fail_unless_equals_int(format.plane_count, GST_VIDEO_FORMAT_INFO_N_PLANES(info));
    std::array<int, 4> found{};
    for (const auto& layer : format.sample_layers()) {
      for (std::size_t sample = 0; sample < format.group_samples(layer); ++sample) {
        if (layer.channels[sample] == Channel::None) continue;
        unsigned component = 0;
        while (component < GST_VIDEO_FORMAT_INFO_N_COMPONENTS(info) &&
               channel_of(info, component) != layer.channels[sample]) {
          ++component;
        }
        fail_unless(component < GST_VIDEO_FORMAT_INFO_N_COMPONENTS(info), "%s has no such component", name.c_str());
        ++found[component];
        const bool alike = layer.plane == GST_VIDEO_FORMAT_INFO_PLANE(info, component) &&
                           sample * format.sample_bytes() == first_byte(info, component) &&
                           layer.step == GST_VIDEO_FORMAT_INFO_PSTRIDE(info, component) &&
                           layer.width_shift == GST_VIDEO_FORMAT_INFO_W_SUB(info, component) &&
                           layer.height_shift == GST_VIDEO_FORMAT_INFO_H_SUB(info, component) &&
                           format.depth == GST_VIDEO_FORMAT_INFO_DEPTH(info, component) &&
                           (format.type == SampleType::Byte) == (GST_VIDEO_FORMAT_INFO_BITS(info) == 8) &&
                           (format.type == SampleType::HighTen) == (GST_VIDEO_FORMAT_INFO_SHIFT(info, component) == 6);
        fail_unless(alike, "%s: component %u lies elsewhere", name.c_str(), component);
      }
    }
    for (unsigned component = 0; component < 4; ++component) {
      const bool exists = component < GST_VIDEO_FORMAT_INFO_N_COMPONENTS(info);
      fail_unless(found[component] == int(exists), "%s: component %u found %d times", name.c_str(), component,
                  found[component]);
    }
  }
}
END_TEST

START_TEST(test_formats_are_those_of_the_interface_and_found_by_name) {
  constexpr std::array kNames = {
      "RGB",       "BGR",       "RGBx",      "BGRx",      "xRGB",      "xBGR",      "RGBA",  "BGRA",
      "ARGB",      "ABGR",      "GRAY8",     "I420",      "YV12",      "NV12",      "NV21",  "Y42B",
      "Y444",      "YUY2",      "UYVY",      "YVYU",      "AYUV",      "VUYA",      "A420",  "I420_10LE",
      "P010_10LE", "Y444_10LE", "RGBA64_LE", "BGRA64_LE", "ARGB64_LE", "ABGR64_LE", "ARGB64"};
  fail_unless_equals_int(int(frame_formats().size()), int(kNames.size()));
  for (const std::string_view name : kNames) {
    const auto* const format = find_frame_format(name);
    fail_unless(format != nullptr && format->name == name, "%s is missing", std::string(name).c_str());
  }
  fail_unless(find_frame_format("I422_10LE") == nullptr);
  fail_unless(find_frame_format("") == nullptr);
}
END_TEST

START_TEST(test_rows_hold_all_samples_and_fit_gstreamers_frames) {
  for (const auto& format : frame_formats()) {
    const auto* const finfo = gst_info(format);
    for (const int width : {1, 2, 3, 5, 16, 17, 385, 32769}) {
      for (const int height : {1, 2, 3, 289}) {
        GstVideoInfo info;
        fail_unless(gst_video_info_set_format(&info, GST_VIDEO_FORMAT_INFO_FORMAT(finfo), width, height));
        for (unsigned i = 0; i < GST_VIDEO_INFO_N_COMPONENTS(&info); ++i) {
          const auto plane = int(GST_VIDEO_INFO_COMP_PLANE(&info, i));
          const auto last = (GST_VIDEO_INFO_COMP_WIDTH(&info, i) - 1) * GST_VIDEO_INFO_COMP_PSTRIDE(&info, i) +
                            GST_VIDEO_INFO_COMP_POFFSET(&info, i);
          const auto bytes = int(row_bytes(format, plane, width));
          const auto parameters = std::string(format.name) + " " + std::to_string(width) + "x" +
                                  std::to_string(height) + " plane " + std::to_string(plane);
          fail_unless(bytes > int(last), "%s: %d bytes", parameters.c_str(), bytes);
          fail_unless(bytes <= GST_VIDEO_INFO_PLANE_STRIDE(&info, plane), "%s: %d bytes", parameters.c_str(), bytes);
          fail_unless_equals_int(row_count(format, plane, height), GST_VIDEO_INFO_COMP_HEIGHT(&info, i));
        }
      }
    }
  }
}
END_TEST

START_TEST(test_row_bytes_of_odd_widths_count_whole_groups) {
  const auto bytes = [](std::string_view format, int plane, int width) {
    return int(row_bytes(*find_frame_format(format), plane, width));
  };
  fail_unless_equals_int(bytes("YUY2", 0, 3), 8);
  fail_unless_equals_int(bytes("UYVY", 0, 1), 4);
  fail_unless_equals_int(bytes("NV12", 0, 3), 3);
  fail_unless_equals_int(bytes("NV12", 1, 3), 4);
  fail_unless_equals_int(bytes("I420", 2, 3), 2);
  fail_unless_equals_int(bytes("RGB", 0, 5), 15);
  fail_unless_equals_int(bytes("xRGB", 0, 5), 20);
  fail_unless_equals_int(bytes("P010_10LE", 0, 3), 6);
  fail_unless_equals_int(bytes("P010_10LE", 1, 3), 8);
  fail_unless_equals_int(bytes("RGBA64_LE", 0, 5), 40);
  fail_unless_equals_int(row_count(*find_frame_format("I420"), 1, 2147483647), 1073741824);
  fail_unless_equals_int(row_count(*find_frame_format("Y42B"), 1, 5), 5);
}
END_TEST

static Suite* frame_format_suite() {
  auto* const suite = suite_create("frame_format");
  auto* const cases = tcase_create("frame_format");
  tcase_add_test(cases, test_formats_lay_out_each_component_as_gstreamer_does);
  tcase_add_test(cases, test_formats_are_those_of_the_interface_and_found_by_name);
  tcase_add_test(cases, test_rows_hold_all_samples_and_fit_gstreamers_frames);
  tcase_add_test(cases, test_row_bytes_of_odd_widths_count_whole_groups);
  suite_add_tcase(suite, cases);
  return suite;
}

GST_CHECK_MAIN(frame_format);
