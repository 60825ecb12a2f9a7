// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
// Colours on PQ and HLG streams, which are light: compared with the formulas of ITU-R BT.2100 and BT.2408.
#include <cmath>

#include "support/overlay.hpp"

using namespace sam2::test;

namespace {

using Triple = std::array<double, 3>;

enum class Curve { Pq, Hlg };

double linear_from_srgb(int code) {
  const auto v = code / 255.0;
  return v > 0.04045 ? std::pow((v + 0.055) / 1.055, 2.4) : v / 12.92;
}

/// ITU-R BT.2087, table 2: linear BT.709 to linear BT.2020.
Triple to_bt2020(const Triple& c) {
  return {0.6274 * c[0] + 0.3293 * c[1] + 0.0433 * c[2], 0.0691 * c[0] + 0.9195 * c[1] + 0.0114 * c[2],
          0.0164 * c[0] + 0.0880 * c[1] + 0.8956 * c[2]};
}

/// BT.2100, table 4: the signal for a luminance in cd/m2.
double pq(double luminance) {
  const auto power = std::pow(luminance / 10000, 0.1593017578125);
  return std::pow((0.8359375 + 18.8515625 * power) / (1 + 18.6875 * power), 78.84375);
}

/// BT.2100, table 5: the OETF.
double hlg(double scene) {
  return scene <= 1.0 / 12 ? std::sqrt(3 * scene) : 0.17883277 * std::log(12 * scene - 0.28466892) + 0.55991073;
}

/// The signal of a colour whose white is 203 cd/m2 (BT.2408), on HLG by a display of 1000 cd/m2.
Triple signal_of(unsigned code, Curve curve, bool is_bt709) {
  Triple light = {linear_from_srgb(int(code >> 16)), linear_from_srgb(int(code >> 8 & 255)),
                  linear_from_srgb(int(code & 255))};
  if (!is_bt709) light = to_bt2020(light);
  for (auto& channel : light) channel *= 203;
  if (curve == Curve::Pq) return {pq(light[0]), pq(light[1]), pq(light[2])};
  const auto luminance = (0.2627 * light[0] + 0.6780 * light[1] + 0.0593 * light[2]) / 1000;
  Triple signal;
  for (std::size_t i = 0; i < 3; ++i) {
    signal[i] = luminance > 0 ? hlg(light[i] / 1000 * std::pow(luminance, (1 - 1.2) / 1.2)) : 0;
  }
  return signal;
}

/// The code values of a signal (BT.2100, table 9), as Y, Cb, Cr or R, G, B.
Triple quantized(const Triple& rgb, int depth, bool is_yuv, bool is_full) {
  const double unit = 1 << (depth - 8);
  const double largest = (1 << depth) - 1;
  const auto luma = [&](double v) { return is_full ? v * largest : (219 * v + 16) * unit; };
  if (!is_yuv) return {luma(rgb[0]), luma(rgb[1]), luma(rgb[2])};
  const auto chroma = [&](double v) { return is_full ? v * largest + 128 * unit : (224 * v + 128) * unit; };
  const auto y = 0.2627 * rgb[0] + 0.6780 * rgb[1] + 0.0593 * rgb[2];
  return {luma(y), chroma((rgb[2] - y) / 1.8814), chroma((rgb[0] - y) / 1.4746)};
}

/// Y, Cb, Cr or R, G, B of the first pixel, as GStreamer unpacks it.
std::array<int, 3> first_pixel(const GstVideoInfo& info, Bytes frame) {
  frame.resize(frame.size() + 64);
  gpointer data[GST_VIDEO_MAX_PLANES] = {};
  gint strides[GST_VIDEO_MAX_PLANES] = {};
  for (guint plane = 0; plane < GST_VIDEO_INFO_N_PLANES(&info); ++plane) {
    data[plane] = frame.data() + GST_VIDEO_INFO_PLANE_OFFSET(&info, plane);
    strides[plane] = GST_VIDEO_INFO_PLANE_STRIDE(&info, plane);
  }
  const auto depth = int(GST_VIDEO_INFO_COMP_DEPTH(&info, 0));
  std::array<std::uint16_t, 4 * 96> line{};
  info.finfo->unpack_func(info.finfo, GST_VIDEO_PACK_FLAG_TRUNCATE_RANGE, line.data(), data, strides, 0, 0, info.width);
  const auto* const bytes = reinterpret_cast<const std::uint8_t*>(line.data());
  std::array<int, 3> samples;
  for (std::size_t i = 0; i < 3; ++i) samples[i] = depth == 8 ? bytes[i + 1] : line[i + 1] >> (16 - depth);
  return samples;
}

std::array<int, 3> drawn(const std::string& format, const std::string& colorimetry, unsigned code) {
  static const MaskFile masks({mask_array(2, 1, 1, 1, [](auto, auto, auto, auto) { return true; })});
  char color[8];
  std::snprintf(color, sizeof color, "#%06x", code);
  const auto caps = caps_text(format, 12, 4, "framerate=30/1,colorimetry=" + colorimetry);
  Overlay overlay(masks.with({{"draw", "fill"}, {"opacity", "1"}, {"colors", color}}), caps);
  const auto info = video_info(caps);
  const auto pixel = first_pixel(info, overlay.process(Bytes(info.size, 99)));
  assert_no_reports(overlay);
  return pixel;
}

struct Stream {
  const char* colorimetry;  ///< range:matrix:transfer:primaries
  Curve curve;
  bool is_full;
  bool is_bt709;
};

constexpr Stream kYuv[] = {{"bt2100-pq", Curve::Pq, false, false},
                           {"bt2100-hlg", Curve::Hlg, false, false},
                           {"1:6:14:7", Curve::Pq, true, false},
                           {"1:6:15:7", Curve::Hlg, true, false},
                           {"2:6:14:1", Curve::Pq, false, true}};
constexpr Stream kRgb[] = {
    {"1:1:14:7", Curve::Pq, true, false}, {"2:1:14:7", Curve::Pq, false, false}, {"1:1:15:7", Curve::Hlg, true, false}};

}  // namespace

