// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
// Masks that are scaled up smoothly, against bilinear interpolation in floating point, pixel by pixel.
#include "runs/smooth_scaling.hpp"

#include "runs/frame_transform.hpp"
#include "support/gst_check.hpp"

using namespace sam2::runs;

namespace {

/// Weights are 256ths along each axis, and the result is rounded to 255ths.
constexpr double kTolerance = 2;

using Picture = std::vector<std::vector<bool>>;

Picture random_picture(Size size, std::mt19937& random) {
  const auto density = 1 + random() % 7;
  Picture picture(std::size_t(size.height), std::vector<bool>(std::size_t(size.width)));
  for (auto& row : picture) {
    for (std::size_t x = 0; x < row.size(); ++x) row[x] = random() % 8 < density;
  }
  return picture;
}

/// From the first row with anything in it.
RunMask mask_of(const Picture& picture) {
  const auto is_drawn = [](const std::vector<bool>& row) { return std::ranges::find(row, true) != row.end(); };
  const auto first = std::ranges::find_if(picture, is_drawn);
  RunMask mask;
  mask.reset(int(first - picture.begin()));
  for (auto row = first; row != picture.end(); ++row) {
    for (std::size_t x = 0; x < row->size(); ++x) {
      if ((*row)[x]) mask.add_span(int(x), int(x) + 1);
    }
    mask.end_row();
  }
  return mask;
}

/// Along one axis of the mask: two pixels and the weight of the second.
struct Between {
  std::size_t first = 0;
  std::size_t second = 0;
  double weight = 0;
  bool outside = false;
  bool unsure = false;  ///< where rounding decides
};

Between between(double position, int length, bool interpolates) {
  Between result;
  result.outside = position < 0 || position > length;
  result.unsure = std::abs(position) < 1e-9 || std::abs(position - length) < 1e-9 ||
                  (!interpolates && std::abs(position - std::round(position)) < 1e-9);
  if (result.outside || result.unsure) return result;
  if (!interpolates) {
    result.first = result.second = std::size_t(position);
    return result;
  }
  const double index = std::clamp(position - 0.5, 0.0, length - 1.0);
  result.first = std::size_t(index);
  result.second = std::min(result.first + 1, std::size_t(length) - 1);
  result.weight = index - double(result.first);
  return result;
}

/// What frame pixel (x, y) is to be covered by, of 255; nothing where that is open.
std::optional<double> expected_at(const Picture& picture, const Geometry& geometry, int x, int y) {
  const auto& [swap, flip_x, flip_y] = geometry.orientation;
  double width = geometry.frame.width;
  double height = geometry.frame.height;
  double u = (flip_x ? width - 0.5 - x : x + 0.5);
  double v = (flip_y ? height - 0.5 - y : y + 0.5);
  double pixel_width = geometry.pixel_aspect.numerator;
  double pixel_height = geometry.pixel_aspect.denominator;
  if (swap) {
    std::swap(width, height);
    std::swap(u, v);
    std::swap(pixel_width, pixel_height);
  }
  const double mask_width = geometry.mask.width;
  const double mask_height = geometry.mask.height;
  double across = mask_width / width;
  double down = mask_height / height;
  const bool same_shape = std::abs(across - down) < 1e-12;
  const bool padded = geometry.fit == Fit::Padded;
  if (geometry.fit != Fit::Stretch && !same_shape) {
    // On the picture as displayed, or stored if the mask is padded, mask pixels are squares of one size.
    if (padded) pixel_width = pixel_height = 1;
    const double horizontal = width * pixel_width / mask_width;
    const double vertical = height * pixel_height / mask_height;
    const double scale = geometry.fit == Fit::Contain ? std::min(horizontal, vertical) : std::max(horizontal, vertical);
    across = pixel_width / scale;
    down = pixel_height / scale;
  }
  const auto columns =
      between(padded ? u * across : mask_width / 2 + (u - width / 2) * across, geometry.mask.width, across < 1 - 1e-12);
  const auto rows =
      between(padded ? v * down : mask_height / 2 + (v - height / 2) * down, geometry.mask.height, down < 1 - 1e-12);
  if (columns.unsure || rows.unsure) return std::nullopt;
  if (columns.outside || rows.outside) return 0;
  const auto along = [&](const std::vector<bool>& row) {
    return row[columns.first] * (1 - columns.weight) + row[columns.second] * columns.weight;
  };
  return 255 * (along(picture[rows.first]) * (1 - rows.weight) + along(picture[rows.second]) * rows.weight);
}

/// Coverages of a row of the frame; spans must ascend, lie on the frame, and not begin or end with nothing.
std::vector<int> row_of(const CoverageMask& coverage, Size frame, int y) {
  std::vector<int> row(std::size_t(frame.width), 0);
  int last = 0;
  for (const auto& span : coverage.row(y)) {
    fail_unless(span.begin >= last && span.begin < span.end && span.end <= frame.width, "[%d, %d) in row %d",
                span.begin, span.end, y);
    last = span.end;
    for (int x = span.begin; x < span.end; ++x) {
      const bool constant = span.first_byte == CoverageSpan::kConstant;
      row[std::size_t(x)] = constant ? span.coverage : coverage.bytes()[span.first_byte + std::size_t(x - span.begin)];
    }
    fail_unless(row[std::size_t(span.begin)] != 0 && row[std::size_t(span.end) - 1] != 0, "row %d", y);
  }
  return row;
}

void check(const Picture& picture, FrameTransform& placement, CoverageMask& coverage) {
  const auto& geometry = placement.geometry();
  placement.apply_smooth(mask_of(picture), coverage);
  fail_unless(coverage.top() >= 0 && coverage.bottom() <= geometry.frame.height);
  for (int y = 0; y < geometry.frame.height; ++y) {
    const auto row = row_of(coverage, geometry.frame, y);
    for (int x = 0; x < geometry.frame.width; ++x) {
      const auto expected = expected_at(picture, geometry, x, y);
      if (!expected) continue;
      const auto got = row[std::size_t(x)];
      const auto& [mask, frame, aspect, fit, orientation] = geometry;
      fail_unless(std::abs(got - *expected) <= kTolerance,
                  "%dx%d to %dx%d, fit %d, turned %d%d%d: %d, %d is %d, not %f", mask.width, mask.height, frame.width,
                  frame.height, int(fit), orientation.transposed, orientation.flipped_x, orientation.flipped_y, x, y,
                  got, *expected);
    }
  }
}

}  // namespace

