// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "npz/npy_dictionary.hpp"

#include <bit>
#include <charconv>
#include <limits>

#include "base/text.hpp"

namespace sam2::npz {
namespace {

constexpr std::string_view kBlanks = " \t\r\n\f";

bool is_number_size(std::uint32_t size, std::uint32_t smallest) {
  return std::has_single_bit(size) && size >= smallest && size <= 8;
}

}  // namespace

Result<ElementType> parse_element_type(std::string_view descr) {
  const Error invalid{ErrorCode::Decode, "npy header: '" + printable(descr) + "' is no element type"};
  auto text = descr;
  ElementType type;
  if (!text.empty() && std::string_view("<>=|").find(text.front()) != std::string_view::npos) {
    const char other = std::endian::native == std::endian::little ? '>' : '<';
    type.is_swapped = text.front() == other;
    text.remove_prefix(1);
  }
  if (text.empty()) return invalid;
  const char letter = text.front();
  text.remove_prefix(1);
  // Some writers add a size to objects, and dates have a unit. Both are skipped.
  if (letter == 'O') return ElementType{ElementKind::Pickled, 0, false};
  if (std::string_view("cVmMT").find(letter) != std::string_view::npos) return ElementType{};

  std::uint32_t size = letter == '?' ? 1 : 0;
  if (letter != '?') {
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), size);
    if (code != std::errc{}) return invalid;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  }
  if (!text.empty()) return invalid;
  type.size = size;
  switch (letter) {
    case '?':
    case 'b':
      type.kind = ElementKind::Bool;
      return size == 1 ? Result(type) : invalid;
    case 'i':
      type.kind = ElementKind::Signed;
      return is_number_size(size, 1) ? Result(type) : invalid;
    case 'u':
      type.kind = ElementKind::Unsigned;
      return is_number_size(size, 1) ? Result(type) : invalid;
    case 'f':
      if (size == 12 || size == 16) return ElementType{};  // long double: no file states its layout
      type.kind = ElementKind::Float;
      return is_number_size(size, 2) ? Result(type) : invalid;
    case 'S':
      type.kind = ElementKind::Bytes;
      return type;
    case 'U':
      type.kind = ElementKind::Text;
      if (size > std::numeric_limits<std::uint32_t>::max() / 4) return invalid;
      type.size = size * 4;
      return type;
    default:
      return invalid;
  }
}

Result<NpyHeader> NpyDictionaryParser::parse() {
  SAM2_TRY(expect("{"));
  while (!accept("}")) {
    SAM2_TRY(parse_item());
    if (accept(",")) continue;
    SAM2_TRY(expect("}"));
    break;
  }
  skip_blanks();
  if (at_ != text_.size()) return error("unexpected text after the dictionary");
  if (!has_descr_) return error("'descr' is missing");
  if (!has_order_) return error("'fortran_order' is missing");
  if (!has_shape_) return error("'shape' is missing");
  return std::move(header_);
}

Result<void> NpyDictionaryParser::parse_item() {
  const auto key = SAM2_TRY(parse_string());
  const bool known = key == "descr" || key == "fortran_order" || key == "shape";
  if (!known) return error("unknown key '" + printable(key) + "'");
  auto& has = key == "descr" ? has_descr_ : key == "shape" ? has_shape_ : has_order_;
  if (has) return error("'" + std::string(key) + "' occurs twice");
  has = true;
  SAM2_TRY(expect(":"));
  if (key == "descr") return parse_descr();
  return key == "shape" ? parse_shape() : parse_order();
}

Result<void> NpyDictionaryParser::parse_descr() {
  skip_blanks();
  if (peek() == '[' || peek() == '(') {
    const auto begin = at_;
    header_.type = {SAM2_TRY(skip_record()), 0, false};
    header_.descr = printable(text_.substr(begin, at_ - begin));
    return {};
  }
  const auto descr = SAM2_TRY(parse_string());
  header_.type = SAM2_TRY(parse_element_type(descr));
  header_.descr = printable(descr);
  return {};
}

/// Records are never read. The parser only finds their end, and whether a field holds objects.
Result<ElementKind> NpyDictionaryParser::skip_record() {
  auto kind = ElementKind::Other;
  std::size_t depth = 0;
  do {
    skip_blanks();
    const char next = peek();
    if (next == '\'' || next == '"') {
      const auto type = parse_element_type(SAM2_TRY(parse_string()));
      if (type && type->kind == ElementKind::Pickled) kind = ElementKind::Pickled;
      continue;
    }
    if (at_ == text_.size()) return error("the element type does not end");
    if (next == '[' || next == '(') ++depth;
    if (next == ']' || next == ')') --depth;
    ++at_;
  } while (depth > 0);
  return kind;
}

Result<void> NpyDictionaryParser::parse_order() {
  header_.fortran_order = accept("True");
  if (!header_.fortran_order && !accept("False")) return error("'fortran_order' is neither True nor False");
  return {};
}

Result<void> NpyDictionaryParser::parse_shape() {
  SAM2_TRY(expect("("));
  auto& shape = header_.shape;
  bool has_comma = false;
  while (!accept(")")) {
    if (shape.size() == limits_.dimensions) {
      return Error{ErrorCode::NoSpace,
                   "npy header: more than " + std::to_string(limits_.dimensions) + " dimensions; that is the limit"};
    }
    shape.push_back(SAM2_TRY(parse_size()));
    if (accept(",")) {
      has_comma = true;
      continue;
    }
    SAM2_TRY(expect(")"));
    break;
  }
  if (shape.size() == 1 && !has_comma) {
    return error("'shape' (" + std::to_string(shape[0]) + ") is no tuple; expected (" + std::to_string(shape[0]) +
                 ",)");
  }
  return {};
}

Result<std::uint64_t> NpyDictionaryParser::parse_size() {
  skip_blanks();
  if (peek() == '-') return error("negative size in 'shape'");
  std::uint64_t size = 0;
  const auto* const begin = text_.data() + at_;
  const auto [end, code] = std::from_chars(begin, text_.data() + text_.size(), size);
  if (code == std::errc::result_out_of_range) return error("a size in 'shape' does not fit into 64 bits");
  if (code != std::errc{}) return error("expected a size in 'shape'");
  at_ += static_cast<std::size_t>(end - begin);
  // Python 2 wrote long integers with an L.
  if (major_ < 3 && peek() == 'L') ++at_;
  return size;
}

Result<std::string_view> NpyDictionaryParser::parse_string() {
  skip_blanks();
  const char quote = peek();
  if (quote != '\'' && quote != '"') return error("expected a quoted string");
  const auto begin = ++at_;
  while (at_ < text_.size() && text_[at_] != quote) at_ += text_[at_] == '\\' ? 2 : 1;
  if (at_ >= text_.size()) {
    at_ = text_.size();
    return error("a string does not end");
  }
  return text_.substr(begin, at_++ - begin);
}

void NpyDictionaryParser::skip_blanks() {
  while (at_ < text_.size() && kBlanks.find(text_[at_]) != std::string_view::npos) ++at_;
}

bool NpyDictionaryParser::accept(std::string_view token) {
  skip_blanks();
  if (text_.substr(at_, token.size()) != token) return false;
  at_ += token.size();
  return true;
}

Result<void> NpyDictionaryParser::expect(std::string_view token) {
  if (!accept(token)) return error("expected '" + std::string(token) + "'");
  return {};
}

Error NpyDictionaryParser::error(const std::string& message) const {
  return {ErrorCode::Decode, "npy header: " + message + " (at character " + std::to_string(at_ + 1) + ")"};
}

}  // namespace sam2::npz
