// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "composite/contour_maker.hpp"

#include "support/gst_check.hpp"

using namespace sam2;
using namespace sam2::composite;
using runs::RunMask;
using runs::Size;

namespace {

using Pixels = std::vector<std::uint8_t>;

std::size_t index(Size size, int x, int y) {
  return std::size_t(y) * size.width + x;
}

RunMask to_runs(const Pixels& pixels, Size size, int first_row, int last_row) {
  RunMask mask;
  mask.reset(first_row);
  for (int y = first_row; y <= last_row; ++y) {
    for (int x = 0; x < size.width; ++x) {
      if (pixels[index(size, x, y)] != 0) mask.add_span(x, x + 1);
    }
    mask.end_row();
  }
  return mask;
}

/// Rows from the first to the last that is not empty, or all of them.
RunMask to_runs(const Pixels& pixels, Size size, bool crop) {
  int first = 0;
  int last = size.height - 1;
  const auto is_empty = [&](int y) {
    return std::count(pixels.begin() + y * size.width, pixels.begin() + (y + 1) * size.width, 1) == 0;
  };
  while (crop && first < last && is_empty(first)) ++first;
  while (crop && last > first && is_empty(last)) --last;
  return to_runs(pixels, size, first, last);
}

/// Also sees to it that nothing lies outside of the frame.
Pixels to_pixels(const RunMask& mask, Size size) {
  Pixels pixels(std::size_t(size.width) * size.height);
  for (int y = mask.top(); y < mask.bottom(); ++y) {
    for (const auto span : mask.row(y)) {
      fail_unless(y >= 0 && y < size.height && span.begin >= 0 && span.end <= size.width, "row %d: [%d, %d) is outside",
                  y, span.begin, span.end);
      for (int x = span.begin; x < span.end; ++x) pixels[index(size, x, y)] = 1;
    }
  }
  return pixels;
}

/// A pixel is on the contour where any pixel of the square around it is in the frame, but not in the mask.
Pixels naive_contour(const Pixels& mask, Size size, int line_width) {
  Pixels contour(mask.size());
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      if (mask[index(size, x, y)] == 0) continue;
      for (int v = std::max(0, y - line_width); v <= std::min(size.height - 1, y + line_width); ++v) {
        for (int u = std::max(0, x - line_width); u <= std::min(size.width - 1, x + line_width); ++u) {
          if (mask[index(size, u, v)] == 0) contour[index(size, x, y)] = 1;
        }
      }
    }
  }
  return contour;
}

void check_contour(ContourMaker& maker, const Pixels& pixels, Size size, int line_width, bool crop) {
  RunMask contour;
  contour.reset(-5);
  maker.make(to_runs(pixels, size, crop), size, line_width, contour);
  if (to_pixels(contour, size) == naive_contour(pixels, size, line_width)) return;
  std::ostringstream picture;
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) picture << (pixels[index(size, x, y)] != 0 ? '#' : '.');
    picture << '\n';
  }
  fail_unless(false, "%dx%d, line width %d, crop %d:\n%s", size.width, size.height, line_width, crop,
              picture.str().c_str());
}

/// Rectangles at random, some of them cut out again: shapes with room for an interior, often at the frame's edges.
Pixels random_rectangles(Size size, std::mt19937& random) {
  Pixels pixels(std::size_t(size.width) * size.height);
  const auto count = 1 + random() % 6;
  for (std::size_t i = 0; i < count; ++i) {
    const int left = int(random() % std::uint32_t(size.width + 10)) - 10;
    const int top = int(random() % std::uint32_t(size.height + 10)) - 10;
    const int right = left + 1 + int(random() % std::uint32_t(size.width + 15));
    const int bottom = top + 1 + int(random() % std::uint32_t(size.height + 15));
    const std::uint8_t value = i == 0 || random() % 3 != 0;
    // A hole is small.
    for (int y = std::max(top, 0); y < std::min(value ? bottom : top + 2, size.height); ++y) {
      for (int x = std::max(left, 0); x < std::min(value ? right : left + 2, size.width); ++x) {
        pixels[index(size, x, y)] = value;
      }
    }
  }
  return pixels;
}

}  // namespace

