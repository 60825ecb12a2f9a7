// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <optional>
#include <string>

#include "base/error.hpp"

namespace sam2 {

/// A text property that is parsed: the text as it was set, and the result of the last text that was valid.
template <typename Meaning>
struct ParsedText {
  std::optional<std::string> text;
  std::optional<Meaning> meaning;
  std::optional<Error> error;  ///< why `text` could not be parsed
};

}  // namespace sam2
