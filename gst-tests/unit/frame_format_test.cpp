// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "composite/frame_format.hpp"

#include <gst/video/video.h>

#include <set>

#include "support/gst_check.hpp"
#include "support/sample_layout.hpp"

using namespace sam2::composite;
using sam2::test::has_whole_samples;
using sam2::test::SampleLayout;

namespace {

/// GStreamer's description of a format, or nullptr for one that this GStreamer does not know.
const GstVideoFormatInfo* gst_info(const FrameFormat& format) {
  const auto id = gst_video_format_from_string(std::string(format.name).c_str());
  return id == GST_VIDEO_FORMAT_UNKNOWN ? nullptr : gst_video_format_get_info(id);
}

Channel channel_of(const GstVideoFormatInfo* info, unsigned component) {
  constexpr std::array kRgb = {Channel::Red, Channel::Green, Channel::Blue, Channel::Alpha};
  constexpr std::array kYuv = {Channel::Luma, Channel::ChromaU, Channel::ChromaV, Channel::Alpha};
  return GST_VIDEO_FORMAT_INFO_IS_RGB(info) ? kRgb[component] : kYuv[component];
}

}  // namespace

START_TEST(test_formats_lay_out_each_component_as_gstreamer_does) {
  for (const auto& format : frame_formats()) {
    const auto* const info = gst_info(format);
    if (info == nullptr) continue;
    const SampleLayout layout(info);
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
                           int(sample * format.sample_bytes()) ==
                               layout.first_byte(component) / int(layout.bytes()) * int(layout.bytes()) &&
                           layer.step == GST_VIDEO_FORMAT_INFO_PSTRIDE(info, component) &&
                           layer.width_shift == GST_VIDEO_FORMAT_INFO_W_SUB(info, component) &&
                           layer.height_shift == GST_VIDEO_FORMAT_INFO_H_SUB(info, component) &&
                           format.depth == GST_VIDEO_FORMAT_INFO_DEPTH(info, component) &&
                           format.sample_bytes() == layout.bytes() &&
                           is_swapped(format.type) == (layout.bytes() == 2 && layout.is_big_endian()) &&
                           sample_shift(format.type) == layout.shift();
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

START_TEST(test_every_format_of_whole_bytes_or_words_is_in_the_table) {
  guint count = 0;
  const auto* const formats = gst_video_formats_raw(&count);
  int known = 0;
  for (guint i = 0; i < count; ++i) {
    const auto* const info = gst_video_format_get_info(formats[i]);
    const auto* const name = GST_VIDEO_FORMAT_INFO_NAME(info);
    const auto* const format = find_frame_format(name);
    known += int(format != nullptr);
    fail_unless((format != nullptr) == has_whole_samples(info), "%s is%s in the table", name,
                format != nullptr ? "" : " not");
    fail_unless(format == nullptr || format->name == name);
  }
  fail_unless(known >= 80, "%d formats", known);
  fail_unless(find_frame_format("v210") == nullptr);
  fail_unless(find_frame_format("") == nullptr);
}
END_TEST

START_TEST(test_no_format_is_listed_twice) {
  std::set<std::string_view> names;
  for (const auto& format : frame_formats()) {
    fail_unless(names.insert(format.name).second, "%s is listed twice", std::string(format.name).c_str());
  }
}
END_TEST

START_TEST(test_interlaced_frames_have_rows_for_both_fields) {
  const auto& format = *find_frame_format("I420");
  // By hand: rows 0 and 2 share a row of chroma, 1 and 3 the next one.
  constexpr std::array<std::pair<int, int>, 8> kRows = {
      {{1, 1}, {2, 2}, {3, 2}, {4, 2}, {5, 3}, {6, 4}, {7, 4}, {8, 4}}};
  for (const auto& [height, rows] : kRows) fail_unless_equals_int(row_count(format, 1, height, true), rows);
  fail_unless_equals_int(row_count(*find_frame_format("Y42B"), 1, 5, true), 5);
}
END_TEST

START_TEST(test_rows_hold_all_samples_and_fit_gstreamers_frames) {
  for (const auto& format : frame_formats()) {
    const auto* const finfo = gst_info(format);
    if (finfo == nullptr) continue;
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
  tcase_add_test(cases, test_every_format_of_whole_bytes_or_words_is_in_the_table);
  tcase_add_test(cases, test_no_format_is_listed_twice);
  tcase_add_test(cases, test_interlaced_frames_have_rows_for_both_fields);
  tcase_add_test(cases, test_rows_hold_all_samples_and_fit_gstreamers_frames);
  tcase_add_test(cases, test_row_bytes_of_odd_widths_count_whole_groups);
  suite_add_tcase(suite, cases);
  return suite;
}

GST_CHECK_MAIN(frame_format);
