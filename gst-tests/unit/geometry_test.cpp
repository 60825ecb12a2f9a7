// SPDX-License-Identifier: LGPL-2.1-or-later
#include "masks/geometry.hpp"

#include "support/gst_check.hpp"

using namespace sam2::masks;

namespace {

constexpr std::int32_t kHuge = 2147483647;

/// floor((X + 1/2) from / to), with both halves doubled.
std::int64_t source_of(std::int64_t position, std::int64_t from, std::int64_t to) {
  return (2 * position + 1) * from / (2 * to);
}

bool covers(const RunMask& mask, std::int64_t x, std::int64_t y) {
  if (y < mask.top() || y >= mask.bottom()) return false;
  for (const auto span : mask.row(std::int32_t(y))) {
    if (x >= span.begin && x < span.end) return true;
  }
  return false;
}

RunMask random_mask(Size size, std::mt19937& random) {
  RunMask mask;
  const int top = int(random() % std::uint32_t(size.height));
  mask.reset(top);
  for (int y = top; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      if (random() % 8 < 5) mask.add_span(x, x + 1);
    }
    mask.end_row();
  }
  return mask;
}

void check_stretch(const RunMask& mask, Size from, Size to, RunMask& scaled) {
  Stretch(from, to).apply(mask, scaled);
  for (std::int32_t y = scaled.top(); y < scaled.bottom(); ++y) {
    std::int32_t last = -1;
    for (const auto span : scaled.row(y)) {
      const bool canonical = span.begin > last && span.begin < span.end && span.end <= to.width;
      fail_unless(canonical && y >= 0 && y < to.height, "%dx%d to %dx%d: [%d, %d) in row %d", from.width, from.height,
                  to.width, to.height, span.begin, span.end, y);
      last = span.end;
    }
  }
  for (std::int32_t y = 0; y < to.height; ++y) {
    for (std::int32_t x = 0; x < to.width; ++x) {
      const auto expected = covers(mask, source_of(x, from.width, to.width), source_of(y, from.height, to.height));
      if (covers(scaled, x, y) != expected) {
        fail_unless(false, "%dx%d to %dx%d: pixel %d, %d should be %d", from.width, from.height, to.width, to.height, x,
                    y, expected);
      }
    }
  }
}

}  // namespace

START_TEST(test_stretch_takes_the_mask_pixel_of_the_floor_formula) {
  std::mt19937 random(5);
  RunMask scaled;
  constexpr std::array kLengths = {1, 2, 3, 4, 5, 7, 8, 16, 17, 31};
  for (const int from : kLengths) {
    for (const int to : kLengths) {
      for (const auto& [mask, frame] : {std::pair(Size{from, 7}, Size{to, 11}), std::pair(Size{6, from}, Size{5, to}),
                                        std::pair(Size{from, from}, Size{to, to})}) {
        check_stretch(random_mask(mask, random), mask, frame, scaled);
      }
    }
  }
}
END_TEST

START_TEST(test_stretch_of_video_sizes_takes_the_mask_pixel_of_the_floor_formula) {
  std::mt19937 random(6);
  RunMask scaled;
  constexpr std::array<std::pair<Size, Size>, 6> kPairs = {{{{64, 48}, {64, 48}},
                                                            {{64, 48}, {64, 96}},
                                                            {{256, 256}, {171, 96}},
                                                            {{96, 54}, {192, 108}},
                                                            {{97, 55}, {191, 109}},
                                                            {{191, 109}, {97, 55}}}};
  for (const auto& [from, to] : kPairs) check_stretch(random_mask(from, random), from, to, scaled);
}
END_TEST

START_TEST(test_stretch_of_the_largest_sizes_does_not_overflow) {
  RunMask mask;
  mask.reset(65534);
  mask.add_span(1, 3);
  mask.add_span(65533, 65535);
  mask.end_row();
  RunMask scaled;
  Stretch({65535, 65535}, {kHuge, kHuge}).apply(mask, scaled);
  // The last of 65535 rows is shown in the last 32768.5 rows of the frame.
  fail_unless_equals_int(scaled.bottom(), kHuge);
  fail_unless_equals_int64(source_of(scaled.top(), 65535, kHuge), 65534);
  fail_unless_equals_int64(source_of(scaled.top() - 1, 65535, kHuge), 65533);
  for (const auto y : {scaled.top(), kHuge - 1}) {
    const auto row = scaled.row(y);
    fail_unless_equals_int(int(row.size()), 2);
    fail_unless_equals_int64(source_of(row[0].begin, 65535, kHuge), 1);
    fail_unless_equals_int64(source_of(row[0].begin - 1, 65535, kHuge), 0);
    fail_unless_equals_int64(source_of(row[0].end, 65535, kHuge), 3);
    fail_unless_equals_int64(source_of(row[0].end - 1, 65535, kHuge), 2);
    fail_unless_equals_int64(source_of(row[1].begin - 1, 65535, kHuge), 65532);
    fail_unless_equals_int(row[1].end, kHuge);
  }
}
END_TEST

START_TEST(test_stretch_clips_what_lies_outside_the_mask) {
  RunMask mask;
  mask.reset(-1);
  for (int y = -1; y < 4; ++y) {
    mask.add_span(-5, 9);
    mask.end_row();
  }
  RunMask scaled;
  Stretch({3, 3}, {6, 6}).apply(mask, scaled);
  fail_unless_equals_int(scaled.top(), 0);
  fail_unless_equals_int(scaled.bottom(), 6);
  for (int y = 0; y < 6; ++y) fail_unless(scaled.row(y).size() == 1 && scaled.row(y)[0] == (Span{0, 6}));
}
END_TEST

START_TEST(test_stretch_of_an_empty_mask_is_empty) {
  RunMask scaled;
  scaled.reset(0);
  scaled.add_span(0, 1);
  scaled.end_row();
  Stretch({3, 3}, {6, 6}).apply(RunMask(), scaled);
  fail_unless(scaled.empty());
}
END_TEST

START_TEST(test_stretched_point_keeps_its_place_in_the_picture) {
  // The centre of the only pixel is the centre of the frame, which lies between pixels 4 and 5 of ten.
  const auto center = Stretch({1, 1}, {10, 10}).apply(Point{0, 0});
  assert_equals_float(center.x, 4.5);
  assert_equals_float(center.y, 4.5);
  const auto corner = Stretch({4, 2}, {8, 8}).apply(Point{-0.5, 1.5});
  assert_equals_float(corner.x, -0.5);
  assert_equals_float(corner.y, 7.5);
  const auto same = Stretch({640, 480}, {640, 480}).apply(Point{12.25, 7});
  assert_equals_float(same.x, 12.25);
  assert_equals_float(same.y, 7.0);
}
END_TEST

static Suite* geometry_suite() {
  auto* const suite = suite_create("geometry");
  auto* const cases = tcase_create("geometry");
  tcase_add_test(cases, test_stretch_takes_the_mask_pixel_of_the_floor_formula);
  tcase_add_test(cases, test_stretch_of_video_sizes_takes_the_mask_pixel_of_the_floor_formula);
  tcase_add_test(cases, test_stretch_of_the_largest_sizes_does_not_overflow);
  tcase_add_test(cases, test_stretch_clips_what_lies_outside_the_mask);
  tcase_add_test(cases, test_stretch_of_an_empty_mask_is_empty);
  tcase_add_test(cases, test_stretched_point_keeps_its_place_in_the_picture);
  suite_add_tcase(suite, cases);
  return suite;
}

GST_CHECK_MAIN(geometry);
