// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "composite/color.hpp"

#include "support/gst_check.hpp"

using namespace sam2;
using namespace sam2::composite;

namespace {

constexpr ColorEncoding kFull601 = {0.299, 0.114, 0, 255, 128, 255};
constexpr ColorEncoding kLimited601 = {0.299, 0.114, 16, 219, 128, 224};
constexpr ColorEncoding kLimited709 = {0.2126, 0.0722, 16, 219, 128, 224};
constexpr ColorEncoding kLimited2020 = {0.2627, 0.0593, 16, 219, 128, 224};

constexpr Rgb kBlack = {0, 0, 0};
constexpr Rgb kWhite = {255, 255, 255};
constexpr Rgb kRed = {255, 0, 0};
constexpr Rgb kGreen = {0, 255, 0};
constexpr Rgb kBlue = {0, 0, 255};

void check_yuv(Rgb color, const ColorEncoding& encoding, std::array<int, 3> expected) {
  fail_unless_equals_int(encode(color, Channel::Luma, encoding), expected[0]);
  fail_unless_equals_int(encode(color, Channel::ChromaU, encoding), expected[1]);
  fail_unless_equals_int(encode(color, Channel::ChromaV, encoding), expected[2]);
}

void check_rgb(Rgb color, unsigned expected) {
  fail_unless_equals_int_hex(unsigned(color.red) << 16 | unsigned(color.green) << 8 | color.blue, expected);
}

void check_refused(std::string_view text, const char* fragment) {
  const auto colors = parse_colors(text);
  fail_unless(!colors, "%s was taken", std::string(text).c_str());
  fail_unless(colors.error().code == ErrorCode::Settings);
  fail_unless(colors.error().message.find(fragment) != std::string::npos, "%s", colors.error().message.c_str());
}

}  // namespace

START_TEST(test_encode_follows_bt601_limited_range) {
  check_yuv(kBlack, kLimited601, {16, 128, 128});
  check_yuv(kWhite, kLimited601, {235, 128, 128});
  check_yuv(kRed, kLimited601, {81, 90, 240});
  check_yuv(kGreen, kLimited601, {145, 54, 34});
  check_yuv(kBlue, kLimited601, {41, 240, 110});
}
END_TEST

START_TEST(test_encode_follows_bt709_limited_range) {
  check_yuv(kWhite, kLimited709, {235, 128, 128});
  check_yuv(kRed, kLimited709, {63, 102, 240});
  check_yuv(kGreen, kLimited709, {173, 42, 26});
  check_yuv(kBlue, kLimited709, {32, 240, 118});
}
END_TEST

START_TEST(test_encode_follows_bt2020_limited_range) {
  // 16 + 219 x 0.2627 = 73.5; 128 - 224 x 0.2627 / 1.8814 = 96.7.
  check_yuv(kRed, kLimited2020, {74, 97, 240});
}
END_TEST

START_TEST(test_encode_clips_full_range_chroma) {
  check_yuv(kBlack, kFull601, {0, 128, 128});
  check_yuv(kWhite, kFull601, {255, 128, 128});
  // V is 128 + 127.5, which rounds to 256.
  check_yuv(kRed, kFull601, {76, 85, 255});
  check_yuv(kGreen, kFull601, {150, 44, 21});
  // Cyan's V is 128 - 127.5.
  fail_unless_equals_int(encode({0, 255, 255}, Channel::ChromaV, kFull601), 1);
}
END_TEST

// The numbers of the next tests come from NumPy: make_conversion() as products of np.linalg.solve(), and the curves as
// ITU-R BT.2100 prints them.

START_TEST(test_bt709_converts_to_bt2020_as_in_bt2087) {
  const auto matrix = make_conversion(kBt709Primaries, kBt2020Primaries);
  constexpr double kExpected[3][3] = {{0.6274, 0.3293, 0.0433}, {0.0691, 0.9195, 0.0114}, {0.0164, 0.0880, 0.8956}};
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 3; ++j) fail_unless(std::abs(matrix[i][j] - kExpected[i][j]) < 5e-5);
  }
}
END_TEST

