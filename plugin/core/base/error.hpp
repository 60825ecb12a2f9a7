// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <string>
#include <utility>

namespace sam2 {

/// Why something could not be done. Each member is one class of the bus errors that users see.
enum class ErrorCode {
  NotFound,     ///< the file does not exist
  OpenRead,     ///< the file cannot be read, or is not a regular file
  NoSpace,      ///< over `max-memory` or a fixed limit
  Decode,       ///< broken zip, npy or deflate data
  WrongType,    ///< pickled or otherwise unsupported contents
  Format,       ///< shapes that do not fit together
  OpenWrite,    ///< a file that is to be written cannot be
  Write,        ///< writing failed halfway, as on a full disk
  Negotiation,  ///< caps that do not fit
  Settings,     ///< a contradictory or unparsable property
  Cancelled,    ///< the result is not needed any more; never shown to users
  Internal,     ///< a broken promise of our own
};

/// A line of our source code. std::source_location does the same, but clang 14 lacks it.
struct SourcePlace {
  const char* file;
  int line;
  const char* function;

  /// The place of the caller.
  static constexpr SourcePlace current(const char* file = __builtin_FILE(), int line = __builtin_LINE(),
                                       const char* function = __builtin_FUNCTION()) {
    return {file, line, function};
  }
};

/// A failure, in words for the user: which file and array, what was expected, what was found, what to do.
struct [[nodiscard]] Error {
  ErrorCode code;
  std::string message;
  SourcePlace place = SourcePlace::current();  ///< where the failure was found; shown in the message's debug text

  /// The same error seen from one level up: "context: message".
  [[nodiscard]] Error within(const std::string& context) const& { return {code, context + ": " + message, place}; }
};

}  // namespace sam2
