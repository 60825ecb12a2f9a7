// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "runs/frame_transform.hpp"

#include "support/gst_check.hpp"

using namespace sam2::runs;

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

/// Mask pixel (x, y) that frame pixel (X, Y) takes, each nothing where it lies outside.
struct Source {
  std::optional<std::int64_t> x;
  std::optional<std::int64_t> y;
};

/// The frame pixel in the picture that was made of the frame, and how large that is.
std::pair<Size, Size> turned(const Geometry& geometry, std::int32_t x, std::int32_t y) {
  const auto& [swap, flip_x, flip_y] = geometry.orientation;
  const auto [width, height] = geometry.frame;
  const Size place{flip_x ? width - 1 - x : x, flip_y ? height - 1 - y : y};
  if (!swap) return {place, geometry.frame};
  return {{place.height, place.width}, {height, width}};
}

Source stretched_source(const Geometry& geometry, std::int32_t x, std::int32_t y) {
  const auto [place, picture] = turned(geometry, x, y);
  return {source_of(place.width, geometry.mask.width, picture.width),
          source_of(place.height, geometry.mask.height, picture.height)};
}

/// In floating point, and only where rounding cannot matter: on a picture as displayed, whose pixels are square, the
/// mask is a rectangle in the middle. A padded mask has the top left corner of the picture as stored.
std::optional<Source> source_on_display(const Geometry& geometry, std::int32_t x, std::int32_t y) {
  const auto [place, picture] = turned(geometry, x, y);
  double pixel_width = geometry.pixel_aspect.numerator;
  double pixel_height = geometry.pixel_aspect.denominator;
  if (geometry.orientation.transposed) std::swap(pixel_width, pixel_height);
  const bool padded = geometry.fit == Fit::Padded;
  if (padded) pixel_width = pixel_height = 1;
  const double horizontal = picture.width * pixel_width / geometry.mask.width;
  const double vertical = picture.height * pixel_height / geometry.mask.height;
  const bool contain = geometry.fit == Fit::Contain;
  const double scale = contain ? std::min(horizontal, vertical) : std::max(horizontal, vertical);
  const auto position = [&](double center, double displayed, int mask) {
    return (center - (padded ? 0 : (displayed - scale * mask) / 2)) / scale;
  };
  const double u = position((place.width + 0.5) * pixel_width, picture.width * pixel_width, geometry.mask.width);
  const double v = position((place.height + 0.5) * pixel_height, picture.height * pixel_height, geometry.mask.height);
  constexpr double kClose = 1e-9;
  if (std::abs(u - std::round(u)) < kClose || std::abs(v - std::round(v)) < kClose) return std::nullopt;
  Source source;
  if (u > 0 && u < geometry.mask.width) source.x = std::int64_t(u);
  if (v > 0 && v < geometry.mask.height) source.y = std::int64_t(v);
  return source;
}

std::string text_of(const Geometry& geometry) {
  const auto& [mask, frame, aspect, fit, orientation] = geometry;
  std::ostringstream text;
  text << mask.width << "x" << mask.height << " to " << frame.width << "x" << frame.height << ", pixels "
       << aspect.numerator << "/" << aspect.denominator << ", fit " << int(fit) << ", turned " << orientation.transposed
       << orientation.flipped_x << orientation.flipped_y;
  return text.str();
}

void check_canonical(const RunMask& placed, const Geometry& geometry) {
  for (std::int32_t y = placed.top(); y < placed.bottom(); ++y) {
    std::int32_t last = -1;
    for (const auto span : placed.row(y)) {
      const bool canonical = span.begin > last && span.begin < span.end && span.end <= geometry.frame.width;
      fail_unless(canonical && y >= 0 && y < geometry.frame.height, "%s: [%d, %d) in row %d", text_of(geometry).c_str(),
                  span.begin, span.end, y);
      last = span.end;
    }
  }
}

