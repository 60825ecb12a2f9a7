// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace sam2::tracking {

/// Gives each row a column of its own so that the sum of their costs is the least: shortest augmenting paths (Kuhn and
/// Munkres, in the form of Jonker and Volgenant) in O(rows^2 columns). Keeps its memory from call to call.
class Assignment {
 public:
  /// `costs` has rows x columns finite values, row by row; rows <= columns. Returns the column of each row, valid until
  /// the next call.
  std::span<const std::size_t> solve(std::span<const double> costs, std::size_t rows, std::size_t columns);

 private:
  void add_row(std::span<const double> costs, std::size_t row, std::size_t columns);

  std::vector<double> row_price_, column_price_, distance_;
  std::vector<std::size_t> row_of_, previous_, column_of_;
  std::vector<char> visited_;
};

}  // namespace sam2::tracking