START_TEST(test_an_edge_falls_from_centre_to_centre) {
  CoverageMask coverage;
  const Geometry geometry{{2, 2}, {8, 2}};
  FrameTransform(geometry).apply_smooth(mask_of({{true, false}, {false, false}}), coverage);
  // (X + 1/2) / 4 - 1/2 = -3/8, -1/8, 1/8, 3/8, 5/8, 7/8, ..., and 255 times what is left.
  const std::vector<int> falling{255, 255, 223, 159, 96, 32, 0, 0};
  fail_unless(row_of(coverage, geometry.frame, 0) == falling);
  fail_unless(row_of(coverage, geometry.frame, 1) == std::vector<int>(8, 0));
  RunMask half;
  threshold(coverage, half);
  const auto spans = half.row(0);
  fail_unless(spans.size() == 1 && spans[0].begin == 0 && spans[0].end == 4);
}
END_TEST

START_TEST(test_every_geometry_is_bilinear_where_it_scales_up_and_nearest_elsewhere) {
  std::mt19937 random(11);
  CoverageMask coverage;
  const Size sizes[] = {{1, 1}, {2, 3}, {5, 4}, {9, 7}, {16, 16}, {23, 8}, {40, 33}};
  for (int turn = 0; turn < 8; ++turn) {
    const Orientation orientation{(turn & 4) != 0, (turn & 1) != 0, (turn & 2) != 0};
    for (const auto fit : {Fit::Stretch, Fit::Contain, Fit::Cover, Fit::Padded}) {
      for (const auto& mask : sizes) {
        for (const auto& frame : sizes) {
          FrameTransform placement({mask, frame, {4, 3}, fit, orientation});
          for (int i = 0; i < 2; ++i) check(random_picture(mask, random), placement, coverage);
        }
      }
    }
  }
}
END_TEST

START_TEST(test_masks_that_are_not_scaled_up_keep_hard_edges) {
  std::mt19937 random(5);
  CoverageMask coverage;
  RunMask hard;
  for (const Size frame : {Size{20, 30}, Size{10, 30}, Size{7, 11}}) {
    for (const bool flipped : {false, true}) {
      FrameTransform placement({{20, 30}, frame, {1, 1}, Fit::Stretch, {false, flipped, flipped}});
      const auto mask = mask_of(random_picture({20, 30}, random));
      fail_unless(!placement.scales_up());
      placement.apply(mask, hard);
      placement.apply_smooth(mask, coverage);
      RunMask all;
      threshold(coverage, all);
      for (int y = 0; y < frame.height; ++y) {
        fail_unless(std::ranges::equal(all.row(y), hard.row(y)));
        for (const auto coverage_of_pixel : row_of(coverage, frame, y)) {
          fail_unless(coverage_of_pixel == 0 || coverage_of_pixel == 255);
        }
      }
    }
  }
  const Geometry mixed{{20, 30}, {21, 15}};
  fail_unless(FrameTransform(mixed).scales_up());
}
END_TEST

static Suite* smooth_scaling_suite() {
  auto* const suite = suite_create("smooth scaling");
  auto* const cases = tcase_create("smooth scaling");
  tcase_add_test(cases, test_an_edge_falls_from_centre_to_centre);
  tcase_add_test(cases, test_every_geometry_is_bilinear_where_it_scales_up_and_nearest_elsewhere);
  tcase_add_test(cases, test_masks_that_are_not_scaled_up_keep_hard_edges);
  suite_add_tcase(suite, cases);
  return suite;
}

GST_CHECK_MAIN(smooth_scaling);