START_TEST(test_white_is_203_nits_on_pq_and_75_percent_on_hlg) {
  for (const auto& [transfer, signal] : {std::pair{Transfer::Pq, 0.58069}, {Transfer::Hlg, 0.74988}}) {
    ColorEncoding encoding = kLimited2020;
    encoding.set_range(Range::Limited, 10);
    encoding.transfer = transfer;
    encoding.to_stream = make_conversion(kBt709Primaries, kBt2020Primaries);
    for (const auto value : to_signal(kWhite, encoding)) fail_unless(std::abs(value - signal) < 1e-5, "%f", value);
  }
}
END_TEST

struct LightCase {
  Rgb color;
  std::array<int, 3> pq;
  std::array<int, 3> hlg;
};

START_TEST(test_colours_are_light_on_bt2020_streams) {
  // 10-bit limited Y, U, V.
  constexpr LightCase kCases[] = {
      {kWhite, {573, 512, 512}, {721, 512, 512}},
      {kRed, {392, 438, 608}, {392, 395, 715}},
      {kGreen, {529, 424, 474}, {641, 328, 431}},
      {kBlue, {277, 667, 540}, {230, 809, 537}},
      {{0x1f, 0x77, 0xb4}, {413, 557, 482}, {426, 619, 449}},
      {{10, 3, 5}, {146, 514, 524}, {114, 513, 522}},
      {kBlack, {64, 512, 512}, {64, 512, 512}},
  };
  ColorEncoding encoding = kLimited2020;
  encoding.set_range(Range::Limited, 10);
  encoding.to_stream = make_conversion(kBt709Primaries, kBt2020Primaries);
  for (const auto& light : kCases) {
    encoding.transfer = Transfer::Pq;
    check_yuv(light.color, encoding, light.pq);
    encoding.transfer = Transfer::Hlg;
    check_yuv(light.color, encoding, light.hlg);
  }
}
END_TEST

START_TEST(test_colours_reach_other_primaries_than_bt2020) {
  // Display P3, 10-bit limited R', G', B'.
  constexpr Primaries kP3 = {0.680, 0.320, 0.265, 0.690, 0.150, 0.060, 0.3127, 0.3290};
  ColorEncoding encoding;
  encoding.set_range(Range::Limited, 10);
  encoding.transfer = Transfer::Pq;
  encoding.to_stream = make_conversion(kBt709Primaries, kP3);
  fail_unless_equals_int(encode(kRed, Channel::Red, encoding), 555);
  fail_unless_equals_int(encode(kRed, Channel::Green, encoding), 300);
  fail_unless_equals_int(encode(kRed, Channel::Blue, encoding), 259);
}
END_TEST

START_TEST(test_identity_matrix_stores_g_b_and_r) {
  ColorEncoding encoding = kLimited709;
  encoding.is_identity = true;
  // 16 + 219 x 100 / 255 = 101.9; 16 + 219 / 255 = 16.9; 16 + 219 x 200 / 255 = 187.8.
  check_yuv({200, 100, 1}, encoding, {102, 17, 188});
  encoding.set_range(Range::Full, 8);
  check_yuv({200, 100, 1}, encoding, {100, 1, 200});
}
END_TEST

START_TEST(test_ranges_have_the_code_values_of_bt2100) {
  ColorEncoding encoding;
  encoding.set_range(Range::Limited, 12);
  fail_unless_equals_int(encoding.luma_offset, 256);
  fail_unless_equals_int(encoding.luma_offset + encoding.luma_scale, 3760);
  fail_unless_equals_int(encoding.chroma_offset + encoding.chroma_scale / 2, 3840);
  encoding.set_range(Range::Full, 10);
  fail_unless_equals_int(encoding.luma_offset, 0);
  fail_unless_equals_int(encoding.luma_scale, 1023);
  fail_unless_equals_int(encoding.chroma_offset, 512);
}
END_TEST

