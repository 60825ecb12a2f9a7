// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
// What is drawn: hand-computed frames, every format, shapes, scaling.
#include "support/overlay.hpp"

using namespace sam2::test;

namespace {

constexpr const char* kRed = "#FF0000";

/// Odd in both directions, and with every number of covered luma samples a chroma sample.
const std::vector<std::string> kPicture = {".AAA.",  //
                                           "..AAA",  //
                                           "A...A"};

/// One frame of 5x3 in, one out, at half opacity (A = 128). Both are literal bytes.
void check_fill(const std::string& format, const Bytes& input, const Bytes& expected, std::size_t per_row) {
  const MaskFile masks({picture_masks(kPicture)});
  Overlay overlay(masks.with({{"draw", "fill"}, {"colors", kRed}}), caps_text(format, 5, 3));
  assert_same_bytes(overlay.process(input), expected, per_row, format);
}

/// Words in the order of the bytes of little-endian formats.
Bytes words(std::initializer_list<unsigned> values) {
  Bytes bytes;
  for (const auto value : values) {
    bytes.push_back(static_cast<std::uint8_t>(value));
    bytes.push_back(static_cast<std::uint8_t>(value >> 8));
  }
  return bytes;
}

/// A grey frame, drawn on, in letters: '.' untouched, 'f' filled, 'c' the object's opaque colour, 'w' white.
std::string as_letters(const Bytes& frame, int width, int height, int stride) {
  std::string letters;
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      // Red is 76 in full-range grey, and half of it on 100 is 88.
      const auto value = frame[static_cast<std::size_t>(y * stride + x)];
      letters += value == 100 ? '.' : value == 88 ? 'f' : value == 76 ? 'c' : value == 255 ? 'w' : '?';
    }
    letters += '\n';
  }
  return letters;
}

std::string draw_letters(const Array& masks, int width, int height, Properties properties) {
  const MaskFile file({masks});
  properties.emplace_back("colors", kRed);
  Overlay overlay(file.with(std::move(properties)), caps_text("GRAY8", width, height));
  const auto info = video_info(caps_text("GRAY8", width, height));
  return as_letters(overlay.process(Bytes(info.size, 100)), width, height, info.stride[0]);
}

void assert_letters(const std::string& got, const std::string& expected) {
  fail_unless(got == expected, "got\n%s\nexpected\n%s", got.c_str(), expected.c_str());
}

/// The bytes that may change where `inside(x, y)`: those of every component sample that covers such a pixel.
std::vector<bool> touched_bytes(const GstVideoInfo& info, const std::function<bool(int, int)>& inside) {
  std::vector<bool> touched(info.size, false);
  for (guint c = 0; c < GST_VIDEO_INFO_N_COMPONENTS(&info); ++c) {
    const auto bytes = GST_VIDEO_FORMAT_INFO_BITS(info.finfo) > 8 ? 2U : 1U;
    // GStreamer has the second chroma sample of P010 at an odd byte, in the middle of the first one.
    const auto base = (GST_VIDEO_INFO_COMP_OFFSET(&info, c) + bytes - 1) / bytes * bytes;
    for (int y = 0; y < info.height; ++y) {
      for (int x = 0; x < info.width; ++x) {
        if (!inside(x, y)) continue;
        const auto row = y >> GST_VIDEO_FORMAT_INFO_H_SUB(info.finfo, c);
        const auto column = x >> GST_VIDEO_FORMAT_INFO_W_SUB(info.finfo, c);
        const auto first = base + static_cast<std::size_t>(row * GST_VIDEO_INFO_COMP_STRIDE(&info, c) +
                                                           column * GST_VIDEO_INFO_COMP_PSTRIDE(&info, c));
        for (std::size_t i = 0; i < bytes; ++i) touched[first + i] = true;
      }
    }
  }
  return touched;
}

/// Opaque white on black, as a picture of 0 and 1.
std::vector<int> coverage_of(Overlay& overlay, const std::string& caps) {
  const auto info = video_info(caps);
  const auto frame = overlay.process(Bytes(info.size, 0));
  std::vector<int> covered;
  for (int y = 0; y < info.height; ++y) {
    for (int x = 0; x < info.width; ++x)
      covered.push_back(frame[static_cast<std::size_t>(y * info.stride[0] + x)] / 255);
  }
  return covered;
}

}  // namespace

