// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <dlfcn.h>

namespace sam2::test {

// Asked of the running program: the tests are compiled without the sanitizers that watch the element, so the compiler's
// macros say nothing.

inline bool has_address_sanitizer() {
  return dlsym(RTLD_DEFAULT, "__asan_init") != nullptr;
}
inline bool has_thread_sanitizer() {
  return dlsym(RTLD_DEFAULT, "__tsan_init") != nullptr;
}

}  // namespace sam2::test