START_TEST(test_contour_equals_the_mask_minus_its_erosion_pixel_by_pixel) {
  std::mt19937 random(3);
  ContourMaker maker;
  for (const Size size : {Size{1, 1}, Size{1, 9}, Size{9, 1}, Size{7, 5}, Size{24, 31}, Size{40, 26}, Size{150, 12}}) {
    for (int line_width = 1; line_width <= 9; ++line_width) {
      for (int round = 0; round < 60; ++round) {
        check_contour(maker, random_rectangles(size, random), size, line_width, round % 2 == 0);
      }
    }
  }
}
END_TEST

START_TEST(test_contour_of_noise_equals_the_naive_one) {
  std::mt19937 random(4);
  ContourMaker maker;
  const Size size = {33, 21};
  for (int line_width = 1; line_width <= 9; ++line_width) {
    for (const unsigned one_in : {2u, 20u, 200u}) {
      Pixels pixels(std::size_t(size.width) * size.height);
      for (auto& pixel : pixels) pixel = random() % one_in != 0;
      check_contour(maker, pixels, size, line_width, false);
    }
  }
}
END_TEST

START_TEST(test_contour_of_a_full_frame_is_empty) {
  ContourMaker maker;
  for (const Size size : {Size{1, 1}, Size{64, 48}}) {
    for (const int line_width : {1, 3, 1000, 2147483647}) {
      RunMask contour;
      maker.make(to_runs(Pixels(std::size_t(size.width) * size.height, 1), size, false), size, line_width, contour);
      fail_unless(contour.empty(), "%dx%d, line width %d", size.width, size.height, line_width);
    }
  }
}
END_TEST

START_TEST(test_contour_with_a_line_wider_than_the_mask_is_the_mask) {
  const Size size = {50, 40};
  Pixels pixels(std::size_t(size.width) * size.height);
  for (int y = 0; y < 9; ++y) {
    for (int x = 0; x < 45; ++x) pixels[index(size, x, y)] = 1;
  }
  ContourMaker maker;
  for (const int line_width : {9, 40, 1000, 2147483647}) {
    RunMask contour;
    maker.make(to_runs(pixels, size, true), size, line_width, contour);
    fail_unless(to_pixels(contour, size) == pixels, "line width %d", line_width);
  }
}
END_TEST

START_TEST(test_contour_at_the_far_end_of_the_widest_frame) {
  constexpr int kMost = std::numeric_limits<int>::max();
  ContourMaker maker;
  for (const int line_width : {3, kMost}) {
    for (const auto& span : {runs::Span{kMost - 60, kMost - 10}, runs::Span{5, kMost}}) {
      RunMask mask;
      mask.reset(0);
      for (int y = 0; y < 9; ++y) {
        mask.add_span(span.begin, span.end);
        mask.end_row();
      }
      RunMask contour;
      maker.make(mask, {kMost, 9}, line_width, contour);
      std::vector<runs::Span> expected = {span};
      if (line_width == 3) {
        expected = {{span.begin, span.begin + 3}};
        if (span.end < kMost) expected.push_back({span.end - 3, span.end});
      }
      for (int y = 0; y < 9; ++y) fail_unless(std::ranges::equal(contour.row(y), expected));
    }
  }
}
END_TEST

START_TEST(test_contour_of_an_empty_mask_is_empty) {
  ContourMaker maker;
  RunMask contour;
  maker.make(RunMask(), {20, 10}, 2, contour);
  fail_unless(contour.empty());
}
END_TEST

static Suite* contour_maker_suite() {
  auto* const suite = suite_create("contour_maker");
  auto* const cases = tcase_create("contour_maker");
  tcase_add_test(cases, test_contour_equals_the_mask_minus_its_erosion_pixel_by_pixel);
  tcase_add_test(cases, test_contour_of_noise_equals_the_naive_one);
  tcase_add_test(cases, test_contour_of_a_full_frame_is_empty);
  tcase_add_test(cases, test_contour_with_a_line_wider_than_the_mask_is_the_mask);
  tcase_add_test(cases, test_contour_at_the_far_end_of_the_widest_frame);
  tcase_add_test(cases, test_contour_of_an_empty_mask_is_empty);
  suite_add_tcase(suite, cases);
  return suite;
}

GST_CHECK_MAIN(contour_maker);
