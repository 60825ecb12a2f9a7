// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "tracking/assignment.hpp"

#include <cassert>
#include <limits>

namespace sam2::tracking {
namespace {

constexpr auto kNone = std::numeric_limits<std::size_t>::max();

}  // namespace

// Prices keep cost - row price - column price at least 0, and at 0 for the pairs that are assigned; the shortest path
// to a free column by these reduced costs, turned over, is the cheapest way to fit one more row in. The extra column at
// the end is where such a path begins.
void Assignment::add_row(std::span<const double> costs, std::size_t row, std::size_t columns) {
  constexpr auto kInfinity = std::numeric_limits<double>::infinity();
  distance_.assign(columns + 1, kInfinity);
  visited_.assign(columns + 1, 0);
  previous_.assign(columns + 1, columns);
  row_of_[columns] = row;
  auto column = columns;
  while (row_of_[column] != kNone) {
    visited_[column] = 1;
    const auto from = row_of_[column];
    auto step = kInfinity;
    auto nearest = columns;
    for (std::size_t j = 0; j < columns; ++j) {
      if (visited_[j]) continue;
      const auto reduced = costs[from * columns + j] - row_price_[from] - column_price_[j];
      if (reduced < distance_[j]) {
        distance_[j] = reduced;
        previous_[j] = column;
      }
      if (distance_[j] < step) {
        step = distance_[j];
        nearest = j;
      }
    }
    for (std::size_t j = 0; j <= columns; ++j) {
      if (visited_[j]) {
        row_price_[row_of_[j]] += step;
        column_price_[j] -= step;
      } else {
        distance_[j] -= step;
      }
    }
    column = nearest;
  }
  for (; column != columns; column = previous_[column]) row_of_[column] = row_of_[previous_[column]];
}

std::span<const std::size_t> Assignment::solve(std::span<const double> costs, std::size_t rows, std::size_t columns) {
  assert(rows <= columns && costs.size() == rows * columns);
  row_price_.assign(rows, 0);
  column_price_.assign(columns + 1, 0);
  row_of_.assign(columns + 1, kNone);
  for (std::size_t row = 0; row < rows; ++row) add_row(costs, row, columns);
  column_of_.assign(rows, kNone);
  for (std::size_t column = 0; column < columns; ++column) {
    if (row_of_[column] != kNone) column_of_[row_of_[column]] = column;
  }
  return column_of_;
}

}  // namespace sam2::tracking
