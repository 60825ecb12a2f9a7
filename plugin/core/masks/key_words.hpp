// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sam2::masks {

/// The words of an array's name in lower case: "objMask_12" has "obj" and "mask". Digits and signs separate words.
[[nodiscard]] std::vector<std::string> words_of(std::string_view name);

/// True if one of the words of `name` is among `words`.
[[nodiscard]] bool has_word(std::string_view name, std::initializer_list<std::string_view> words);

[[nodiscard]] bool says_mask(std::string_view name);
[[nodiscard]] bool says_frame(std::string_view name);
[[nodiscard]] bool says_object(std::string_view name);
[[nodiscard]] bool says_ids(std::string_view name);
[[nodiscard]] bool says_scores(std::string_view name);
[[nodiscard]] bool says_labels(std::string_view name);
/// True for names of arrays that describe masks or pictures but hold none: scores, boxes, points, depth ...
[[nodiscard]] bool says_other(std::string_view name);

/// True for names of pictures, which may be pictures of masks.
[[nodiscard]] bool says_picture(std::string_view name);

/// A name taken apart: "frame_12" is the texts {"frame_", ""} and the number 12.
struct NumberedKey {
  std::string name;
  std::vector<std::string> texts;
  std::vector<std::int64_t> numbers;
  std::vector<std::size_t> digits;  ///< of each number
};

/// Returns nullopt if the name has no number, or one beyond 63 bits.
[[nodiscard]] std::optional<NumberedKey> parse_key(const std::string& name);

}  // namespace sam2::masks
