// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "support/files.hpp"
#include "support/program.hpp"

namespace sam2::test {

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
  const auto outcome =
      run_command("gst-launch-1.0 -q filesrc location=" + path +
                  " ! decodebin ! videoconvert ! video/x-raw,format=RGB,width=" + std::to_string(width) +
                  ",height=" + std::to_string(height) + " ! filesink location=" + raw);
  if (outcome.exit_code != 0) return {width, height, {}};
  return {width, height, read_file(raw)};
}

}  // namespace sam2::test
