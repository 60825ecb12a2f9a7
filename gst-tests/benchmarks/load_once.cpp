// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
// Loads a mask file once and prints seconds, and the bytes by which memory grew at most.
#include <chrono>
#include <cstdio>
#include <fstream>
#include <string>

#include "masks/mask_loader.hpp"

namespace {

/// A value of /proc/self/status, which counts in kB.
long long bytes_of(const std::string& key) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(key + ":")) return std::stoll(line.substr(key.size() + 1)) * 1024;
  }
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) return 2;
  const auto memory = bytes_of("VmRSS");
  const auto begin = std::chrono::steady_clock::now();
  const auto loaded = sam2::masks::load_masks(arguments[1], {});
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
  if (!loaded) {
    std::fprintf(stderr, "%s\n", loaded.error().message.c_str());
    return 1;
  }
  std::printf("%f %lld\n", seconds.count(), bytes_of("VmHWM") - memory);
  return 0;
}
