// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "composite/shapes.hpp"

#include "support/gst_check.hpp"

using namespace sam2;
using namespace sam2::composite;

namespace {

bool holds(const runs::RunMask& mask, int x, int y) {
  return std::ranges::any_of(mask.row(y), [&](const auto& span) { return x >= span.begin && x < span.end; });
}

}  // namespace

START_TEST(test_disc_holds_the_pixels_of_its_inequality) {
  const runs::Size size = {41, 29};
  runs::RunMask disc;
  for (int radius = 0; radius <= 30; ++radius) {
    for (const runs::Point center : {runs::Point{20, 14}, runs::Point{0, 0}, runs::Point{40.4, 27.6},
                                     runs::Point{-3, 10.2}, runs::Point{19.7, 33}}) {
      make_disc(center, radius, size, disc);
      const int cx = int(std::floor(center.x + 0.5));
      const int cy = int(std::floor(center.y + 0.5));
      for (int y = -1; y <= size.height; ++y) {
        for (int x = -1; x <= size.width; ++x) {
          const bool is_in_frame = x >= 0 && y >= 0 && x < size.width && y < size.height;
          const bool is_in_disc = (x - cx) * (x - cx) + (y - cy) * (y - cy) <= radius * (radius + 1);
          fail_unless(holds(disc, x, y) == (is_in_frame && is_in_disc), "radius %d at %f, %f: pixel %d, %d", radius,
                      center.x, center.y, x, y);
        }
      }
    }
  }
}
END_TEST

START_TEST(test_disc_of_an_impossible_center_is_empty) {
  runs::RunMask disc;
  for (const double x : {std::nan(""), HUGE_VAL, -HUGE_VAL, 1e300, -1e18}) {
    make_disc({x, 5}, 4, {20, 10}, disc);
    fail_unless(disc.empty(), "x %f", x);
    make_disc({5, x}, 4, {20, 10}, disc);
    fail_unless(disc.empty(), "y %f", x);
  }
}
END_TEST

START_TEST(test_box_outlines_lie_inside_the_box) {
  runs::RunMask outline;
  for (const auto& box : {runs::Box{2, 3, 9, 7}, {0, 0, 1, 1}, {5, 5, 4, 2}, {5, 5, 3, 12}}) {
    for (const int width : {1, 2, 3, 100}) {
      make_box_outline(box, width, outline);
      for (int y = -1; y < 20; ++y) {
        for (int x = -1; x < 20; ++x) {
          const int to_edge =
              std::min({x - box.left, y - box.top, box.left + box.width - 1 - x, box.top + box.height - 1 - y});
          fail_unless(holds(outline, x, y) == (to_edge >= 0 && to_edge < width), "%d x %d, line %d: pixel %d, %d",
                      box.width, box.height, width, x, y);
        }
      }
    }
  }
}
END_TEST

static Suite* shapes_suite() {
  auto* const suite = suite_create("shapes");
  auto* const cases = tcase_create("shapes");
  tcase_add_test(cases, test_disc_holds_the_pixels_of_its_inequality);
  tcase_add_test(cases, test_disc_of_an_impossible_center_is_empty);
  tcase_add_test(cases, test_box_outlines_lie_inside_the_box);
  suite_add_tcase(suite, cases);
  return suite;
}

GST_CHECK_MAIN(shapes);
