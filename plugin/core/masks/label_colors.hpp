// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
#pragma once

#include <cstdint>
#include <vector>

namespace sam2::masks {

/// Gives objects their positions in the list of colours. An object has the position of its slot, unless a palette would
/// then repeat a colour although it has others left: the labels 10, 20 and 30 would all share one colour of ten.
class LabelColors {
 public:
  /// The position for the next object, whose slot is `slot`.
  [[nodiscard]] std::int64_t choose(std::int64_t slot);

 private:
  [[nodiscard]] bool is_free(std::int64_t color) const;

  std::vector<std::int64_t> used_;
};

}  // namespace sam2::masks
