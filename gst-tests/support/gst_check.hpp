// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

// gstcheck.h defines a macro `fail` that breaks <iostream> and friends, so they come first.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <memory>
#include <optional>
#include <random>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

// clang-format off
#include <gst/check/gstcheck.h>
// clang-format on

#undef fail

namespace sam2::test {

/// Check writes down each assertion that held, in case what follows crashes, which takes longer than most tests. In a
/// loop, once will do.
inline void note_line(const char* file, int line) {
  static thread_local int last = 0;
  if (line == last) return;
  last = line;
  _mark_point(file, line);
}

/// A file below gst-tests/data.
inline std::string data_file(const std::string& name) {
  return std::string(std::getenv("SAM2_TEST_DATA")) + "/" + name;
}

/// A file of the project.
inline std::string source_file(const std::string& name) {
  return std::string(std::getenv("SAM2_SOURCE_ROOT")) + "/" + name;
}

/// A file of the real data sets beside the project; empty, with a message, where they are absent.
inline std::string shared_file(const std::string& name) {
  const auto path = std::string(std::getenv("SAM2_SHARED_DATA")) + "/" + name;
  if (std::filesystem::exists(path)) return path;
  std::cerr << "skipped: " << name << " is not beside the project\n";
  return {};
}

}  // namespace sam2::test

#define _mark_point(file, line) sam2::test::note_line(file, line)
