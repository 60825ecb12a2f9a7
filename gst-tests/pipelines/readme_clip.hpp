// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
// A clip with masks, for what the pages say to do with them.
#pragma once

#include <fstream>

#include "pipelines/readme.hpp"
#include "support/program.hpp"

namespace sam2::test {

/// With a clip and its masks under the names that the pages use. No static object: every test's process would remove
/// it at its end.
inline TemporaryDirectory* folder = nullptr;

/// Output of commands that succeed there.
inline std::string output_of(const std::string& commands) {
  const auto outcome = run_command("cd " + folder->file("") + "\n" + commands);
  fail_unless(outcome.exit_code == 0, "%s: %d\n%s", commands.c_str(), outcome.exit_code, outcome.out.c_str());
  return outcome.out;
}

/// The same of a Python program, in Debian's Python, for which its NumPy is.
inline std::string output_of_python(const std::string& program) {
  std::ofstream(folder->file("example.py")) << program;
  return output_of("/usr/bin/python3 example.py");
}

inline void make_clip() {
  folder = new TemporaryDirectory();
  output_of(source_file("pipelines/make-clip.sh") + " clip.mp4 clip.npz");
}

inline void remove_clip() {
  delete folder;
}

inline std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

}  // namespace sam2::test