START_TEST(test_gray8_fill_equals_the_frame_computed_by_hand) {
  // (100 * 127 + 76 * 128) / 255 = 88; rows are padded to 8 bytes.
  check_fill("GRAY8", {100, 100, 100, 100, 100, 1, 2, 3,  //
                       100, 100, 0,   255, 100, 4, 5, 6,  //
                       100, 100, 100, 100, 100, 7, 8, 9},
             {100, 88,  88,  88,  100, 1, 2, 3,  //
              100, 100, 38,  165, 88,  4, 5, 6,  //
              88,  100, 100, 100, 88,  7, 8, 9},
             8);
}
END_TEST

START_TEST(test_i420_fill_equals_the_frame_computed_by_hand) {
  // BT.601 red is 81, 90, 240. Coverages of the chroma samples: 1/4, 4/4, 2/4; then 1/2, 0, 1/1. The fourth row of luma
  // is padding, as are the ends of all rows.
  check_fill("I420", {100, 100, 100, 100, 100, 1,   1,   1,  //
                      100, 100, 100, 100, 100, 1,   1,   1,  //
                      100, 100, 100, 100, 100, 1,   1,   1,  //
                      4,   4,   4,   4,   4,   4,   4,   4,  //
                      120, 120, 120, 2,   120, 120, 120, 2,  //
                      130, 130, 130, 3,   130, 130, 130, 3},
             {100, 90,  90,  90,  100, 1,   1,   1,  //
              100, 100, 90,  90,  90,  1,   1,   1,  //
              90,  100, 100, 100, 90,  1,   1,   1,  //
              4,   4,   4,   4,   4,   4,   4,   4,  //
              116, 105, 112, 2,   112, 120, 105, 2,  //
              144, 185, 158, 3,   158, 130, 185, 3},
             8);
}
END_TEST

START_TEST(test_nv12_fill_equals_the_frame_computed_by_hand) {
  check_fill("NV12", {100, 100, 100, 100, 100, 1,   1, 1,  //
                      100, 100, 100, 100, 100, 1,   1, 1,  //
                      100, 100, 100, 100, 100, 1,   1, 1,  //
                      4,   4,   4,   4,   4,   4,   4, 4,  //
                      120, 130, 120, 130, 120, 130, 2, 3,  //
                      120, 130, 120, 130, 120, 130, 2, 3},
             {100, 90,  90,  90,  100, 1,   1, 1,  //
              100, 100, 90,  90,  90,  1,   1, 1,  //
              90,  100, 100, 100, 90,  1,   1, 1,  //
              4,   4,   4,   4,   4,   4,   4, 4,  //
              116, 144, 105, 185, 112, 158, 2, 3,  //
              112, 158, 120, 130, 105, 185, 2, 3},
             8);
}
END_TEST

START_TEST(test_yuy2_fill_equals_the_frame_computed_by_hand) {
  // Y U Y V; the sixth luma sample of a row is padding.
  check_fill("YUY2", {100, 120, 100, 130, 100, 120, 100, 130, 100, 120, 7, 130,  //
                      100, 120, 100, 130, 100, 120, 100, 130, 100, 120, 7, 130,  //
                      100, 120, 100, 130, 100, 120, 100, 130, 100, 120, 7, 130},
             {100, 112, 90,  158, 90,  105, 90,  185, 100, 120, 7, 130,  //
              100, 120, 100, 130, 90,  105, 90,  185, 90,  105, 7, 185,  //
              90,  112, 100, 158, 100, 120, 100, 130, 90,  105, 7, 185},
             12);
}
END_TEST

START_TEST(test_p010_fill_equals_the_frame_computed_by_hand) {
  // 10-bit BT.601 red is 326, 361, 960, in the high bits; coverages as in I420. The low bits, 5 before, stay where
  // nothing is drawn and are 0 elsewhere.
  constexpr unsigned k = 64;
  constexpr unsigned d = 400 * k + 5, f = 363 * k, u = 480 * k + 5, v = 520 * k + 5;
  check_fill("P010_10LE", words({d, d, d, d, d, 1,  //
                                 d, d, d, d, d, 1,  //
                                 d, d, d, d, d, 1,  //
                                 4, 4, 4, 4, 4, 4,  //
                                 u, v, u, v, u, v,  //
                                 u, v, u, v, u, v}),
             words({d,       f,       f,       f,       d,       1,        //
                    d,       d,       f,       f,       f,       1,        //
                    f,       d,       d,       d,       f,       1,        //
                    4,       4,       4,       4,       4,       4,        //
                    465 * k, 575 * k, 420 * k, 741 * k, 450 * k, 630 * k,  //
                    450 * k, 630 * k, u,       v,       420 * k, 741 * k}),
             12);
}
END_TEST

