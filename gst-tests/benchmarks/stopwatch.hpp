// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <sched.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <limits>

namespace sam2::benchmark {

/// Keeps this thread, and all that it starts from now on, on the core that it is on.
inline void stay_on_one_core() {
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(static_cast<std::size_t>(sched_getcpu()), &one);
  sched_setaffinity(0, sizeof one, &one);
}

/// Milliseconds that `work` takes: the best of many turns, for what disturbs a machine only ever adds.
template <typename Work>
double best_of(Work work) {
  using Clock = std::chrono::steady_clock;
  using Milliseconds = std::chrono::duration<double, std::milli>;
  constexpr int kTurns = 9;
  constexpr auto kShortest = std::chrono::milliseconds(60);
  double best = std::numeric_limits<double>::max();
  const auto begin = Clock::now();
  for (int turn = 0; turn < kTurns || Clock::now() - begin < kShortest; ++turn) {
    const auto start = Clock::now();
    work();
    best = std::min(best, Milliseconds(Clock::now() - start).count());
  }
  return best;
}

}  // namespace sam2::benchmark
