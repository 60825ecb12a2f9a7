// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "runs/margin.hpp"

#include <random>

#include "support/gst_check.hpp"

using namespace sam2;
using namespace sam2::runs;

namespace {

using Pixels = std::vector<std::uint8_t>;

std::size_t index(Size size, int x, int y) {
  return std::size_t(y) * std::size_t(size.width) + std::size_t(x);
}

RunMask to_runs(const Pixels& pixels, Size size) {
  RunMask mask;
  mask.reset(0);
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      if (pixels[index(size, x, y)] != 0) mask.add_span(x, x + 1);
    }
    mask.end_row();
  }
  return mask;
}

Pixels to_pixels(const RunMask& mask, Size size) {
  Pixels pixels(std::size_t(size.width) * std::size_t(size.height));
  for (int y = mask.top(); y < mask.bottom(); ++y) {
    int last = -1;
    for (const auto span : mask.row(y)) {
      fail_unless(y >= 0 && y < size.height && span.begin > last && span.begin < span.end && span.end <= size.width,
                  "row %d: [%d, %d)", y, span.begin, span.end);
      last = span.end;
      for (int x = span.begin; x < span.end; ++x) pixels[index(size, x, y)] = 255;
    }
  }
  return pixels;
}

CoverageMask to_coverage(const Pixels& pixels, Size size) {
  CoverageMask mask;
  mask.reset(0);
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) mask.add_span(x, x + 1, pixels[index(size, x, y)]);
    mask.end_row();
  }
  return mask;
}

Pixels to_pixels(const CoverageMask& mask, Size size) {
  Pixels pixels(std::size_t(size.width) * std::size_t(size.height));
  for (int y = mask.top(); y < mask.bottom(); ++y) {
    for (const auto& span : mask.row(y)) {
      fail_unless(y >= 0 && y < size.height && span.begin >= 0 && span.end <= size.width);
      for (int x = span.begin; x < span.end; ++x) {
        pixels[index(size, x, y)] = span.first_byte == CoverageSpan::kConstant
                                        ? span.coverage
                                        : mask.bytes()[span.first_byte + std::size_t(x - span.begin)];
      }
    }
  }
  return pixels;
}

/// The largest or smallest of the pixels in the square around each one that are on the frame.
Pixels naive(const Pixels& pixels, Size size, int margin) {
  const int reach = std::min(std::abs(margin), size.width + size.height);
  Pixels result(pixels.size());
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      auto value = pixels[index(size, x, y)];
      for (int v = std::max(0, y - reach); v <= std::min(size.height - 1, y + reach); ++v) {
        for (int u = std::max(0, x - reach); u <= std::min(size.width - 1, x + reach); ++u) {
          const auto other = pixels[index(size, u, v)];
          value = margin > 0 ? std::max(value, other) : std::min(value, other);
        }
      }
      result[index(size, x, y)] = value;
    }
  }
  return result;
}

constexpr int kMargins[] = {1, 2, 3, 7, 8, 30, 1000, 2147483647, -1, -2, -3, -5, -30, -2147483647 - 1};

void check(const Pixels& pixels, Size size, MarginMaker& maker) {
  for (const int wanted : kMargins) {
    const int margin = std::max(-100, std::min(100, wanted));
    const auto expected = naive(pixels, size, margin);
    RunMask runs;
    maker.apply(to_runs(pixels, size), size, wanted, runs);
    Pixels binary;
    for (const auto byte : pixels) binary.push_back(byte != 0 ? 255 : 0);
    fail_unless(to_pixels(runs, size) == naive(binary, size, margin), "%dx%d, margin %d", size.width, size.height,
                wanted);
    CoverageMask coverage;
    maker.apply(to_coverage(pixels, size), size, wanted, coverage);
    fail_unless(to_pixels(coverage, size) == expected, "%dx%d, coverage, margin %d", size.width, size.height, wanted);
  }
}

}  // namespace

START_TEST(test_masks_grow_and_shrink_as_pixel_by_pixel) {
  std::mt19937 random(7);
  MarginMaker maker;
  for (int round = 0; round < 30; ++round) {
    const Size size{1 + int(random() % 40), 1 + int(random() % 24)};
    Pixels pixels(std::size_t(size.width) * std::size_t(size.height));
    // From single pixels to single holes.
    const auto sparse = random() % 40;
    for (auto& pixel : pixels) pixel = random() % 40 < sparse ? 0 : std::uint8_t(1 + random() % 255);
    check(pixels, size, maker);
  }
}
END_TEST

START_TEST(test_shapes_at_the_edges_of_the_frame) {
  constexpr Size kSize{30, 20};
  MarginMaker maker;
  const auto fill = [&](int left, int top, int right, int bottom) {
    Pixels pixels(std::size_t(kSize.width) * std::size_t(kSize.height));
    for (int y = top; y < bottom; ++y)
      for (int x = left; x < right; ++x) pixels[index(kSize, x, y)] = 200;
    return pixels;
  };
  check(fill(0, 0, 30, 20), kSize, maker);
  check(fill(0, 0, 0, 0), kSize, maker);
  check(fill(0, 3, 9, 20), kSize, maker);
  check(fill(25, 0, 30, 4), kSize, maker);
  // A ring with a hole of one pixel.
  auto ring = fill(5, 5, 20, 15);
  ring[index(kSize, 12, 9)] = 0;
  check(ring, kSize, maker);
}
END_TEST

START_TEST(test_a_mask_of_few_rows_is_taken_where_it_is) {
  constexpr Size kSize{16, 12};
  RunMask mask;
  mask.reset(7);
  mask.add_span(3, 5);
  mask.end_row();
  RunMask grown;
  MarginMaker().apply(mask, kSize, 2, grown);
  const auto props = region_props(grown);
  fail_unless((props.box == Box{1, 5, 6, 5}) && props.area == 30);
  RunMask shrunk;
  MarginMaker().apply(grown, kSize, -2, shrunk);
  fail_unless((region_props(shrunk).box == Box{3, 7, 2, 1}));
}
END_TEST

static Suite* margin_suite() {
  auto* const suite = suite_create("margin");
  auto* const tests = tcase_create("margin");
  tcase_add_test(tests, test_masks_grow_and_shrink_as_pixel_by_pixel);
  tcase_add_test(tests, test_shapes_at_the_edges_of_the_frame);
  tcase_add_test(tests, test_a_mask_of_few_rows_is_taken_where_it_is);
  suite_add_tcase(suite, tests);
  return suite;
}

GST_CHECK_MAIN(margin)