START_TEST(test_16_bit_rgba_fill_is_composited_by_hand) {
  // (10000 * 127 + 65535 * 128) / 255 = 37876 and so on; over nothing, the colour alone with its alpha.
  Bytes input;
  Bytes expected;
  const auto put = [](Bytes& bytes, const Bytes& pixel) { bytes.insert(bytes.end(), pixel.begin(), pixel.end()); };
  for (std::size_t y = 0; y < 3; ++y) {
    for (std::size_t x = 0; x < 5; ++x) {
      const bool inside = kPicture[y][x] == 'A';
      const bool is_clear = y == 1 && x == 3;
      const auto before = is_clear ? words({9, 9, 9, 0}) : words({10000, 20000, 30000, 65535});
      const auto after = is_clear ? words({65535, 0, 0, 32896}) : words({37876, 9961, 14941, 65535});
      put(input, before);
      put(expected, inside ? after : before);
    }
  }
  check_fill("RGBA64_LE", input, expected, 40);
}
END_TEST

START_TEST(test_bgra_fill_is_composited_over_the_frame_by_hand) {
  // Opaque pixels blend; on a transparent one the colour is the fill's alone, with its alpha; on half-transparent grey
  // it is (255 * 128 * 255 + 40 * 100 * 127) / (128 * 255 + 100 * 127), and so on.
  Bytes input;
  Bytes expected;
  const auto put = [](Bytes& bytes, std::initializer_list<std::uint8_t> pixel) { bytes.insert(bytes.end(), pixel); };
  for (int y = 0; y < 3; ++y) {
    for (int x = 0; x < 5; ++x) {
      const bool inside = kPicture[static_cast<std::size_t>(y)][static_cast<std::size_t>(x)] == 'A';
      if (y == 1 && x == 2) {
        put(input, {9, 9, 9, 0});
        put(expected, {0, 0, 255, 128});
      } else if (y == 1 && x == 3) {
        put(input, {40, 40, 40, 100});
        put(expected, {11, 11, 195, 178});
      } else {
        put(input, {10, 20, 30, 255});
        inside ? put(expected, {5, 10, 143, 255}) : put(expected, {10, 20, 30, 255});
      }
    }
  }
  check_fill("BGRA", input, expected, 20);
}
END_TEST

START_TEST(test_defaults_draw_fill_contour_and_marker) {
  const auto square =
      mask_array(2, 1, 13, 13, [](auto, auto, auto y, auto x) { return y >= 1 && y <= 11 && x >= 1 && x <= 11; });
  assert_letters(draw_letters(square, 13, 13, {}),
                 ".............\n"
                 ".ccccccccccc.\n"
                 ".cfffffffffc.\n"
                 ".cfffwwwfffc.\n"
                 ".cffwcccwffc.\n"
                 ".cfwcccccwfc.\n"
                 ".cfwcccccwfc.\n"
                 ".cfwcccccwfc.\n"
                 ".cffwcccwffc.\n"
                 ".cfffwwwfffc.\n"
                 ".cfffffffffc.\n"
                 ".ccccccccccc.\n"
                 ".............\n");
}
END_TEST

START_TEST(test_draw_flags_choose_what_is_drawn) {
  const auto square = mask_array(2, 1, 6, 6, [](auto, auto, auto y, auto x) { return y < 4 && x >= 1 && x <= 4; });
  // Nothing along the frame's upper edge.
  const std::string contour = ".cffc.\n.cffc.\n.cffc.\n.cccc.\n......\n......\n";
  assert_letters(draw_letters(square, 6, 6, {{"draw", "fill+contour"}}), contour);
  auto without_fill = contour;
  std::ranges::replace(without_fill, 'f', '.');
  assert_letters(draw_letters(square, 6, 6, {{"draw", "contour"}}), without_fill);
  auto without_contour = contour;
  std::ranges::replace(without_contour, 'c', 'f');
  assert_letters(draw_letters(square, 6, 6, {{"draw", "fill"}}), without_contour);
  const auto nothing = draw_letters(square, 6, 6, {{"draw", "0"}});
  fail_unless(nothing.find_first_not_of(".\n") == std::string::npos, "%s", nothing.c_str());
  const auto marker = draw_letters(square, 6, 6, {{"draw", "centroid"}});
  fail_unless(marker.find('f') == std::string::npos && marker.find('w') != std::string::npos, "%s", marker.c_str());
}
END_TEST