void check_placed(const RunMask& mask, const Geometry& geometry, RunMask& placed) {
  FrameTransform(geometry).apply(mask, placed);
  check_canonical(placed, geometry);
  const bool on_display = geometry.fit != Fit::Stretch;
  for (std::int32_t y = 0; y < geometry.frame.height; ++y) {
    for (std::int32_t x = 0; x < geometry.frame.width; ++x) {
      const auto source = on_display ? source_on_display(geometry, x, y) : stretched_source(geometry, x, y);
      if (!source) continue;
      const bool expected = source->x && source->y && covers(mask, *source->x, *source->y);
      if (covers(placed, x, y) != expected) {
        fail_unless(false, "%s: pixel %d, %d should be %d", text_of(geometry).c_str(), x, y, expected);
      }
    }
  }
}

void check_stretch(const RunMask& mask, Size from, Size to, RunMask& scaled) {
  check_placed(mask, {from, to}, scaled);
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
  FrameTransform({{65535, 65535}, {kHuge, kHuge}}).apply(mask, scaled);
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
  FrameTransform({{3, 3}, {6, 6}}).apply(mask, scaled);
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
  FrameTransform({{3, 3}, {6, 6}}).apply(RunMask(), scaled);
  fail_unless(scaled.empty());
}
END_TEST

START_TEST(test_stretched_point_keeps_its_place_in_the_picture) {
  // The centre of the only pixel is the centre of the frame, which lies between pixels 4 and 5 of ten.
  const auto center = FrameTransform({{1, 1}, {10, 10}}).apply(Point{0, 0});
  assert_equals_float(center.x, 4.5);
  assert_equals_float(center.y, 4.5);
  const auto corner = FrameTransform({{4, 2}, {8, 8}}).apply(Point{-0.5, 1.5});
  assert_equals_float(corner.x, -0.5);
  assert_equals_float(corner.y, 7.5);
  const auto same = FrameTransform({{640, 480}, {640, 480}}).apply(Point{12.25, 7});
  assert_equals_float(same.x, 12.25);
  assert_equals_float(same.y, 7.0);
}
END_TEST

