// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <glib.h>
#include <sys/wait.h>

#include <utility>

#include "support/gst_check.hpp"
#include "support/sanitizers.hpp"

namespace sam2::test {

using Variables = std::vector<std::pair<std::string, std::string>>;

/// Result of a program that ran to its end.
struct Finished {
  int exit_code = -1;  ///< -1: ended by a signal
  std::string out;
  std::string errors;
};

/// The environment variables that a program needs to load the plugin of this build.
inline Variables sanitizer_variables() {
  // The sanitizer has to be there before the program, which was built without it.
  const auto preload = [](const char* function) {
    Dl_info library{};
    dladdr(dlsym(RTLD_DEFAULT, function), &library);
    return std::pair<std::string, std::string>("LD_PRELOAD", library.dli_fname);
  };
  // The program leaks what it likes.
  if (has_address_sanitizer()) return {preload("__asan_init"), {"ASAN_OPTIONS", "detect_leaks=0"}};
  // Only to be loaded: the program has no locks that the sanitizer understands.
  if (has_thread_sanitizer()) return {preload("__tsan_init"), {"TSAN_OPTIONS", "report_bugs=0"}};
  return {};
}

/// Runs `arguments` in this environment plus `variables`.
inline Finished spawn(std::vector<std::string> arguments, const Variables& variables) {
  std::vector<char*> argv;
  for (auto& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  auto** environment = g_get_environ();
  for (const auto& [name, value] : variables) {
    environment = g_environ_setenv(environment, name.c_str(), value.c_str(), TRUE);
  }
  gchar* out = nullptr;
  gchar* errors = nullptr;
  gint status = 0;
  GError* error = nullptr;
  g_spawn_sync(nullptr, argv.data(), environment, G_SPAWN_SEARCH_PATH, nullptr, nullptr, &out, &errors, &status,
               &error);
  fail_unless(error == nullptr, "%s: %s", argv[0], error != nullptr ? error->message : "");
  Finished finished{WIFEXITED(status) ? WEXITSTATUS(status) : -1, out, errors};
  g_free(out);
  g_free(errors);
  g_strfreev(environment);
  return finished;
}

/// Runs a program that loads the plugin; one that hangs is ended after a minute with code 124.
inline Finished run_program(const std::vector<std::string>& arguments, const Variables& variables = {}) {
  std::vector<std::string> words{"timeout", "60"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  auto all_variables = sanitizer_variables();
  all_variables.insert(all_variables.end(), variables.begin(), variables.end());
  return spawn(std::move(words), all_variables);
}

/// Runs a command in bash, without standard input. `out` has both of its streams.
inline Finished run_command(const std::string& command) {
  return spawn({"bash", "-c", "{ " + command + "\n} </dev/null 2>&1"}, {});
}

/// A gst-launch-1.0 of `elements`, in one string, behind 60 small test frames.
inline Finished launch(const std::string& elements, const Variables& variables = {}) {
  std::istringstream words(
      "gst-launch-1.0 -q videotestsrc num-buffers=60 pattern=ball animation-mode=frames ! "
      "video/x-raw,format=I420,width=320,height=240,framerate=30/1 ! " +
      elements);
  std::vector<std::string> arguments;
  for (std::string word; words >> word;) arguments.push_back(word);
  return run_program(arguments, variables);
}

}  // namespace sam2::test
