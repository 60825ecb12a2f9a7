// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include "npz/element_values.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>

namespace sam2::npz {
namespace {

/// IEEE 754 binary16, which C++20 has no type for.
struct Half {
  std::uint16_t bits;
};

/// A truth value; the file's byte may be any.
struct Truth {
  std::uint8_t byte;
};

/// Floats that are this close to a whole number are one: tools compute labels in float32.
constexpr double kWhole = 0.001;

float to_float(Half half) {
  const std::uint32_t sign = (half.bits & 0x8000u) << 16;
  const std::uint32_t exponent = half.bits >> 10 & 0x1f;
  const std::uint32_t fraction = half.bits & 0x3ff;
  if (exponent == 0) {
    const auto magnitude = static_cast<float>(fraction) * 0x1p-24f;
    return sign != 0 ? -magnitude : magnitude;
  }
  // 255 is infinity and NaN, as 31 is in half precision; else the biases differ by 112.
  const std::uint32_t wide = exponent == 31 ? 255 : exponent + 112;
  return std::bit_cast<float>(sign | wide << 23 | fraction << 13);
}

/// The element as a number of its own kind.
template <typename T>
auto load(const std::byte* row, std::size_t i) {
  T element;
  std::memcpy(&element, row + i * sizeof(T), sizeof(T));
  if constexpr (std::is_same_v<T, Half>) {
    return to_float(element);
  } else if constexpr (std::is_same_v<T, Truth>) {
    return static_cast<std::uint8_t>(element.byte != 0);
  } else {
    return element;
  }
}

/// Calls `function.template operator()<T>()` with the C++ type of the elements.
template <typename Function>
auto with_type(const ElementType& type, Function&& function) {
  const bool is_signed = type.kind == ElementKind::Signed;
  if (type.kind == ElementKind::Bool) return function.template operator()<Truth>();
  if (type.kind == ElementKind::Float) {
    if (type.size == 2) return function.template operator()<Half>();
    return type.size == 4 ? function.template operator()<float>() : function.template operator()<double>();
  }
  switch (type.size) {
    case 1:
      return is_signed ? function.template operator()<std::int8_t>() : function.template operator()<std::uint8_t>();
    case 2:
      return is_signed ? function.template operator()<std::int16_t>() : function.template operator()<std::uint16_t>();
    case 4:
      return is_signed ? function.template operator()<std::int32_t>() : function.template operator()<std::uint32_t>();
    default:
      return is_signed ? function.template operator()<std::int64_t>() : function.template operator()<std::uint64_t>();
  }
}

/// Whole numbers are compared as such: a double cannot hold all of them.
template <typename T, typename V>
void mark_integers_above(const std::byte* row, double threshold, std::span<std::uint8_t> marks) {
  const double floor = std::floor(threshold);
  // One above the largest value, which as a power of two is exact.
  const double beyond = std::ldexp(1.0, std::numeric_limits<V>::digits);
  const bool all = floor < static_cast<double>(std::numeric_limits<V>::lowest());
  if (all || floor >= beyond) {
    std::ranges::fill(marks, static_cast<std::uint8_t>(all ? 1 : 0));
    return;
  }
  const auto limit = static_cast<V>(floor);
  for (std::size_t i = 0; i < marks.size(); ++i) marks[i] = load<T>(row, i) > limit ? 1 : 0;
}

template <typename V>
std::int32_t to_int32(V value, ValueFlaws& flaws) {
  constexpr auto kLowest = std::numeric_limits<std::int32_t>::min();
  constexpr auto kHighest = std::numeric_limits<std::int32_t>::max();
  if constexpr (std::is_floating_point_v<V>) {
    if (std::isnan(value)) return 0;
    const double whole = std::nearbyint(static_cast<double>(value));
    flaws.rounded |= !(std::abs(whole - static_cast<double>(value)) <= kWhole);
    flaws.clipped |= whole > kHighest;
    return static_cast<std::int32_t>(std::clamp(whole, double{kLowest}, double{kHighest}));
  } else {
    if (std::cmp_less(value, kLowest)) return kLowest;
    if (std::cmp_greater(value, kHighest)) {
      flaws.clipped = true;
      return kHighest;
    }
    return static_cast<std::int32_t>(value);
  }
}

}  // namespace

void mark_nonzero(const ElementType& type, const std::byte* row, std::span<std::uint8_t> marks) {
  with_type(type, [&]<typename T>() {
    for (std::size_t i = 0; i < marks.size(); ++i) {
      const auto value = load<T>(row, i);
      // Only a NaN differs from itself.
      marks[i] = static_cast<std::uint8_t>((value != 0) & (value == value));
    }
  });
}

void mark_above(const ElementType& type, const std::byte* row, double threshold, std::span<std::uint8_t> marks) {
  with_type(type, [&]<typename T>() {
    using V = decltype(load<T>(row, 0));
    if constexpr (std::is_floating_point_v<V>) {
      for (std::size_t i = 0; i < marks.size(); ++i)
        marks[i] = static_cast<double>(load<T>(row, i)) > threshold ? 1 : 0;
    } else {
      mark_integers_above<T, V>(row, threshold, marks);
    }
  });
}

ValueFlaws read_values(const ElementType& type, const std::byte* row, std::span<std::int32_t> values) {
  ValueFlaws flaws;
  with_type(type, [&]<typename T>() {
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = to_int32(load<T>(row, i), flaws);
  });
  return flaws;
}

void clear_fractions(const ElementType& type, const std::byte* row, std::span<std::int32_t> values) {
  with_type(type, [&]<typename T>() {
    for (std::size_t i = 0; i < values.size(); ++i) {
      const auto value = static_cast<double>(load<T>(row, i));
      if (!(std::abs(value - std::nearbyint(value)) <= kWhole)) values[i] = 0;
    }
  });
}

void extend_range(const ElementType& type, const std::byte* row, std::size_t width, ValueRange& range) {
  // As far from both ends of a scale as noise leads.
  constexpr double kNear = 0.02;
  with_type(type, [&]<typename T>() {
    for (std::size_t i = 0; i < width; ++i) {
      const auto number = static_cast<double>(load<T>(row, i));
      if (number == 0 || number != number) {
        ++range.zeros;
        ++range.near_unit;
        ++range.near_byte;
        continue;
      }
      range.lowest = std::min(range.lowest, number);
      range.highest = std::max(range.highest, number);
      range.fractions += !(std::abs(number - std::nearbyint(number)) <= kWhole);
      range.near_unit += std::abs(number) <= kNear || std::abs(number - 1) <= kNear;
      range.near_byte += std::abs(number) <= 255 * kNear || std::abs(number - 255) <= 255 * kNear;
    }
  });
  range.count += width;
}

double read_number(const ElementType& type, const std::byte* row, std::size_t i) {
  return with_type(type, [&]<typename T>() { return static_cast<double>(load<T>(row, i)); });
}

bool read_integer(const ElementType& type, const std::byte* row, std::size_t i, std::int64_t& value) {
  return with_type(type, [&]<typename T>() {
    const auto element = load<T>(row, i);
    if constexpr (std::is_floating_point_v<decltype(+element)>) {
      return false;
    } else {
      if (!std::in_range<std::int64_t>(element)) return false;
      value = static_cast<std::int64_t>(element);
      return true;
    }
  });
}

void swap_bytes(std::span<std::byte> elements, std::size_t size) {
  for (auto left = elements; left.size() >= size && size > 1; left = left.subspan(size)) {
    std::ranges::reverse(left.first(size));
  }
}

}  // namespace sam2::npz
