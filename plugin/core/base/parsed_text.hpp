// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>
#include <string>

#include "base/error.hpp"

namespace sam2 {

/// A property of text that has a meaning: the text as it was set, and what it last validly meant.
template <typename Meaning>
struct ParsedText {
  std::optional<std::string> text;
  std::optional<Meaning> meaning;
  std::optional<Error> error;  ///< why `text` means nothing
};

}  // namespace sam2
