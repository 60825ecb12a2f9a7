// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "support/gst_check.hpp"
#include "support/shell.hpp"

namespace sam2::test {

inline std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

inline std::vector<std::string> readme_lines() {
  return lines_of(read_file(source_file("README.md")));
}

/// The README's blocks of code in `language`, in order.
inline std::vector<std::string> readme_blocks(const std::string& language) {
  std::vector<std::string> blocks;
  bool inside = false;
  for (const auto& line : readme_lines()) {
    if (!inside && line == "```" + language) {
      inside = true;
      blocks.emplace_back();
    } else if (inside && line == "```") {
      inside = false;
    } else if (inside) {
      blocks.back() += line + "\n";
    }
  }
  ck_assert_msg(!blocks.empty(), "the README has no %s", language.c_str());
  return blocks;
}

using TableRow = std::vector<std::string>;

/// A line "| a | b |" as {"a", "b"}.
inline TableRow cells_of(const std::string& line) {
  TableRow cells;
  std::istringstream stream(line.substr(1));
  for (std::string cell; std::getline(stream, cell, '|');) {
    const auto begin = cell.find_first_not_of(' ');
    const auto end = cell.find_last_not_of(' ');
    cells.push_back(begin == std::string::npos ? "" : cell.substr(begin, end - begin + 1));
  }
  return cells;
}

/// The rows below the README's table head `head`.
inline std::vector<TableRow> readme_table(const TableRow& head) {
  std::vector<TableRow> rows;
  bool inside = false;
  for (const auto& line : readme_lines()) {
    const auto cells = line.starts_with("|") ? cells_of(line) : TableRow();
    if (inside && cells.empty()) break;
    if (inside) rows.push_back(cells);
    inside = inside || cells == head;
  }
  ck_assert_msg(rows.size() > 1, "the README has no table '%s'", head[0].c_str());
  rows.erase(rows.begin());  // the rule below the head
  return rows;
}

/// The words of a cell that stand in backticks.
inline std::vector<std::string> names_in(const std::string& cell) {
  std::vector<std::string> names;
  std::istringstream stream(cell);
  bool inside = false;
  for (std::string part; std::getline(stream, part, '`'); inside = !inside) {
    if (inside) names.push_back(part);
  }
  return names;
}

}  // namespace sam2::test
