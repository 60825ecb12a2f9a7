// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
// Which colour an object gets: palettes, slots, filters, colorimetry.
#include "support/overlay.hpp"
#include "support/sanitizers.hpp"

using namespace sam2::test;

namespace {

using Rgb = std::array<int, 3>;

Rgb rgb(unsigned code) {
  return {int(code >> 16), int(code >> 8 & 0xFF), int(code & 0xFF)};
}

/// Objects side by side, one column of 2x2 pixels each; two frames alike.
Array columns(std::size_t objects) {
  return mask_array(2, objects, 2, 2 * objects, [](auto, auto n, auto, auto x) { return x / 2 == n; });
}

/// The colour in the middle of each column of 2 pixels of an RGB frame, drawn over black.
std::vector<Rgb> drawn_columns(Overlay& overlay, int objects) {
  const auto info = video_info(caps_text("RGB", 2 * objects, 2));
  const auto frame = overlay.process(Bytes(info.size, 0));
  std::vector<Rgb> colors;
  for (int object = 0; object < objects; ++object) {
    const auto* pixel = &frame[static_cast<std::size_t>(6 * object)];
    colors.push_back({pixel[0], pixel[1], pixel[2]});
  }
  return colors;
}

std::vector<Rgb> drawn_columns(const MaskFile& masks, int objects, Properties properties,
                               const std::string& axes = "TNHW") {
  properties.insert(properties.begin(), {{"draw", "fill"}, {"opacity", "1"}});
  Overlay overlay(masks.with(properties, axes), caps_text("RGB", 2 * objects, 2));
  return drawn_columns(overlay, objects);
}

void assert_colors(const std::vector<Rgb>& got, const std::vector<unsigned>& expected, const std::string& what) {
  fail_unless_equals_uint64(got.size(), expected.size());
  for (std::size_t i = 0; i < got.size(); ++i) {
    const auto code = unsigned(got[i][0]) << 16 | unsigned(got[i][1]) << 8 | unsigned(got[i][2]);
    fail_unless(code == expected[i], "%s: object %zu is #%06x, expected #%06x", what.c_str(), i, code, expected[i]);
  }
}

}  // namespace

START_TEST(test_palettes_give_the_object_in_each_slot_its_colour) {
  const MaskFile masks({columns(12)});
  assert_colors(drawn_columns(masks, 12, {}),
                {0x1f77b4, 0xff7f0e, 0x2ca02c, 0xd62728, 0x9467bd, 0x8c564b, 0xe377c2, 0x7f7f7f, 0xbcbd22, 0x17becf,
                 0x1f77b4, 0xff7f0e},
                "default");
  const auto sam2 = drawn_columns(masks, 12, {{"palette", "sam2"}});
  assert_colors({sam2[0], sam2[1], sam2[2], sam2[9]}, {0x3880f3, 0xf0aa19, 0x00d2be, 0x3880f3}, "sam2");
  const auto tab20 = drawn_columns(masks, 12, {{"palette", "tab20"}});
  assert_colors({tab20[0], tab20[1], tab20[2], tab20[11]}, {0x1f77b4, 0xaec7e8, 0xff7f0e, 0xc49c94}, "tab20");
}
END_TEST

START_TEST(test_golden_palette_repeats_no_colour) {
  const MaskFile masks({columns(60)});
  auto colors = drawn_columns(masks, 60, {{"palette", "golden"}});
  std::ranges::sort(colors);
  fail_unless(std::ranges::adjacent_find(colors) == colors.end());
}
END_TEST

START_TEST(test_colors_go_round_by_slot_and_override_the_palette) {
  const MaskFile masks({columns(5), int64_array("object_ids", {7, 3, 11, 2, 5})});
  assert_colors(drawn_columns(masks, 5, {{"colors", "#010203, #aBcDeF ,#FFFFFF"}, {"palette", "tab20"}}),
                {0x010203, 0xabcdef, 0xffffff, 0x010203, 0xabcdef}, "colors");
}
END_TEST

