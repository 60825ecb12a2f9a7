// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <exception>
#include <new>
#include <string>
#include <type_traits>
#include <utility>

#include "base/result.hpp"

namespace sam2 {

/// Runs `body` at the top of a thread, and returns its Result. An exception of the standard library (in practice: no
/// memory) becomes an error: "context: message".
template <typename Body>
std::invoke_result_t<Body> catch_exceptions(const std::string& context, Body&& body) {
  try {
    return std::forward<Body>(body)();
  } catch (const std::bad_alloc&) {
    return Error{ErrorCode::NoSpace, context + ": out of memory"};
  } catch (const std::exception& exception) {
    return Error{ErrorCode::Internal, context + ": " + exception.what()};
  }
}

}  // namespace sam2
