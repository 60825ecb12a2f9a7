// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "tracking/mask_morph.hpp"

#include "support/gst_check.hpp"
#include "tracking/mask_interpolator.hpp"

using namespace sam2;
using namespace sam2::tracking;

namespace {

constexpr std::int32_t kWhole = MaskMorph::kWhole;
constexpr int kSide = 40;

/// One character a pixel, '#' is object. Rows end in '\n'.
using Picture = std::vector<std::string>;

Picture blank(int width = kSide, int height = kSide) {
  return Picture(std::size_t(height), std::string(std::size_t(width), '.'));
}

Picture with_box(Picture picture, int left, int top, int width, int height) {
  for (int y = top; y < top + height; ++y)
    for (int x = left; x < left + width; ++x) picture[std::size_t(y)][std::size_t(x)] = '#';
  return picture;
}

bool is_set(const Picture& picture, int x, int y) {
  const bool inside = y >= 0 && y < int(picture.size()) && x >= 0 && x < int(picture[0].size());
  return inside && picture[std::size_t(y)][std::size_t(x)] == '#';
}

runs::RunMask runs_of(const Picture& picture) {
  runs::RunMask mask;
  mask.reset(0);
  for (const auto& row : picture) {
    for (std::size_t x = 0; x < row.size(); ++x) {
      if (row[x] == '#') mask.add_span(int(x), int(x) + 1);
    }
    mask.end_row();
  }
  return mask;
}

Picture picture_of(const runs::RunMask& mask) {
  auto picture = blank();
  for (int y = 0; y < kSide; ++y) {
    for (const auto& span : mask.row(y))
      for (int x = span.begin; x < span.end; ++x) picture[std::size_t(y)][std::size_t(x)] = '#';
  }
  return picture;
}

void assert_same(const Picture& got, const Picture& expected, const std::string& what) {
  std::string text;
  for (std::size_t y = 0; y < got.size(); ++y) text += got[y] + "  " + expected[y] + "\n";
  fail_unless(got == expected, "%s: got, and expected\n%s", what.c_str(), text.c_str());
}

struct Frame {
  int left, top, right, bottom;
};

Frame frame_of(const Picture& picture) {
  Frame frame{kSide, kSide, 0, 0};
  for (int y = 0; y < kSide; ++y) {
    for (int x = 0; x < kSide; ++x) {
      if (!is_set(picture, x, y)) continue;
      frame = {std::min(frame.left, x), std::min(frame.top, y), std::max(frame.right, x + 1),
               std::max(frame.bottom, y + 1)};
    }
  }
  return frame;
}

/// The part of `picture` in `frame`, as `width` x `height` pixels: each takes the pixel under its centre.
Picture scaled(const Picture& picture, const Frame& frame, int width, int height) {
  auto result = blank(width, height);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const int from_x = frame.left + int(std::floor((x + 0.5) * (frame.right - frame.left) / width));
      const int from_y = frame.top + int(std::floor((y + 0.5) * (frame.bottom - frame.top) / height));
      if (is_set(picture, from_x, from_y)) result[std::size_t(y)][std::size_t(x)] = '#';
    }
  }
  return result;
}

double likeness(const Picture& a, const Picture& b) {
  double common = 0;
  double all = 0;
  for (int y = 0; y < int(a.size()); ++y) {
    for (int x = 0; x < int(a[0].size()); ++x) {
      common += is_set(a, x, y) && is_set(b, x, y);
      all += is_set(a, x, y) || is_set(b, x, y);
    }
  }
  return common / all;
}

/// From pixel to the nearest one that is set otherwise; around the picture is nothing.
int distance(const Picture& picture, int x, int y) {
  const bool self = is_set(picture, x, y);
  int nearest = 1000;
  for (int v = -1; v <= int(picture.size()); ++v) {
    for (int u = -1; u <= int(picture[0].size()); ++u) {
      if (is_set(picture, u, v) != self) nearest = std::min(nearest, std::abs(u - x) + std::abs(v - y));
    }
  }
  return nearest;
}

/// Positive inside, from the outline, which runs between pixels.
double height_over_outline(const Picture& picture, int x, int y) {
  return (is_set(picture, x, y) ? 1 : -1) * (distance(picture, x, y) - 0.5);
}

int on_the_way(int from, int to, int percent) {
  return int(std::floor((from * (100 - percent) + to * percent) / 100.0 + 0.5));
}