START_TEST(test_every_fit_in_every_orientation_takes_the_pixel_that_a_naive_mapping_takes) {
  std::mt19937 random(8);
  RunMask placed;
  constexpr std::array<std::pair<Size, Size>, 8> kPairs = {{{{1, 1}, {5, 3}},
                                                            {{5, 3}, {1, 1}},
                                                            {{13, 7}, {24, 18}},
                                                            {{7, 13}, {24, 18}},
                                                            {{24, 18}, {18, 24}},
                                                            {{64, 64}, {40, 23}},
                                                            {{9, 31}, {31, 9}},
                                                            {{17, 4}, {16, 16}}}};
  constexpr std::array<sam2::Fraction, 3> kAspects = {{{1, 1}, {16, 15}, {3, 8}}};
  for (const auto& [mask, frame] : kPairs) {
    const auto runs = random_mask(mask, random);
    for (unsigned bits = 0; bits < 8; ++bits) {
      const Orientation orientation{(bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0};
      check_placed(runs, {mask, frame, {1, 1}, Fit::Stretch, orientation}, placed);
      for (const auto& aspect : kAspects) {
        for (const auto fit : {Fit::Contain, Fit::Cover, Fit::Padded}) {
          const auto shown = orientation.transposed ? transposed(mask) : mask;
          if (shown.width * frame.height == shown.height * frame.width) continue;
          check_placed(runs, {mask, frame, aspect, fit, orientation}, placed);
        }
      }
    }
  }
}
END_TEST

START_TEST(test_contain_and_cover_centre_the_mask_on_square_pixels) {
  const auto box_of = [](const Geometry& geometry) {
    RunMask full;
    full.reset(0);
    for (int y = 0; y < geometry.mask.height; ++y) {
      full.add_span(0, geometry.mask.width);
      full.end_row();
    }
    RunMask placed;
    FrameTransform(geometry).apply(full, placed);
    return region_props(placed).box;
  };
  // 16 x 9 on 4:3: three quarters of the height, and the other way round all of it.
  fail_unless(box_of({{16, 9}, {64, 48}, {1, 1}, Fit::Contain, {}}) == (Box{0, 6, 64, 36}));
  fail_unless(box_of({{9, 16}, {64, 48}, {1, 1}, Fit::Contain, {true, false, true}}) == (Box{0, 6, 64, 36}));
  fail_unless(box_of({{16, 9}, {64, 48}, {1, 1}, Fit::Cover, {}}) == (Box{0, 0, 64, 48}));
  // On pixels twice as wide as high, a square is half as many pixels wide.
  fail_unless(box_of({{4, 4}, {16, 8}, {2, 1}, Fit::Contain, {}}) == (Box{6, 0, 4, 8}));
  fail_unless(box_of({{4, 4}, {16, 8}, {2, 1}, Fit::Padded, {}}) == (Box{0, 0, 16, 8}));
  // A mask of the picture as displayed covers the frame, and one of the picture as stored does as well.
  fail_unless(box_of({{16, 9}, {720, 576}, {64, 45}, Fit::Contain, {}}) == (Box{0, 0, 720, 576}));
  fail_unless(box_of({{360, 288}, {720, 576}, {64, 45}, Fit::Contain, {}}) == (Box{0, 0, 720, 576}));
}
END_TEST

START_TEST(test_cover_cuts_off_what_juts_out_on_both_sides) {
  RunMask column;
  column.reset(0);
  for (int y = 0; y < 9; ++y) {
    column.add_span(2, 3);
    column.end_row();
  }
  // 16 x 9 over 12 x 9: two columns are lost on either side.
  RunMask placed;
  FrameTransform({{16, 9}, {12, 9}, {1, 1}, Fit::Cover, {}}).apply(column, placed);
  for (int y = 0; y < 9; ++y) fail_unless(placed.row(y).size() == 1 && placed.row(y)[0] == (Span{0, 1}));
  const auto point = FrameTransform({{16, 9}, {12, 9}, {1, 1}, Fit::Cover, {}}).apply(Point{2, 4});
  assert_equals_float(point.x, 0.0);
  assert_equals_float(point.y, 4.0);
}
END_TEST

START_TEST(test_placed_point_is_the_centroid_of_the_placed_pixel) {
  // Each mask pixel becomes 3 x 3 frame pixels, whose centroid is known without the point's own formula.
  for (unsigned bits = 0; bits < 8; ++bits) {
    const Orientation orientation{(bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0};
    const Size mask{7, 5};
    const auto shown = orientation.transposed ? transposed(mask) : mask;
    for (const auto fit : {Fit::Stretch, Fit::Contain}) {
      FrameTransform placement({mask, {3 * shown.width, 3 * shown.height + 12}, {1, 1}, fit, orientation});
      if (fit == Fit::Stretch)
        placement = FrameTransform({mask, {3 * shown.width, 3 * shown.height}, {1, 1}, fit, orientation});
      for (int y = 0; y < mask.height; ++y) {
        for (int x = 0; x < mask.width; ++x) {
          RunMask pixel;
          pixel.reset(y);
          pixel.add_span(x, x + 1);
          pixel.end_row();
          RunMask placed;
          placement.apply(pixel, placed);
          const auto expected = region_props(placed);
          fail_unless_equals_int64(std::int64_t(expected.area), 9);
          const auto point = placement.apply(Point{double(x), double(y)});
          assert_equals_float(point.x, expected.centroid.x);
          assert_equals_float(point.y, expected.centroid.y);
        }
      }
    }
  }
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
  tcase_add_test(cases, test_every_fit_in_every_orientation_takes_the_pixel_that_a_naive_mapping_takes);
  tcase_add_test(cases, test_contain_and_cover_centre_the_mask_on_square_pixels);
  tcase_add_test(cases, test_cover_cuts_off_what_juts_out_on_both_sides);
  tcase_add_test(cases, test_placed_point_is_the_centroid_of_the_placed_pixel);
  suite_add_tcase(suite, cases);
  return suite;
}

GST_CHECK_MAIN(geometry);