START_TEST(test_object_filter_goes_by_id_and_keeps_the_colour_of_the_slot) {
  const MaskFile masks({columns(5), int64_array("object_ids", {7, 3, 11, 2, 5})});
  const Properties colors = {{"colors", "#000001,#000002,#000003,#000004,#000005"}};
  const auto drawn = [&](const std::string& objects) {
    auto properties = colors;
    properties.emplace_back("objects", objects);
    return drawn_columns(masks, 5, properties);
  };
  assert_colors(drawn("2-3,11"), {0, 2, 3, 4, 0}, "2-3,11");
  assert_colors(drawn("7"), {1, 0, 0, 0, 0}, "7");
  assert_colors(drawn("1"), {0, 0, 0, 0, 0}, "an id that no object has");
}
END_TEST

START_TEST(test_looks_change_at_the_next_frame_while_playing) {
  const MaskFile masks({columns(2)});
  Overlay overlay(masks.with({{"draw", "fill"}, {"opacity", "1"}}), caps_text("RGB", 4, 2));
  assert_colors(drawn_columns(overlay, 2), {0x1f77b4, 0xff7f0e}, "at first");
  overlay.set("colors", "#0000FF");
  assert_colors(drawn_columns(overlay, 2), {0x0000ff, 0x0000ff}, "colors");
  overlay.set("objects", "2");
  assert_colors(drawn_columns(overlay, 2), {0, 0x0000ff}, "objects");
  overlay.set("opacity", "0.5");
  assert_colors(drawn_columns(overlay, 2), {0, 0x000080}, "opacity");
  overlay.set("silent", "true");
  assert_colors(drawn_columns(overlay, 2), {0, 0}, "silent");
}
END_TEST

START_TEST(test_opacity_zero_draws_nothing_and_passes_the_frame_through) {
  const MaskFile masks({columns(2)});
  Overlay overlay(masks.with({{"draw", "fill"}, {"opacity", "0"}, {"attach-meta", "false"}}), caps_text("RGB", 4, 2));
  const auto bytes = noise(video_info(caps_text("RGB", 4, 2)).size, 1);
  auto* buffer = make_buffer(bytes);
  const Owned<GstBuffer> held(gst_buffer_ref(buffer));
  const auto output = overlay.process(buffer);
  fail_unless(output.get() == buffer);
  fail_unless(bytes_of(output.get()) == bytes);
}
END_TEST

START_TEST(test_label_map_value_is_slot_plus_one) {
  // Two frames of a map with the values 1, 2, 4 and none of 3.
  const std::vector<std::uint8_t> map = {1, 1, 2, 2, 0, 0, 4, 4, 1, 1, 2, 2, 0, 0, 4, 4};
  auto twice = map;
  twice.insert(twice.end(), map.begin(), map.end());
  const MaskFile masks({make_array("masks", "|u1", {2, 2, 8}, twice)});
  const Properties colors = {{"colors", "#000001,#000002,#000003,#000004,#000005"}};
  assert_colors(drawn_columns(masks, 4, colors, "THW"), {1, 2, 0, 4}, "by value");
  // Without ids in the file the id is slot + 1, here the value.
  auto filtered = colors;
  filtered.emplace_back("objects", "4");
  assert_colors(drawn_columns(masks, 4, filtered, "THW"), {0, 0, 0, 4}, "objects=4");
}
END_TEST

START_TEST(test_later_objects_lie_over_earlier_ones) {
  // Object 0 everywhere, 1 in columns 1 and 2, 2 in column 2.
  const MaskFile masks({mask_array(2, 3, 2, 6, [](auto, auto n, auto, auto x) { return x / 2 >= n; })});
  assert_colors(drawn_columns(masks, 3, {{"colors", "#000001,#000002,#000003"}}), {1, 2, 3}, "opaque");
  // 200 over 0 at A = 128 is 100; over that, 100 at A = 128 is 100 * 127 / 255 + 100 * 128 / 255.
  assert_colors(drawn_columns(masks, 3, {{"colors", "#0000C8,#000064,#000000"}, {"opacity", "0.5"}}), {100, 100, 50},
                "half");
}
END_TEST

