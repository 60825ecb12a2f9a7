// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#include <algorithm>
#include <tuple>
#include <vector>

#include "fuzz/fuzz.hpp"
#include "masks/run_encoder.hpp"

namespace {

using namespace sam2;
using npz::ElementKind;

constexpr npz::ElementType kTypes[] = {
    {ElementKind::Bool, 1, false},     {ElementKind::Signed, 1, false},   {ElementKind::Signed, 2, false},
    {ElementKind::Signed, 4, false},   {ElementKind::Signed, 8, false},   {ElementKind::Unsigned, 1, false},
    {ElementKind::Unsigned, 2, false}, {ElementKind::Unsigned, 4, false}, {ElementKind::Unsigned, 8, false},
    {ElementKind::Float, 2, true},     {ElementKind::Float, 2, false},    {ElementKind::Float, 4, false},
    {ElementKind::Float, 8, false}};

/// Spans lie on the plane in order and do not touch spans of the same value.
void check(const masks::PlaneRuns& runs, const runs::Size& size) {
  const masks::ValueSpan* last = nullptr;
  for (const auto& span : runs.spans) {
    fuzz::require(span.begin < span.end && span.end <= size.width && span.row < size.height && span.value != 0);
    fuzz::require(last == nullptr || std::tie(last->row, last->end) <= std::tie(span.row, span.begin));
    fuzz::require(runs.are_labels || span.value == 1);
    last = &span;
  }
}

}  // namespace

/// Planes of any elements: the rule of values is decided and applied. The first byte is the type, the second the width,
/// the third whether planes belong to objects; then come the elements of planes of four rows.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 3) return 0;
  const auto& type = kTypes[data[0] % std::size(kTypes)];
  const runs::Size plane_size{1 + data[1] % 32, 4};
  const auto row_bytes = static_cast<std::size_t>(plane_size.width) * type.size;
  const auto kind = type.kind == ElementKind::Bool ? masks::ValueRule::Kind::NonZero : masks::ValueRule::Kind::Auto;
  masks::RunEncoder encoder(type, {kind, 0, data[2] % 2 != 0});
  masks::PlaneRuns runs;
  const auto bytes = std::as_bytes(std::span(data, size)).subspan(3);
  for (std::size_t begin = 0; begin + 4 * row_bytes <= bytes.size(); begin += 4 * row_bytes) {
    const std::vector<std::byte> plane(bytes.begin() + static_cast<std::ptrdiff_t>(begin),
                                       bytes.begin() + static_cast<std::ptrdiff_t>(begin + 4 * row_bytes));
    encoder.encode({plane.data(), row_bytes, type.size, plane_size}, runs);
    check(runs, plane_size);
  }
  for (const auto& warning : encoder.warnings()) fuzz::require(!warning.message.empty());
  fuzz::require(encoder.warnings().size() <= 2);
  return 0;
}