START_TEST(test_encode_rounds_exact_halves_up) {
  // Half of 1 and half of 3.
  fail_unless_equals_int(encode({1, 0, 0}, Channel::Luma, {0.5, 0.25, 0, 255, 128, 255}), 1);
  fail_unless_equals_int(encode({3, 0, 0}, Channel::Luma, {0.5, 0.25, 0, 255, 128, 255}), 2);
}
END_TEST

START_TEST(test_encode_scales_rgb_to_its_range) {
  const Rgb color = {200, 100, 1};
  fail_unless_equals_int(encode(color, Channel::Red, kFull601), 200);
  fail_unless_equals_int(encode(color, Channel::Green, kFull601), 100);
  fail_unless_equals_int(encode(color, Channel::Blue, kFull601), 1);
  // 16 + 219 x 200 / 255 = 187.8; 16 + 219 x 100 / 255 = 101.9; 16 + 219 / 255 = 16.9.
  fail_unless_equals_int(encode(color, Channel::Red, kLimited709), 188);
  fail_unless_equals_int(encode(color, Channel::Green, kLimited709), 102);
  fail_unless_equals_int(encode(color, Channel::Blue, kLimited709), 17);
}
END_TEST

START_TEST(test_encode_gives_every_rgb_value_back_at_full_range) {
  for (int value = 0; value < 256; ++value) {
    const auto byte = static_cast<std::uint8_t>(value);
    fail_unless_equals_int(encode({byte, 0, 0}, Channel::Red, kFull601), value);
    // Grey has the luma of its channels.
    fail_unless_equals_int(encode({byte, byte, byte}, Channel::Luma, kFull601), value);
  }
}
END_TEST

START_TEST(test_encode_of_alpha_is_opaque_and_of_no_channel_zero) {
  fail_unless_equals_int(encode(kRed, Channel::Alpha, kLimited601), 255);
  fail_unless_equals_int(encode(kWhite, Channel::None, kLimited601), 0);
}
END_TEST

START_TEST(test_palettes_give_the_published_colors_and_repeat) {
  check_rgb(palette_color(Palette::Tab10, 0), 0x1f77b4);
  check_rgb(palette_color(Palette::Tab10, 3), 0xd62728);
  check_rgb(palette_color(Palette::Tab10, 9), 0x17becf);
  check_rgb(palette_color(Palette::Tab10, 10), 0x1f77b4);
  // 2^40 ends in 6.
  check_rgb(palette_color(Palette::Tab10, std::int64_t{1} << 40), 0xe377c2);
  check_rgb(palette_color(Palette::Tab20, 1), 0xaec7e8);
  check_rgb(palette_color(Palette::Tab20, 19), 0x9edae5);
  check_rgb(palette_color(Palette::Tab20, 20), 0x1f77b4);
  check_rgb(palette_color(Palette::Sam2, 0), 0x3880f3);
  check_rgb(palette_color(Palette::Sam2, 8), 0xfa7dc8);
  check_rgb(palette_color(Palette::Sam2, 9), 0x3880f3);
}
END_TEST

START_TEST(test_golden_palette_steps_the_hue_and_never_repeats_soon) {
  // Hue 0: value 0.95 and 0.95 x 0.35. Slot 1 has hue 222.5 degrees, where blue is full, red least, and green
  // 0.95 (1 - 0.65 (0.708)) between.
  check_rgb(palette_color(Palette::Golden, 0), 0xf25555);
  check_rgb(palette_color(Palette::Golden, 1), 0x5583f2);
  std::vector<Rgb> seen;
  for (int slot = 0; slot < 200; ++slot) {
    const auto color = palette_color(Palette::Golden, slot);
    fail_unless(std::find(seen.begin(), seen.end(), color) == seen.end(), "slot %d has an earlier colour", slot);
    seen.push_back(color);
  }
}
END_TEST

