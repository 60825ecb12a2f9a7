// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace sam2::masks {

/// The name of files that are numbered, with one conversion as printf has it: "%d", or "%05d" for at least five digits
/// with leading zeros. "%%" stands for a percent sign.
class NumberedName {
 public:
  /// `path` is a directory, if any, and such a name. Nothing where the name has no conversion, more than one, or
  /// another than these.
  static std::optional<NumberedName> parse(const std::string& path);

  [[nodiscard]] const std::string& directory() const { return directory_; }  ///< empty, or with its last slash
  /// The number in a file's name, below 10^9; nothing where the file would be called otherwise.
  [[nodiscard]] std::optional<std::int64_t> number_in(std::string_view file_name) const;

 private:
  std::string directory_;
  std::string before_;
  std::string after_;
  std::size_t digits_ = 1;  ///< at least
};

/// One file of a sequence.
struct NumberedFile {
  std::int64_t number = 0;
  std::string path;
};

/// The files that have such a name, in the order of their numbers; there is one at least. Errors: NotFound, OpenRead;
/// the message names the directory.
Result<std::vector<NumberedFile>> find_numbered_files(const NumberedName& name);

}  // namespace sam2::masks
