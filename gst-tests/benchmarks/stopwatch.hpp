// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <sched.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <functional>
#include <limits>

namespace sam2::benchmark {

/// Keeps this thread, and all that it starts from now on, on the core that it is on.
inline void stay_on_one_core() {
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(static_cast<std::size_t>(sched_getcpu()), &one);
  sched_setaffinity(0, sizeof one, &one);
}

using Work = std::function<void()>;

/// Milliseconds that each of them takes: the best of many turns, for what disturbs a machine only ever adds. They take
/// turns, so that all of them meet what else is going on, but find their own data in the caches.
template <std::size_t kCount>
std::array<double, kCount> best_in_turn(const std::array<Work, kCount>& works) {
  using Clock = std::chrono::steady_clock;
  using Milliseconds = std::chrono::duration<double, std::milli>;
  constexpr int kTurns = 9;
  constexpr auto kShortest = kCount * std::chrono::milliseconds(120);
  std::array<double, kCount> best;
  best.fill(std::numeric_limits<double>::max());
  const auto begin = Clock::now();
  for (int turn = 0; turn < kTurns || Clock::now() - begin < kShortest; ++turn) {
    for (std::size_t i = 0; i < kCount; ++i) {
      works[i]();
      const auto start = Clock::now();
      works[i]();
      best[i] = std::min(best[i], Milliseconds(Clock::now() - start).count());
    }
  }
  return best;
}

inline double best_of(const Work& work) {
  return best_in_turn<1>({work})[0];
}

}  // namespace sam2::benchmark