namespace {

/// A colorimetry as caps have it, and what the standards say of it: luma weights and range.
struct Colorimetry {
  const char* name;
  double red, blue;
  bool full;
};

constexpr Colorimetry kYuv[] = {{"bt601", 0.299, 0.114, false},    {"bt709", 0.2126, 0.0722, false},
                                {"bt2020", 0.2627, 0.0593, false}, {"smpte240m", 0.212, 0.087, false},
                                {"1:4:0:0", 0.299, 0.114, true},   {"1:3:5:1", 0.2126, 0.0722, true}};
constexpr Colorimetry kRgb[] = {{"sRGB", 0, 0, true}};

std::span<const Colorimetry> colorimetries_of(const std::string& format) {
  const auto* info = gst_video_format_get_info(gst_video_format_from_string(format.c_str()));
  if (GST_VIDEO_FORMAT_INFO_IS_GRAY(info)) return {};
  if (GST_VIDEO_FORMAT_INFO_IS_RGB(info)) return kRgb;
  return kYuv;
}

/// The first pixel's colour, decoded in exact arithmetic.
std::array<double, 3> decode(const GstVideoInfo& info, const Bytes& frame, const Colorimetry& colorimetry) {
  // In units of 8-bit codes.
  const int depth = GST_VIDEO_INFO_COMP_DEPTH(&info, 0);
  const double unit = colorimetry.full ? ((1 << depth) - 1) / 255.0 : double(1 << (depth - 8));
  const double zero = (1 << (depth - 1)) / unit;
  std::array<double, 3> sample{};
  for (guint c = 0; c < 3; ++c) {
    auto first = GST_VIDEO_INFO_COMP_OFFSET(&info, c);
    // GStreamer has the second chroma sample of P010 at an odd byte, in the middle of the first one.
    if (depth > 8) first += first % 2;
    const int word = depth > 8 ? frame[first] + 256 * frame[first + 1] : frame[first];
    sample[c] = (word >> GST_VIDEO_FORMAT_INFO_SHIFT(info.finfo, c)) / unit;
  }
  if (GST_VIDEO_INFO_IS_RGB(&info)) return sample;
  const double y = colorimetry.full ? sample[0] : (sample[0] - 16) * 255 / 219;
  const double u = (sample[1] - zero) * (colorimetry.full ? 1 : 255.0 / 224);
  const double v = (sample[2] - zero) * (colorimetry.full ? 1 : 255.0 / 224);
  const double r = y + 2 * (1 - colorimetry.red) * v;
  const double b = y + 2 * (1 - colorimetry.blue) * u;
  return {r, (y - colorimetry.red * r - colorimetry.blue * b) / (1 - colorimetry.red - colorimetry.blue), b};
}

/// The first pixel's colour by GStreamer's converter, which is off by up to 3 by itself.
std::array<double, 3> convert(GstVideoInfo info, GstBuffer* buffer) {
  auto rgba = video_info(caps_text("RGBA", info.width, info.height));
  const Owned<GstVideoConverter> converter(gst_video_converter_new(&info, &rgba, nullptr));
  const Owned<GstBuffer> output(gst_buffer_new_allocate(nullptr, rgba.size, nullptr));
  GstVideoFrame from;
  GstVideoFrame to;
  fail_unless(gst_video_frame_map(&from, &info, buffer, GST_MAP_READ));
  fail_unless(gst_video_frame_map(&to, &rgba, output.get(), GST_MAP_WRITE));
  gst_video_converter_frame(converter.get(), &from, &to);
  gst_video_frame_unmap(&from);
  gst_video_frame_unmap(&to);
  const auto bytes = bytes_of(output.get());
  return {double(bytes[0]), double(bytes[1]), double(bytes[2])};
}

double distance(const std::array<double, 3>& color, unsigned code) {
  const auto expected = rgb(code);
  double worst = 0;
  for (std::size_t c = 0; c < 3; ++c) worst = std::max(worst, std::abs(color[c] - expected[c]));
  return worst;
}

}  // namespace

