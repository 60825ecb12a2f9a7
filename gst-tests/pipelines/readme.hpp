// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <cctype>

#include "support/files.hpp"
#include "support/gst_check.hpp"

namespace sam2::test {

inline std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

/// The front page, the reference and the cookbook. The tests read them as one text.
inline const std::vector<std::string>& readme_pages() {
  static const std::vector<std::string> kPages{"README.md", "plugin/README.md", "pipelines/README.md"};
  return kPages;
}

inline std::string readme_text() {
  std::string text;
  for (const auto& page : readme_pages()) text += read_file(source_file(page)) + "\n";
  return text;
}

inline std::vector<std::string> readme_lines() {
  return lines_of(readme_text());
}

/// The pages' blocks of code in `language`, in order.
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
  fail_unless(!blocks.empty(), "the pages have no %s", language.c_str());
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

/// The rows below the first table head `head` of the pages.
inline std::vector<TableRow> readme_table(const TableRow& head) {
  std::vector<TableRow> rows;
  bool inside = false;
  for (const auto& line : readme_lines()) {
    const auto cells = line.starts_with("|") ? cells_of(line) : TableRow();
    if (inside && cells.empty()) break;
    if (inside) rows.push_back(cells);
    inside = inside || cells == head;
  }
  fail_unless(rows.size() > 1, "the pages have no table '%s'", head[0].c_str());
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

/// Targets of the links and pictures of a page: `[text](target)`, and `[text]: target` at the begin of a line.
inline std::vector<std::string> link_targets(const std::string& text) {
  std::vector<std::string> targets;
  bool is_code = false;
  for (const auto& line : lines_of(text)) {
    if (line.starts_with("```")) is_code = !is_code;
    if (is_code) continue;
    for (auto at = line.find("]("); at != std::string::npos; at = line.find("](", at + 1)) {
      targets.push_back(line.substr(at + 2, line.find(')', at) - at - 2));
    }
    const auto end = line.find("]: ");
    if (line.starts_with("[") && end != std::string::npos) targets.push_back(line.substr(end + 3));
  }
  return targets;
}

/// The names by which links reach the titles of a page: lower case, words joined by '-', no punctuation.
inline std::vector<std::string> anchors_of(const std::string& text) {
  std::vector<std::string> anchors;
  for (const auto& line : lines_of(text)) {
    const auto begin = line.find_first_not_of('#');
    if (begin == 0 || begin == std::string::npos || line[begin] != ' ') continue;
    std::string anchor;
    for (const unsigned char c : line.substr(begin + 1)) {
      if (c == ' ' || c == '-') anchor += '-';
      if (std::isalnum(c) != 0) anchor += static_cast<char>(std::tolower(c));
    }
    anchors.push_back(anchor);
  }
  return anchors;
}

}  // namespace sam2::test
