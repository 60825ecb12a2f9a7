// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "masks/plane_runs.hpp"
#include "masks/plane_view.hpp"
#include "masks/row_cutter.hpp"
#include "masks/value_rule.hpp"
#include "npz/npy_header.hpp"

namespace sam2::masks {

/// Turns planes of elements into runs.
class RunEncoder {
 public:
  /// `type` is Bool, Signed, Unsigned or Float.
  RunEncoder(const npz::ElementType& type, const ValueRule& rule) : type_(type), rule_(rule) {}

  /// Width and height at most 65535. Memory is kept from call to call. An open rule is decided by the first plane that
  /// is not empty.
  void encode(const PlaneView& plane, PlaneRuns& runs);

  /// The rule for the next plane.
  [[nodiscard]] const ValueRule& rule() const { return rule_; }
  /// What was guessed.
  [[nodiscard]] std::span<const Error> warnings() const { return warnings_; }

 private:
  const std::byte* native_row(const PlaneView& plane, std::int32_t y);
  void encode_plane(const PlaneView& plane, PlaneRuns& runs);
  void encode_row(const std::byte* row, std::int32_t y, std::size_t width, PlaneRuns& runs);
  void encode_labels(const std::byte* row, std::int32_t y, std::size_t width, PlaneRuns& runs);
  bool decide(const PlaneView& plane, PlaneRuns& runs);
  void check_only_255(PlaneRuns& runs);
  const ByteMeanings& meanings_of_bytes();

  npz::ElementType type_;
  ValueRule rule_;
  std::vector<Error> warnings_;
  std::vector<std::byte> row_;
  std::vector<std::uint8_t> marks_;
  std::vector<std::int32_t> values_;
  ByteMeanings meanings_{};
};

}  // namespace sam2::masks