START_TEST(test_white_is_203_nits_on_pq_and_75_percent_on_hlg) {
  // 58 % and 75 % of BT.2408, table 1: 64 + 876 * 0.5807 and 64 + 876 * 0.75.
  fail_unless_equals_int(drawn("Y444_10LE", "bt2100-pq", 0xffffff)[0], 573);
  fail_unless_equals_int(drawn("Y444_10LE", "bt2100-hlg", 0xffffff)[0], 721);
  // Other streams of BT.2020 have white at 100 %.
  fail_unless_equals_int(drawn("Y444_10LE", "bt2020-10", 0xffffff)[0], 940);
}
END_TEST

START_TEST(test_colours_are_brought_to_the_light_and_the_primaries_of_the_stream) {
  for (const std::string format :
       {"NV12", "I420_10LE", "P010_10LE", "Y444_12LE", "Y444_16LE", "I422_10BE", "v210", "Y410", "Y412_LE", "GBR_10LE",
        "GBR_12BE", "BGR10A2_LE", "r210", "RGBA64_LE", "RGB"}) {
    const auto* const info = gst_video_format_get_info(gst_video_format_from_string(format.c_str()));
    const bool is_yuv = GST_VIDEO_FORMAT_INFO_IS_YUV(info);
    const auto depth = int(GST_VIDEO_FORMAT_INFO_DEPTH(info, 0));
    for (const auto& stream : is_yuv ? std::span<const Stream>(kYuv) : std::span<const Stream>(kRgb)) {
      for (const unsigned code : {0xffffff, 0x000000, 0x808080, 0xff0000, 0x00ff00, 0x0000ff, 0x1f77b4, 0x0c0806}) {
        const auto expected = quantized(signal_of(code, stream.curve, stream.is_bt709), depth, is_yuv, stream.is_full);
        const auto got = drawn(format, stream.colorimetry, code);
        // The published matrix has four digits, which PQ makes more of in the dark.
        const double tolerance = 0.51 + 0.001 * (1 << depth);
        for (std::size_t i = 0; i < 3; ++i) {
          fail_unless(std::abs(got[i] - expected[i]) <= tolerance, "%s %s #%06x: component %zu is %d, expected %f",
                      format.c_str(), stream.colorimetry, code, i, got[i], expected[i]);
        }
      }
    }
  }
}
END_TEST

static Suite* sam2overlay_light_suite() {
  auto* const suite = suite_create("sam2overlay_light");
  auto* const tests = tcase_create("light");
  tcase_add_test(tests, test_white_is_203_nits_on_pq_and_75_percent_on_hlg);
  tcase_add_test(tests, test_colours_are_brought_to_the_light_and_the_primaries_of_the_stream);
  suite_add_tcase(suite, tests);
  return suite;
}

GST_CHECK_MAIN(sam2overlay_light);
