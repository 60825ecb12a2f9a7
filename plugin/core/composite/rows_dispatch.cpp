// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "composite/rows.hpp"

namespace sam2::composite {

extern const KernelSet kBaselineKernels;
#if defined(SAM2_X86_KERNELS)
extern const KernelSet kAvx2Kernels;
extern const KernelSet kAvx512Kernels;
#endif

namespace {

struct Sets {
  std::array<const KernelSet*, 3> sets{};
  std::size_t count = 0;
};

Sets find_sets() {
  Sets found;
#if defined(SAM2_X86_KERNELS)
  __builtin_cpu_init();
  const bool has_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2");
  // The last one stands for Ice Lake, Zen 4 and newer; older CPUs lower their clock for wide vectors.
  const bool has_avx512 = has_avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                          __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vbmi2");
  if (has_avx512) found.sets[found.count++] = &kAvx512Kernels;
  if (has_avx2) found.sets[found.count++] = &kAvx2Kernels;
#endif
  found.sets[found.count++] = &kBaselineKernels;
  return found;
}

}  // namespace

std::span<const KernelSet* const> kernel_sets() {
  static const Sets found = find_sets();
  return {found.sets.data(), found.count};
}

}  // namespace sam2::composite
