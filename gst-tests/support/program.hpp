// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <dlfcn.h>
#include <sys/wait.h>

#include <utility>

#include "support/gst_check.hpp"

namespace sam2::test {

/// Result of a program that ran to its end.
struct Finished {
  int exit_code = -1;  ///< -1: ended by a signal
  std::string out;
  std::string errors;
};

/// What a program needs in its environment to load the plugin of this build.
inline std::vector<std::pair<std::string, std::string>> sanitizer_variables() {
#ifdef __SANITIZE_ADDRESS__
  // The sanitizer has to be there before the program, which was built without it and leaks what it likes.
  Dl_info sanitizer{};
  dladdr(dlsym(RTLD_DEFAULT, "__asan_init"), &sanitizer);
  return {{"LD_PRELOAD", sanitizer.dli_fname}, {"ASAN_OPTIONS", "detect_leaks=0"}};
#elif defined __SANITIZE_THREAD__
  // Only to be loaded: the program has no locks that the sanitizer understands.
  Dl_info sanitizer{};
  dladdr(dlsym(RTLD_DEFAULT, "__tsan_init"), &sanitizer);
  return {{"LD_PRELOAD", sanitizer.dli_fname}, {"TSAN_OPTIONS", "report_bugs=0"}};
#else
  return {};
#endif
}

/// Runs `arguments` in this environment plus `variables`; a program that hangs is ended after a minute with code 124.
inline Finished run_program(const std::vector<std::string>& arguments,
                            const std::vector<std::pair<std::string, std::string>>& variables = {}) {
  std::vector<std::string> words{"timeout", "60"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (auto& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  auto** environment = g_get_environ();
  for (const auto& list : {sanitizer_variables(), variables}) {
    for (const auto& [name, value] : list) {
      environment = g_environ_setenv(environment, name.c_str(), value.c_str(), TRUE);
    }
  }
  gchar* out = nullptr;
  gchar* errors = nullptr;
  gint status = 0;
  GError* error = nullptr;
  g_spawn_sync(nullptr, argv.data(), environment, G_SPAWN_SEARCH_PATH, nullptr, nullptr, &out, &errors, &status,
               &error);
  ck_assert_msg(error == nullptr, "%s: %s", words[2].c_str(), error != nullptr ? error->message : "");
  Finished finished{WIFEXITED(status) ? WEXITSTATUS(status) : -1, out, errors};
  g_free(out);
  g_free(errors);
  g_strfreev(environment);
  return finished;
}

/// A gst-launch-1.0 of `elements`, in one string, behind 60 small test frames.
inline Finished launch(const std::string& elements,
                       const std::vector<std::pair<std::string, std::string>>& variables = {}) {
  std::istringstream words(
      "gst-launch-1.0 -q videotestsrc num-buffers=60 pattern=ball animation-mode=frames ! "
      "video/x-raw,format=I420,width=320,height=240,framerate=30/1 ! " +
      elements);
  std::vector<std::string> arguments;
  for (std::string word; words >> word;) arguments.push_back(word);
  return run_program(arguments, variables);
}

}  // namespace sam2::test
