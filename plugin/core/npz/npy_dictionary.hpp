// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "npz/npy_header.hpp"

namespace sam2::npz {

/// Reads the Python dictionary of an npy header: exactly the keys descr, fortran_order and shape, in any order.
/// Headers may be hostile, so the grammar has no recursion, no locale and no evaluation.
class NpyDictionaryParser {
 public:
  NpyDictionaryParser(std::string_view text, int major, const Limits& limits)
      : text_(text), major_(major), limits_(limits) {}

  Result<NpyHeader> parse();

 private:
  Result<void> parse_item();
  Result<void> parse_descr();
  Result<void> parse_order();
  Result<void> parse_shape();
  Result<std::uint64_t> parse_size();
  Result<std::string_view> parse_string();
  Result<ElementKind> skip_record();

  void skip_blanks();
  [[nodiscard]] char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool accept(std::string_view token);
  Result<void> expect(std::string_view token);
  [[nodiscard]] Error error(const std::string& message) const;

  std::string_view text_;
  int major_;
  Limits limits_;
  std::size_t at_ = 0;
  bool has_descr_ = false;
  bool has_order_ = false;
  bool has_shape_ = false;
  NpyHeader header_;
};

/// Parses a NumPy type string such as "<f4", "|b1" or "?". Errors: Decode.
Result<ElementType> parse_element_type(std::string_view descr);

}  // namespace sam2::npz
