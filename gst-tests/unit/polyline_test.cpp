// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "composite/polyline.hpp"

#include "support/gst_check.hpp"

using namespace sam2;

namespace {

constexpr runs::Size kFrame{40, 30};

struct Line {
  runs::Point from;
  runs::Point to;
  std::uint8_t coverage;
};

/// Distance of a point from a line with ends.
double distance(double x, double y, const Line& line) {
  const double dx = line.to.x - line.from.x;
  const double dy = line.to.y - line.from.y;
  const double square = dx * dx + dy * dy;
  const double along = square > 0 ? ((x - line.from.x) * dx + (y - line.from.y) * dy) / square : 0;
  const double t = std::min(1.0, std::max(0.0, along));
  return std::hypot(x - line.from.x - t * dx, y - line.from.y - t * dy);
}

int coverage_at(const runs::CoverageMask& mask, int x, int y) {
  for (const auto& span : mask.row(y)) {
    if (x >= span.begin && x < span.end) return span.coverage;
  }
  return 0;
}

}  // namespace

START_TEST(test_lines_hold_the_pixels_that_are_near_and_the_greatest_coverage) {
  std::mt19937 random(3);
  const auto coordinate = [&](int size) { return double(random() % 1000) / 1000 * (size + 20) - 10; };
  composite::LineMaker maker;
  runs::CoverageMask drawn;
  for (int round = 0; round < 500; ++round) {
    const double width = 1 + double(random() % 5) + (random() % 2 == 0 ? 0.5 : 0);
    std::vector<Line> lines(1 + random() % 6);
    runs::Point last{coordinate(kFrame.width), coordinate(kFrame.height)};
    maker.reset(kFrame);
    for (auto& line : lines) {
      line = {last, {coordinate(kFrame.width), coordinate(kFrame.height)}, std::uint8_t(random() % 256)};
      if (random() % 4 == 0) line.to.y = line.from.y;
      if (random() % 4 == 0) line.to.x = line.from.x;
      last = line.to;
      maker.add_line(line.from, line.to, width, line.coverage);
    }
    maker.finish(drawn);
    for (int y = -2; y < kFrame.height + 2; ++y) {
      for (int x = -2; x < kFrame.width + 2; ++x) {
        int least = 0;
        int most = 0;
        for (const auto& line : lines) {
          const auto away = distance(x, y, line) - width / 2;
          // On the very edge, rounding decides.
          if (away < -1e-9) least = std::max<int>(least, line.coverage);
          if (away < 1e-9) most = std::max<int>(most, line.coverage);
        }
        if (x < 0 || y < 0 || x >= kFrame.width || y >= kFrame.height) least = most = 0;
        const auto is = coverage_at(drawn, x, y);
        fail_unless(is >= least && is <= most, "round %d, pixel %d, %d: %d not in %d..%d", round, x, y, is, least,
                    most);
      }
    }
  }
}
END_TEST

START_TEST(test_lines_to_nowhere_vanish) {
  composite::LineMaker maker;
  runs::CoverageMask drawn;
  maker.reset(kFrame);
  for (const double bad : {double(NAN), double(INFINITY), 1e300}) {
    maker.add_line({1, 1}, {bad, 2}, 3, 255);
    maker.add_line({1, bad}, {2, 2}, 3, 255);
  }
  maker.finish(drawn);
  fail_unless(drawn.empty());
}
END_TEST

static Suite* polyline_suite() {
  auto* const suite = suite_create("polyline");
  auto* const cases = tcase_create("polyline");
  tcase_add_test(cases, test_lines_hold_the_pixels_that_are_near_and_the_greatest_coverage);
  tcase_add_test(cases, test_lines_to_nowhere_vanish);
  suite_add_tcase(suite, cases);
  return suite;
}

GST_CHECK_MAIN(polyline);