START_TEST(test_line_width_is_that_of_the_property_or_of_the_height) {
  const auto ring = [](int line_width, int height) {
    return [=](auto, auto, auto y, auto x) {
      const auto border = static_cast<std::size_t>(line_width);
      const bool inside = y >= 2 && y < static_cast<std::size_t>(height) - 2 && x >= 2 && x < 14;
      const bool core =
          y >= 2 + border && y < static_cast<std::size_t>(height) - 2 - border && x >= 2 + border && x < 14 - border;
      return inside && !core;
    };
  };
  struct Case {
    int height, property, expected;
  };
  for (const auto& [height, property, expected] :
       {Case{16, 0, 1}, {16, 1, 1}, {16, 3, 3}, {719, 0, 1}, {720, 0, 2}, {16, 9999, 8}}) {
    const auto rows = static_cast<std::size_t>(height);
    const MaskFile solid({mask_array(2, 1, rows, 16, ring(999, height))});
    const auto caps = caps_text("GRAY8", 16, height);
    Overlay contour(solid.with({{"draw", "contour"}, {"line-width", std::to_string(property)}, {"colors", "#FFFFFF"}}),
                    caps);
    const MaskFile reference({mask_array(2, 1, rows, 16, ring(expected, height))});
    Overlay fill(reference.with({{"draw", "fill"}, {"opacity", "1"}, {"colors", "#FFFFFF"}}), caps);
    fail_unless(coverage_of(contour, caps) == coverage_of(fill, caps), "height %d, line-width %d", height, property);
  }
}
END_TEST

START_TEST(test_outside_the_mask_not_one_bit_changes_in_any_format) {
  const auto seed = test_seed();
  for (const auto& size : {std::pair{1, 1}, {2, 1}, {1, 2}, {3, 5}, {38, 28}, {37, 29}}) {
    const int width = size.first;
    const int height = size.second;
    // Every pixel by chance, so that every number of covered samples occurs; the masks have the frame's size.
    const auto chance = noise(static_cast<std::size_t>(width * height), seed);
    const auto inside = [&](int x, int y) { return chance[static_cast<std::size_t>(y * width + x)] % 3 == 0; };
    const MaskFile masks({mask_array(2, 1, static_cast<std::size_t>(height), static_cast<std::size_t>(width),
                                     [&](auto, auto, auto y, auto x) { return inside(int(x), int(y)); })});
    for (const auto& format : described_formats()) {
      const auto caps = caps_text(format, width, height);
      const auto info = video_info(caps);
      Overlay overlay(masks.with({{"draw", "fill+contour"}, {"opacity", "0.7"}, {"line-width", "1"}}), caps);
      const auto before = noise(info.size, seed + 1);
      const auto after = overlay.process(before);
      const auto touched = touched_bytes(info, inside);
      for (std::size_t i = 0; i < info.size; ++i) {
        fail_unless(touched[i] || after[i] == before[i], "%s: byte %zu", caps.c_str(), i);
      }
    }
  }
}
END_TEST

START_TEST(test_single_pixel_frames_are_drawn_in_any_format) {
  const MaskFile masks({mask_array(2, 1, 1, 1, [](auto, auto, auto, auto) { return true; })});
  const MaskFile large({mask_array(2, 1, 64, 64, [](auto, auto, auto, auto) { return true; })});
  for (const auto& format : drawn_formats()) {
    const auto caps = caps_text(format, 1, 1);
    for (const auto* file : {&masks, &large}) {
      Overlay overlay(file->with({{"opacity", "1"}, {"colors", "#FFFFFF"}, {"draw", "fill"}}), caps);
      const auto before = Bytes(video_info(caps).size, 50);
      fail_unless(overlay.process(before) != before, "%s", format.c_str());
      // The marker is far larger than the frame.
      Overlay everything(file->with({}), caps);
      fail_unless(everything.process(before) != before, "%s", format.c_str());
    }
  }
}
END_TEST

