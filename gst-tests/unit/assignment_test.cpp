// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "tracking/assignment.hpp"

#include <numeric>

#include "support/gst_check.hpp"

using sam2::tracking::Assignment;

namespace {

/// The least sum over all ways to give each row a column of its own.
double least_cost(const std::vector<double>& costs, std::size_t rows, std::size_t columns) {
  std::vector<std::size_t> order(columns);
  std::iota(order.begin(), order.end(), std::size_t{0});
  auto best = 1e300;
  do {
    double sum = 0;
    for (std::size_t row = 0; row < rows; ++row) sum += costs[row * columns + order[row]];
    best = std::min(best, sum);
  } while (std::ranges::next_permutation(order).found);
  return best;
}

}  // namespace

START_TEST(test_assignment_costs_as_little_as_the_best_of_all_permutations) {
  std::mt19937 random(1);
  Assignment assignment;
  for (int round = 0; round < 3000; ++round) {
    const std::size_t columns = 1 + random() % 6;
    const std::size_t rows = 1 + random() % columns;
    // Few different values give many ties; negative ones occur as well.
    const auto values = round % 2 == 0 ? 4u : 1000u;
    std::vector<double> costs(rows * columns);
    for (auto& cost : costs) cost = (double(random() % values) - double(values) / 3) / 8;

    const auto column_of = assignment.solve(costs, rows, columns);
    fail_unless(column_of.size() == rows);
    std::vector<char> used(columns, 0);
    double sum = 0;
    for (std::size_t row = 0; row < rows; ++row) {
      fail_unless(column_of[row] < columns && !used[column_of[row]], "round %d: a column twice, or none", round);
      used[column_of[row]] = 1;
      sum += costs[row * columns + column_of[row]];
    }
    const auto best = least_cost(costs, rows, columns);
    fail_unless(std::abs(sum - best) < 1e-9, "round %d: %zu x %zu cost %f instead of %f", round, rows, columns, sum,
                best);
  }
}
END_TEST

START_TEST(test_assignment_of_nothing_is_empty) {
  Assignment assignment;
  fail_unless(assignment.solve({}, 0, 0).empty());
  fail_unless(assignment.solve({}, 0, 5).empty());
}
END_TEST

static Suite* assignment_suite() {
  auto* const suite = suite_create("assignment");
  auto* const cases = tcase_create("assignment");
  tcase_add_test(cases, test_assignment_costs_as_little_as_the_best_of_all_permutations);
  tcase_add_test(cases, test_assignment_of_nothing_is_empty);
  suite_add_tcase(suite, cases);
  return suite;
}

GST_CHECK_MAIN(assignment);
