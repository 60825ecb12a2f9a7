// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "masks/run_encoder.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <tuple>

#include "npz/element_values.hpp"

namespace sam2::masks {
namespace {

/// First element from `i` on that is not 0, or `width`. Most of a mask is 0, so this looks at 64 bytes at a time.
template <typename T>
std::size_t skip_zeros(const T* row, std::size_t i, std::size_t width) {
  constexpr std::size_t kStep = 64 / sizeof(T);
  std::array<std::uint64_t, 8> block;
  for (; i + kStep <= width; i += kStep) {
    std::memcpy(block.data(), row + i, sizeof(block));
    std::uint64_t any = 0;
    for (const auto word : block) any |= word;
    if (any != 0) break;
  }
  while (i < width && row[i] == 0) ++i;
  return i;
}

/// First byte from `i` on that is 0, or `width`.
std::size_t skip_nonzeros(const std::uint8_t* row, std::size_t i, std::size_t width) {
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  std::uint64_t word;
  for (; i + sizeof(word) <= width; i += sizeof(word)) {
    std::memcpy(&word, row + i, sizeof(word));
    // The highest bit of the lowest byte that is 0 remains, and may be of bytes above it.
    if (((word - kOnes) & ~word & kOnes << 7) != 0) break;
  }
  while (i < width && row[i] != 0) ++i;
  return i;
}

/// First element after `i` that differs from element i, or `width`.
template <typename T>
std::size_t skip_equal(const T* row, std::size_t i, std::size_t width) {
  constexpr std::size_t kStep = 8 / sizeof(T);
  const auto value = row[i];
  std::array<T, kStep> pattern;
  pattern.fill(value);
  while (i + kStep <= width && std::memcmp(row + i, pattern.data(), sizeof(pattern)) == 0) i += kStep;
  while (i < width && row[i] == value) ++i;
  return i;
}

template <typename T>
void append_runs(const T* row, std::int32_t y, std::size_t width, PlaneRuns& runs) {
  for (auto begin = skip_zeros(row, 0, width); begin < width;) {
    const auto end = skip_equal(row, begin, width);
    runs.spans.push_back({static_cast<std::uint16_t>(y), static_cast<std::uint16_t>(begin),
                          static_cast<std::uint16_t>(end), static_cast<std::int32_t>(row[begin])});
    begin = skip_zeros(row, end, width);
  }
}

/// Truth values and the like: runs of any values but 0.
void append_nonzero_runs(const std::uint8_t* row, std::int32_t y, std::size_t width, PlaneRuns& runs) {
  for (auto begin = skip_zeros(row, 0, width); begin < width;) {
    const auto end = skip_nonzeros(row, begin, width);
    runs.spans.push_back(
        {static_cast<std::uint16_t>(y), static_cast<std::uint16_t>(begin), static_cast<std::uint16_t>(end), 1});
    begin = skip_zeros(row, end, width);
  }
}

bool is_all_zero(const std::byte* bytes, std::size_t count) {
  return skip_zeros(reinterpret_cast<const std::uint8_t*>(bytes), 0, count) == count;
}

}  // namespace

void RunEncoder::encode(const PlaneView& plane, PlaneRuns& runs) {
  runs.clear();
  const bool is_open = rule_.kind == ValueRule::Kind::Auto;
  // A plane that is empty holds no object, whatever the later ones decide.
  if ((is_open || rule_.may_be_labels) && !decide(plane, runs)) return;
  encode_plane(plane, runs);
  if (rule_.is_only_255) check_only_255(runs);
}

void RunEncoder::encode_plane(const PlaneView& plane, PlaneRuns& runs) {
  runs.clear();
  runs.are_labels = rule_.kind == ValueRule::Kind::Labels;
  runs.is_from_0 = rule_.empty.has_value();
  if (!plane.runs.empty()) return cut_into_rows(plane.runs, plane.size, meanings_of_bytes(), runs);
  const auto width = static_cast<std::size_t>(plane.size.width);
  for (std::int32_t y = 0; y < plane.size.height; ++y) encode_row(native_row(plane, y), y, width, runs);
}

/// Encodes each byte once, so that the rule holds for runs of bytes just as for bytes.
const ByteMeanings& RunEncoder::meanings_of_bytes() {
  std::array<std::byte, std::tuple_size_v<ByteMeanings>> bytes;
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(i);
  PlaneRuns encoded;
  encode_row(bytes.data(), 0, bytes.size(), encoded);
  meanings_.fill(0);
  for (const auto& span : encoded.spans)
    std::fill(meanings_.begin() + span.begin, meanings_.begin() + span.end, span.value);
  return meanings_;
}

/// Row `y`, gathered and in the machine's byte order; where it lies so already, it is not copied.
const std::byte* RunEncoder::native_row(const PlaneView& plane, std::int32_t y) {
  const auto* const begin = plane.data + static_cast<std::size_t>(y) * plane.row_stride;
  const std::size_t size = type_.size;
  if (plane.column_stride == size && !type_.is_swapped) return begin;
  const auto width = static_cast<std::size_t>(plane.size.width);
  row_.resize(width * size);
  for (std::size_t x = 0; x < width; ++x) std::memcpy(row_.data() + x * size, begin + x * plane.column_stride, size);
  if (type_.is_swapped) npz::swap_bytes(row_, size);
  return row_.data();
}

void RunEncoder::encode_row(const std::byte* row, std::int32_t y, std::size_t width, PlaneRuns& runs) {
  using Kind = ValueRule::Kind;
  // The common types need no conversion.
  const auto* const bytes = reinterpret_cast<const std::uint8_t*>(row);
  if (rule_.kind == Kind::NonZero && type_.size == 1 && !rule_.is_only_255) {
    return append_nonzero_runs(bytes, y, width, runs);
  }
  const bool is_labels = rule_.kind == Kind::Labels || rule_.is_only_255;
  const bool is_unsigned_byte = type_.kind == npz::ElementKind::Unsigned && type_.size == 1;
  if (is_labels && is_unsigned_byte && !rule_.empty) return append_runs(bytes, y, width, runs);
  const bool zero_is_nothing = (rule_.kind != Kind::Above || rule_.threshold >= 0) && !rule_.empty;
  if (zero_is_nothing && is_all_zero(row, width * type_.size)) return;
  if (is_labels) return encode_labels(row, y, width, runs);
  marks_.resize(width);
  if (rule_.kind == Kind::NonZero) {
    npz::mark_nonzero(type_, row, marks_);
  } else {
    npz::mark_above(type_, row, rule_.threshold, marks_);
  }
  append_runs(marks_.data(), y, width, runs);
}

void RunEncoder::encode_labels(const std::byte* row, std::int32_t y, std::size_t width, PlaneRuns& runs) {
  values_.resize(width);
  const auto flaws = npz::read_values(type_, row, values_);
  runs.clipped |= flaws.clipped;
  if (rule_.leaves_out_fractions) {
    npz::clear_fractions(type_, row, values_);
  } else {
    runs.rounded |= flaws.rounded;
  }
  if (rule_.empty) {
    for (auto& value : values_) {
      const bool is_label = value != *rule_.empty && value >= 0 && value < std::numeric_limits<std::int32_t>::max();
      value = is_label ? value + 1 : 0;
    }
  }
  append_runs(values_.data(), y, width, runs);
}

/// Decides an open rule, as soon as a plane holds anything. Returns false if the plane is empty.
bool RunEncoder::decide(const PlaneView& plane, PlaneRuns& runs) {
  const auto pixels = static_cast<std::uint64_t>(plane.size.width) * static_cast<std::uint64_t>(plane.size.height);
  std::optional<ValueDecision> decision;
  npz::ValueRange range;
  const bool is_float = type_.kind == npz::ElementKind::Float;
  if (is_float) {
    for (std::int32_t y = 0; y < plane.size.height; ++y) {
      npz::extend_range(type_, native_row(plane, y), static_cast<std::size_t>(plane.size.width), range);
    }
    if (range.zeros == range.count) return false;
  }
  const bool is_zero_or_one = range.lowest >= 0 && range.highest <= 1;
  if (!is_float || (is_of_integers(range) && !is_zero_or_one)) {
    const auto open = rule_;
    rule_ = {ValueRule::Kind::Labels, 0, open.has_objects, {}, false, false, false};
    encode_plane(plane, runs);
    decision = decide_by_integers(runs, pixels, open);
    rule_ = open;
    runs.clear();
  } else {
    decision = decide_by_floats(range, rule_);
  }
  if (!decision) return false;
  rule_ = decision->rule;
  if (decision->warning) warnings_.push_back(*decision->warning);
  return true;
}

/// Where 255 alone meant "true", other values may be labels.
void RunEncoder::check_only_255(PlaneRuns& runs) {
  bool has_others = false;
  for (auto& span : runs.spans) {
    has_others |= span.value != 255;
    span.value = 1;
  }
  if (!has_others) return;
  rule_.is_only_255 = false;
  warnings_.push_back({ErrorCode::Format,
                       "all values but 0 were taken as one object, since the first masks have no value but 255, but "
                       "later ones have others; set values=labels if the values are labels"});
}

}  // namespace sam2::masks
