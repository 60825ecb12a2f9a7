// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <sys/wait.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "support/files.hpp"

namespace sam2::test {

inline std::string source_file(const std::string& name) {
  return std::string(std::getenv("SAM2_SOURCE_ROOT")) + "/" + name;
}

struct Outcome {
  int status = -1;
  std::string output;  ///< both streams
};

/// Runs a command in bash, without standard input.
inline Outcome run(const std::string& command) {
  Outcome outcome;
  const auto script = "{ " + command + "\n} </dev/null 2>&1";
  auto* pipe = popen(
      ("exec bash -c " + std::string("\"$(cat <<'END_OF_COMMAND'\n") + script + "\nEND_OF_COMMAND\n)\"").c_str(), "r");
  if (pipe == nullptr) return outcome;
  char buffer[4096];
  for (std::size_t count; (count = std::fread(buffer, 1, sizeof buffer, pipe)) > 0;)
    outcome.output.append(buffer, count);
  const int status = pclose(pipe);
  outcome.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return outcome;
}

/// Decoded pictures of one size, as packed RGB.
struct Pictures {
  int width = 0;
  int height = 0;
  std::string bytes;

  [[nodiscard]] std::size_t picture_bytes() const {
    return 3 * static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
  }
  [[nodiscard]] std::size_t count() const { return bytes.size() / picture_bytes(); }
  [[nodiscard]] const std::uint8_t* pixel(std::size_t picture, int x, int y) const {
    const auto position =
        picture * picture_bytes() +
        3 * (static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x));
    return reinterpret_cast<const std::uint8_t*>(bytes.data()) + position;
  }
};

/// Decodes a video or image of that size, whose width must be a multiple of 4.
inline Pictures decode(const std::string& path, int width, int height) {
  const auto raw = path + ".rgb";
  const auto outcome = run("gst-launch-1.0 -q filesrc location=" + path +
                           " ! decodebin ! videoconvert ! video/x-raw,format=RGB,width=" + std::to_string(width) +
                           ",height=" + std::to_string(height) + " ! filesink location=" + raw);
  if (outcome.status != 0) return {width, height, {}};
  return {width, height, read_file(raw)};
}

}  // namespace sam2::test