START_TEST(test_masks_of_another_size_are_sampled_at_pixel_centres) {
  struct Case {
    int mask_width, mask_height, width, height;
  };
  const auto seed = test_seed();
  for (const auto& [w, h, W, H] :
       {Case{7, 5, 16, 9}, {64, 48, 11, 7}, {5, 64, 64, 5}, {3, 3, 3, 4}, {1, 1, 9, 9}, {16, 8, 32, 24}}) {
    const auto chance = noise(static_cast<std::size_t>(w * h), seed);
    const auto inside = [&, width = w](std::size_t x, std::size_t y) {
      return chance[y * std::size_t(width) + x] % 2 == 0;
    };
    const MaskFile masks(
        {mask_array(2, 1, std::size_t(h), std::size_t(w), [&](auto, auto, auto y, auto x) { return inside(x, y); })});
    const auto caps = caps_text("GRAY8", W, H);
    Overlay overlay(masks.with({{"draw", "fill"}, {"opacity", "1"}, {"colors", "#FFFFFF"}}), caps);
    const auto covered = coverage_of(overlay, caps);
    for (int y = 0; y < H; ++y) {
      for (int x = 0; x < W; ++x) {
        const auto mask_x = static_cast<std::size_t>(std::floor((x + 0.5) * w / W));
        const auto mask_y = static_cast<std::size_t>(std::floor((y + 0.5) * h / H));
        fail_unless(covered[std::size_t(y * W + x)] == (inside(mask_x, mask_y) ? 1 : 0),
                    "%dx%d masks over %dx%d: pixel (%d, %d)", w, h, W, H, x, y);
      }
    }
  }
}
END_TEST

START_TEST(test_caps_change_scales_the_masks_anew) {
  const MaskFile masks({picture_masks({"A.", ".A"})});
  Overlay overlay(masks.with({{"draw", "fill"}, {"opacity", "1"}, {"colors", "#FFFFFF"}, {"at-end", "hold"}}));
  for (const auto& [size, format] : {std::pair{4, "GRAY8"}, {64, "I420"}, {2, "GRAY8"}, {8, "NV12"}}) {
    const auto caps = caps_text(format, size, size, "framerate=30/1,colorimetry=1:4:0:0");
    overlay.set_caps(caps);
    const auto covered = coverage_of(overlay, caps);
    for (int y = 0; y < size; ++y) {
      for (int x = 0; x < size; ++x) {
        fail_unless_equals_int(covered[std::size_t(y * size + x)], (x < size / 2) == (y < size / 2) ? 1 : 0);
      }
    }
  }
}
END_TEST

static Suite* pixels_suite() {
  auto* suite = suite_create("sam2overlay_pixels");
  auto* tests = tcase_create("pixels");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, test_gray8_fill_equals_the_frame_computed_by_hand);
  tcase_add_test(tests, test_i420_fill_equals_the_frame_computed_by_hand);
  tcase_add_test(tests, test_nv12_fill_equals_the_frame_computed_by_hand);
  tcase_add_test(tests, test_yuy2_fill_equals_the_frame_computed_by_hand);
  tcase_add_test(tests, test_p010_fill_equals_the_frame_computed_by_hand);
  tcase_add_test(tests, test_16_bit_rgba_fill_is_composited_by_hand);
  tcase_add_test(tests, test_bgra_fill_is_composited_over_the_frame_by_hand);
  tcase_add_test(tests, test_defaults_draw_fill_contour_and_marker);
  tcase_add_test(tests, test_draw_flags_choose_what_is_drawn);
  tcase_add_test(tests, test_line_width_is_that_of_the_property_or_of_the_height);
  tcase_add_test(tests, test_outside_the_mask_not_one_bit_changes_in_any_format);
  tcase_add_test(tests, test_single_pixel_frames_are_drawn_in_any_format);
  tcase_add_test(tests, test_masks_of_another_size_are_sampled_at_pixel_centres);
  tcase_add_test(tests, test_caps_change_scales_the_masks_anew);
  return suite;
}

GST_CHECK_MAIN(pixels)