START_TEST(test_color_list_is_parsed_with_blanks_and_either_case) {
  const auto colors = parse_colors(" #FF0000,#00ff7F ,  #010203 ");
  fail_unless(colors.has_value());
  const std::vector<Rgb> expected = {{255, 0, 0}, {0, 255, 127}, {1, 2, 3}};
  fail_unless(*colors == expected);
}
END_TEST

START_TEST(test_colors_are_parsed_with_a_hash_a_hexadecimal_prefix_or_neither) {
  const auto colors = parse_colors("#FF0000,0x00ff7F,0X010203,0A0b0C");
  fail_unless(colors.has_value());
  const std::vector<Rgb> expected = {{255, 0, 0}, {0, 255, 127}, {1, 2, 3}, {10, 11, 12}};
  fail_unless(*colors == expected);
}
END_TEST

START_TEST(test_color_list_refuses_what_is_not_a_color_by_name) {
  check_refused("", "colors: entry 1 of the list is \"\", expected #RRGGBB");
  check_refused("#FF0000,", "colors: entry 2 of the list is \"\"");
  check_refused(",#FF0000", "colors: entry 1 of the list is \"\"");
  check_refused("#FF0000, red", "colors: entry 2 of the list is \"red\"");
  check_refused("0xFF000", "\"0xFF000\"");
  check_refused("0x-F0000", "\"0x-F0000\"");
  check_refused("#0xFF0000", "\"#0xFF0000\"");
  check_refused("#FF000", "\"#FF000\"");
  check_refused("#FF00000", "\"#FF00000\"");
  check_refused("#FF00G0", "\"#FF00G0\"");
  check_refused("#-10000", "\"#-10000\"");
  check_refused("#0x1234", "\"#0x1234\"");
  check_refused("#FF0000 #00FF00", "\"#FF0000 #00FF00\"");
}
END_TEST

static Suite* color_suite() {
  auto* const suite = suite_create("color");
  auto* const cases = tcase_create("color");
  tcase_add_test(cases, test_encode_follows_bt601_limited_range);
  tcase_add_test(cases, test_encode_follows_bt709_limited_range);
  tcase_add_test(cases, test_encode_follows_bt2020_limited_range);
  tcase_add_test(cases, test_encode_clips_full_range_chroma);
  tcase_add_test(cases, test_bt709_converts_to_bt2020_as_in_bt2087);
  tcase_add_test(cases, test_white_is_203_nits_on_pq_and_75_percent_on_hlg);
  tcase_add_test(cases, test_colours_are_light_on_bt2020_streams);
  tcase_add_test(cases, test_colours_reach_other_primaries_than_bt2020);
  tcase_add_test(cases, test_identity_matrix_stores_g_b_and_r);
  tcase_add_test(cases, test_ranges_have_the_code_values_of_bt2100);
  tcase_add_test(cases, test_encode_rounds_exact_halves_up);
  tcase_add_test(cases, test_encode_scales_rgb_to_its_range);
  tcase_add_test(cases, test_encode_gives_every_rgb_value_back_at_full_range);
  tcase_add_test(cases, test_encode_of_alpha_is_opaque_and_of_no_channel_zero);
  tcase_add_test(cases, test_palettes_give_the_published_colors_and_repeat);
  tcase_add_test(cases, test_golden_palette_steps_the_hue_and_never_repeats_soon);
  tcase_add_test(cases, test_color_list_is_parsed_with_blanks_and_either_case);
  tcase_add_test(cases, test_colors_are_parsed_with_a_hash_a_hexadecimal_prefix_or_neither);
  tcase_add_test(cases, test_color_list_refuses_what_is_not_a_color_by_name);
  suite_add_tcase(suite, cases);
  return suite;
}

GST_CHECK_MAIN(color);