START_TEST(test_colours_follow_matrix_and_range_of_the_caps) {
  constexpr int kSize = 16;
  const MaskFile masks({mask_array(2, 1, 1, 1, [](auto, auto, auto, auto) { return true; })});
  // Sanitizers make an element of each case ten times as slow. Five is prime to the colours: each has its turn.
  const int share = has_address_sanitizer() ? 5 : 1;
  int turn = 0;
  for (const auto& format : described_formats()) {
    for (const auto& colorimetry : colorimetries_of(format)) {
      for (const unsigned code : {0x1f77b4, 0xff0000, 0x00ff00, 0x0000ff, 0xffffff, 0x000000, 0xe377c2}) {
        if (++turn % share != 0) continue;
        char color[8];
        std::snprintf(color, sizeof color, "#%06x", code);
        const auto caps =
            caps_text(format, kSize, kSize, std::string("framerate=30/1,colorimetry=") + colorimetry.name);
        const auto info = video_info(caps);
        Overlay overlay(masks.with({{"draw", "fill"}, {"opacity", "1"}, {"colors", color}}), caps);
        const auto frame = overlay.process(make_buffer(Bytes(info.size, 99)));
        const auto exact = distance(decode(info, bytes_of(frame.get()), colorimetry), code);
        fail_unless(exact <= 2, "%s %s is off by %f", caps.c_str(), color, exact);
        const auto converted = distance(convert(info, frame.get()), code);
        fail_unless(converted <= 2 + 3, "%s %s is off by %f when converted", caps.c_str(), color, converted);
      }
    }
  }
}
END_TEST

START_TEST(test_grey_takes_the_luma_of_its_range) {
  const MaskFile masks({mask_array(2, 1, 1, 1, [](auto, auto, auto, auto) { return true; })});
  // 0.299 * 255 = 76.2; 16 + 219 * 0.299 = 81.5; with BT.709 weights 0.2126 * 255 = 54.2.
  for (const auto& [colorimetry, expected] : {std::pair{"1:4:0:0", 76}, {"2:4:0:0", 81}, {"1:3:0:0", 54}}) {
    const auto caps = caps_text("GRAY8", 4, 1, std::string("framerate=30/1,colorimetry=") + colorimetry);
    Overlay overlay(masks.with({{"draw", "fill"}, {"opacity", "1"}, {"colors", "#FF0000"}}), caps);
    fail_unless_equals_int(overlay.process(Bytes(4, 0))[0], expected);
  }
}
END_TEST

static Suite* colors_suite() {
  auto* suite = suite_create("sam2overlay_colors");
  auto* tests = tcase_create("colors");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_palettes_give_the_object_in_each_slot_its_colour);
  tcase_add_test(tests, test_golden_palette_repeats_no_colour);
  tcase_add_test(tests, test_colors_go_round_by_slot_and_override_the_palette);
  tcase_add_test(tests, test_object_filter_goes_by_id_and_keeps_the_colour_of_the_slot);
  tcase_add_test(tests, test_looks_change_at_the_next_frame_while_playing);
  tcase_add_test(tests, test_opacity_zero_draws_nothing_and_passes_the_frame_through);
  tcase_add_test(tests, test_label_map_value_is_slot_plus_one);
  tcase_add_test(tests, test_later_objects_lie_over_earlier_ones);
  tcase_add_test(tests, test_colours_follow_matrix_and_range_of_the_caps);
  tcase_add_test(tests, test_grey_takes_the_luma_of_its_range);
  return suite;
}

GST_CHECK_MAIN(colors)