/// As MaskMorph describes itself, pixel by pixel, after `percent` of the way.
Picture naive(const Picture& from, const Picture& to, int percent) {
  auto begin = frame_of(from);
  auto end = frame_of(to);
  int width = std::max(begin.right - begin.left, end.right - end.left);
  int height = std::max(begin.bottom - begin.top, end.bottom - end.top);
  const double as_they_are = likeness(from, to);
  const double moved = likeness(scaled(from, begin, width, height), scaled(to, end, width, height));
  if (as_they_are >= moved) {
    begin = end = {std::min(begin.left, end.left), std::min(begin.top, end.top), std::max(begin.right, end.right),
                   std::max(begin.bottom, end.bottom)};
    width = end.right - end.left;
    height = end.bottom - end.top;
  }
  const auto a = scaled(from, begin, width, height);
  const auto b = scaled(to, end, width, height);
  auto shape = percent < 50 ? a : b;
  if (std::max(as_they_are, moved) >= 0.2) {
    for (int y = 0; y < height; ++y) {
      for (int x = 0; x < width; ++x) {
        const double level = height_over_outline(a, x, y) * (100 - percent) + height_over_outline(b, x, y) * percent;
        shape[std::size_t(y)][std::size_t(x)] = level > 1e-9 ? '#' : '.';
      }
    }
  }
  const Frame now{on_the_way(begin.left, end.left, percent), on_the_way(begin.top, end.top, percent),
                  on_the_way(begin.right, end.right, percent), on_the_way(begin.bottom, end.bottom, percent)};
  const auto placed = scaled(shape, {0, 0, width, height}, now.right - now.left, now.bottom - now.top);
  auto result = blank();
  for (int y = now.top; y < now.bottom; ++y) {
    for (int x = now.left; x < now.right; ++x) {
      if (is_set(placed, x - now.left, y - now.top)) result[std::size_t(y)][std::size_t(x)] = '#';
    }
  }
  return result;
}

class Way {
 public:
  Way(const Picture& from, const Picture& to) {
    const auto begin = runs_of(from);
    const auto end = runs_of(to);
    MaskMorpher().set(morph_, begin, runs::region_props(begin).box, end, runs::region_props(end).box);
  }

  Picture after(std::int32_t fraction) {
    morph_.make(fraction, mask_);
    return picture_of(mask_);
  }

 private:
  MaskMorph morph_;
  runs::RunMask mask_;
};

/// A blot that grows by chance from a pixel.
Picture random_blot(std::mt19937& random) {
  auto picture = blank();
  const auto within = [&](int size) { return int(random() % unsigned(size)); };
  const int parts = 1 + within(4);
  int left = within(kSide - 14);
  int top = within(kSide - 14);
  for (int part = 0; part < parts; ++part) {
    picture = with_box(picture, left, top, 1 + within(9), 1 + within(9));
    left = std::min(left + within(6), kSide - 10);
    top = std::min(top + within(6), kSide - 10);
  }
  return picture;
}

}  // namespace

START_TEST(test_a_moving_object_keeps_its_outline) {
  // A square with a notch, from (2, 3) to (18, 11): an eighth of the way is (2, 1).
  const auto notched = [](int left, int top) {
    auto picture = with_box(blank(), left, top, 9, 7);
    picture[std::size_t(top)][std::size_t(left + 4)] = '.';
    return picture;
  };
  Way way(notched(2, 3), notched(18, 11));
  for (int step = 1; step < 8; ++step) {
    assert_same(way.after(step * kWhole / 8), notched(2 + 2 * step, 3 + step), "step " + std::to_string(step));
  }
}
END_TEST

START_TEST(test_a_growing_object_grows_evenly) {
  Way way(with_box(blank(), 10, 10, 4, 4), with_box(blank(), 6, 8, 12, 8));
  assert_same(way.after(kWhole / 4), with_box(blank(), 9, 10, 6, 5), "a quarter");
  assert_same(way.after(kWhole / 2), with_box(blank(), 8, 9, 8, 6), "half");
}
END_TEST

START_TEST(test_an_object_that_loses_a_part_loses_it_evenly) {
  // A beam of 16 between two posts, of which one is cut off: box on box would stretch the rest.
  auto begin = with_box(with_box(blank(), 4, 4, 4, 20), 4, 14, 20, 4);
  const auto end = with_box(blank(), 4, 4, 4, 20);
  Way way(begin, end);
  // Pixels of the beam are at most two steps from its outline and 1 to 16 from what stays: those at the far end go
  // first, and nothing of the post at any time.
  std::size_t before = 1000;
  for (int step = 1; step < 16; ++step) {
    const auto picture = way.after(step * kWhole / 16);
    std::size_t beam = 0;
    for (int y = 0; y < kSide; ++y) {
      for (int x = 0; x < kSide; ++x) {
        if (is_set(end, x, y)) fail_unless(is_set(picture, x, y), "step %d: a hole at %d, %d", step, x, y);
        if (is_set(picture, x, y) && !is_set(end, x, y)) {
          fail_unless(is_set(begin, x, y), "step %d: nothing was at %d, %d", step, x, y);
          ++beam;
        }
      }
    }
    fail_unless(beam <= before, "step %d: %zu after %zu", step, beam, before);
    before = beam;
  }
}
END_TEST

