// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "support/gst_check.hpp"

namespace sam2::test {

/// An empty folder that goes away with its owner.
class ScratchFolder {
 public:
  ScratchFolder() {
    auto pattern = (std::filesystem::temp_directory_path() / "sam2overlay-XXXXXX").string();
    ck_assert_msg(g_mkdtemp(pattern.data()) != nullptr, "no folder in %s", pattern.c_str());
    path_ = pattern;
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  ~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] std::string file(const std::string& name) const { return (path_ / name).string(); }
  [[nodiscard]] std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

/// What a program left behind.
struct Outcome {
  bool succeeded = false;
  std::string output;  ///< of both streams
};

using Environment = std::vector<std::pair<std::string, std::string>>;

/// Runs a line of shell in `folder`, without a terminal. An empty value takes the variable away.
inline Outcome run_shell(const std::string& line, const std::string& folder, const Environment& environment = {}) {
  auto** variables = g_get_environ();
  for (const auto& [name, value] : environment) {
    variables = value.empty() ? g_environ_unsetenv(variables, name.c_str())
                              : g_environ_setenv(variables, name.c_str(), value.c_str(), TRUE);
  }
  const auto joined = "exec 2>&1 </dev/null; " + line;
  std::array<const char*, 4> arguments{"/bin/bash", "-c", joined.c_str(), nullptr};
  gchar* output = nullptr;
  gint status = -1;
  GError* error = nullptr;
  const auto started = g_spawn_sync(folder.c_str(), const_cast<gchar**>(arguments.data()), variables, G_SPAWN_DEFAULT,
                                    nullptr, nullptr, &output, nullptr, &status, &error);
  g_strfreev(variables);
  ck_assert_msg(started, "%s: %s", line.c_str(), error != nullptr ? error->message : "");
  Outcome outcome{status == 0, output != nullptr ? output : ""};
  g_free(output);
  return outcome;
}

inline std::string quoted(const std::string& word) {
  auto* text = g_shell_quote(word.c_str());
  std::string result(text);
  g_free(text);
  return result;
}

inline std::string source_root() {
  return std::getenv("SAM2_SOURCE_ROOT");
}

/// A script of pipelines/, with the plugin that is being tested, as a user would start it.
inline Outcome run_script(const std::string& script, const std::vector<std::string>& arguments,
                          const std::string& folder, Environment environment = {}) {
  auto line = quoted(source_root() + "/pipelines/" + script);
  for (const auto& argument : arguments) line += " " + quoted(argument);
  const std::string build = std::getenv("SAM2_BUILD_ROOT");
  environment.emplace_back("SAM2OVERLAY_BUILD", build);
  // The scripts say themselves where the plugin is.
  environment.emplace_back("GST_PLUGIN_PATH_1_0", "");
  environment.emplace_back("GST_REGISTRY", build + "/registry.bin");
  return run_shell(line, folder, environment);
}

/// Needs Debian's Python, for which its NumPy is.
inline Outcome run_python(const std::string& code, const std::vector<std::string>& arguments,
                          const std::string& folder) {
  auto line = "/usr/bin/python3 -c " + quoted(code);
  for (const auto& argument : arguments) line += " " + quoted(argument);
  return run_shell(line, folder);
}

}  // namespace sam2::test
