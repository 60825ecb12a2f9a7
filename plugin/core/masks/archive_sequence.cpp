// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "masks/archive_sequence.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <system_error>

#include "base/text.hpp"

namespace sam2::masks {
namespace {

constexpr std::size_t kMaxDigits = 9;

/// Digits that "d" and "0Nd" ask for at least; takes what it read from the front of `text`.
std::optional<std::size_t> parse_conversion(std::string_view& text) {
  std::size_t digits = 1;
  if (text.size() > 1 && text[0] == '0' && is_digit(text[1])) {
    const auto [end, code] = std::from_chars(text.data() + 1, text.data() + text.size(), digits);
    if (code != std::errc{} || digits == 0 || digits > kMaxDigits) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  }
  if (text.empty() || text[0] != 'd') return std::nullopt;
  text.remove_prefix(1);
  return digits;
}

}  // namespace

std::optional<NumberedName> NumberedName::parse(const std::string& path) {
  const auto slash = path.rfind('/');
  const auto name_begin = slash == std::string::npos ? 0 : slash + 1;
  NumberedName result;
  result.directory_ = path.substr(0, name_begin);
  bool has_number = false;
  for (auto text = std::string_view(path).substr(name_begin); !text.empty();) {
    const bool is_percent = text[0] == '%';
    const bool is_escaped = is_percent && text.size() > 1 && text[1] == '%';
    if (!is_percent || is_escaped) {
      (has_number ? result.after_ : result.before_) += text[0];
      text.remove_prefix(is_escaped ? 2 : 1);
      continue;
    }
    text.remove_prefix(1);
    const auto digits = parse_conversion(text);
    if (!digits || has_number) return std::nullopt;
    result.digits_ = *digits;
    has_number = true;
  }
  return has_number ? std::optional(std::move(result)) : std::nullopt;
}

std::optional<std::int64_t> NumberedName::number_in(std::string_view file_name) const {
  if (!file_name.starts_with(before_) || !file_name.ends_with(after_)) return std::nullopt;
  if (file_name.size() < before_.size() + digits_ + after_.size()) return std::nullopt;
  const auto digits = file_name.substr(before_.size(), file_name.size() - before_.size() - after_.size());
  if (digits.size() > kMaxDigits || !std::ranges::all_of(digits, is_digit)) return std::nullopt;
  if (digits.size() > digits_ && digits[0] == '0') return std::nullopt;
  std::int64_t number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

Result<std::vector<NumberedFile>> find_numbered_files(const NumberedName& name) {
  namespace fs = std::filesystem;
  const auto directory = name.directory().empty() ? std::string("./") : name.directory();
  std::error_code code;
  std::vector<NumberedFile> files;
  for (fs::directory_iterator i(directory, code), end; !code && i != end; i.increment(code)) {
    const auto file_name = i->path().filename().string();
    if (const auto number = name.number_in(file_name)) files.push_back({*number, name.directory() + file_name});
  }
  if (code == std::errc::no_such_file_or_directory) {
    return Error{ErrorCode::NotFound, "there is no directory '" + printable(directory) + "'"};
  }
  if (code) return Error{ErrorCode::OpenRead, "cannot list '" + printable(directory) + "': " + code.message()};
  if (files.empty()) {
    return Error{ErrorCode::NotFound,
                 "no file in '" + printable(directory) + "' is called so with a number in place of the conversion"};
  }
  std::ranges::sort(files, {}, &NumberedFile::number);
  return files;
}

}  // namespace sam2::masks