START_TEST(test_blends_are_those_of_a_naive_computation) {
  const auto seed = std::random_device{}();
  std::mt19937 random(seed);
  MaskMorpher morpher;
  MaskMorph morph;
  runs::RunMask mask;
  int blended = 0;
  for (int i = 0; i < 150; ++i) {
    const auto from = random_blot(random);
    const auto to = random_blot(random);
    const auto begin = runs_of(from);
    const auto end = runs_of(to);
    morpher.set(morph, begin, runs::region_props(begin).box, end, runs::region_props(end).box);
    // Parts that both kWhole and hundredths can say exactly.
    for (const int percent : {25, 50, 75}) {
      morph.make(kWhole * percent / 100, mask);
      const auto expected = naive(from, to, percent);
      blended += expected != from && expected != to;
      assert_same(picture_of(mask), expected,
                  "seed " + std::to_string(seed) + ", " + std::to_string(i) + ", " + std::to_string(percent) + " %");
    }
  }
  fail_unless(blended > 300);
}
END_TEST

START_TEST(test_masks_without_likeness_are_never_lost) {
  // A ring and what fills its hole, in the same box but for one pixel at each corner.
  const auto ring =
      with_box(with_box(with_box(with_box(blank(), 5, 5, 20, 1), 5, 24, 20, 1), 5, 5, 1, 20), 24, 5, 1, 20);
  auto filling = with_box(blank(), 6, 6, 18, 18);
  filling[5][5] = filling[24][24] = '#';
  Way way(ring, filling);
  assert_same(way.after(kWhole / 2 - 1), ring, "before half");
  assert_same(way.after(kWhole / 2), filling, "from half on");
}
END_TEST

START_TEST(test_moments_of_a_frame_are_the_same_however_its_stamp_is_rounded) {
  constexpr std::int64_t kFrame = 33'366'666;
  for (int k = 1; k < 30; ++k) {
    const auto exact = std::int64_t(std::floor(k * 1e9 * 1001 / 30000));
    const auto expected = mask_time_after(7, exact, 30 * kFrame, kFrame);
    fail_unless_equals_int(int(expected.entry), 7);
    fail_unless(std::abs(expected.fraction - k * kWhole / 30.0) < 1);
    for (const auto stamp : {exact / 1'000'000 * 1'000'000, (exact + 999'999) / 1'000'000 * 1'000'000, exact + 1}) {
      fail_unless(mask_time_after(7, stamp, 30 * kFrame, kFrame) == expected, "frame %d", k);
    }
  }
}
END_TEST

START_TEST(test_moments_lie_between_the_entries) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  fail_unless((mask_time_after(1, 0, 100, 0) == MaskTime{1, 0, 0}));
  fail_unless((mask_time_after(1, -5, 100, 40) == MaskTime{1, 0, 0}));
  fail_unless((mask_time_after(1, 25, 100, 0) == MaskTime{1, 25, kWhole / 4}));
  fail_unless((mask_time_after(1, 100, 100, 0) == MaskTime{1, 100, kWhole}));
  fail_unless((mask_time_after(1, kMost, 100, 40) == MaskTime{1, 100, kWhole}));
  fail_unless((mask_time_after(1, kMost, kMost, kMost) == MaskTime{1, kMost, kWhole}));
  // Entries of the same time, and of times that the file does not have in this order.
  fail_unless((mask_time_after(1, 25, 0, 40) == MaskTime{1, 0, 0}));
  fail_unless((mask_time_after(1, 25, -100, 40) == MaskTime{1, 0, 0}));
}
END_TEST

static Suite* mask_morph_suite() {
  auto* suite = suite_create("shape morph");
  auto* tests = tcase_create("shape morph");
  tcase_add_test(tests, test_a_moving_object_keeps_its_outline);
  tcase_add_test(tests, test_a_growing_object_grows_evenly);
  tcase_add_test(tests, test_an_object_that_loses_a_part_loses_it_evenly);
  tcase_add_test(tests, test_blends_are_those_of_a_naive_computation);
  tcase_add_test(tests, test_masks_without_likeness_are_never_lost);
  tcase_add_test(tests, test_moments_of_a_frame_are_the_same_however_its_stamp_is_rounded);
  tcase_add_test(tests, test_moments_lie_between_the_entries);
  suite_add_tcase(suite, tests);
  return suite;
}

GST_CHECK_MAIN(mask_morph);
